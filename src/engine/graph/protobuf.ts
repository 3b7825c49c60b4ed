// The part of the protobuf wire format and of onnx.proto that writing a model takes.
// Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

/** Bytes in pieces, so that nesting a message never copies the tensors inside it. */
export interface Message {
  readonly size: number;
  readonly pieces: readonly Uint8Array[];
}

const utf8 = new TextEncoder();

const varint = (value: number): Uint8Array => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value)); // negative int64 as two's complement
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
};

const join = (messages: readonly Message[]): Message => ({
  size: messages.reduce((sum, message) => sum + message.size, 0),
  pieces: messages.flatMap((message) => message.pieces),
});

const piece = (bytes: Uint8Array): Message => ({ size: bytes.byteLength, pieces: [bytes] });

const tagged = (field: number, wire: number, value: Message): Message =>
  join([piece(varint((field << 3) | wire)), value]);

const integer = (field: number, value: number): Message => tagged(field, 0, piece(varint(value)));

const float = (field: number, value: number): Message =>
  tagged(field, 5, piece(new Uint8Array(Float32Array.of(value).buffer)));

const nested = (field: number, value: Message): Message => tagged(field, 2, join([piece(varint(value.size)), value]));

const text = (field: number, value: string): Message => nested(field, piece(utf8.encode(value)));

/** A node's attribute: numbers with a fraction must be given as `{ float }`, or they would be written as integers. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

const attribute = (name: string, value: Attribute): Message => {
  const named = text(1, name);
  if (typeof value === "number") return join([named, integer(3, value), integer(20, 2)]);
  if (typeof value === "string") return join([named, text(4, value), integer(20, 3)]);
  if ("float" in value) return join([named, float(2, value.float), integer(20, 1)]);
  return join([named, ...value.map((item) => integer(8, item)), integer(20, 7)]);
};

export interface NodeFields {
  readonly type: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** NodeProto. */
export const nodeProto = ({ type, domain = "", inputs, outputs, attributes = {} }: NodeFields): Message =>
  join([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, outputs[0] ?? type),
    text(4, type),
    ...Object.entries(attributes).map(([name, value]) => nested(5, attribute(name, value))),
    text(7, domain),
  ]);

/** TensorProto with raw little-endian data: float32 or int64. */
export const tensorProto = (name: string, dims: readonly number[], data: Float32Array | BigInt64Array): Message =>
  join([
    ...dims.map((dim) => integer(1, dim)),
    integer(2, data instanceof Float32Array ? 1 : 7),
    text(8, name),
    nested(9, piece(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))),
  ]);

/** Element types of onnx.proto. */
const elements = { float32: 1, uint8: 2, int8: 3, float16: 10 } as const;

/** ValueInfoProto of a tensor with a static shape. */
export const valueProto = (name: string, dims: readonly number[], type: keyof typeof elements = "float32"): Message => {
  const shape = join(dims.map((dim) => nested(1, integer(1, dim))));
  return join([text(1, name), nested(2, nested(1, join([integer(1, elements[type]), nested(2, shape)])))]);
};

export interface GraphFields {
  readonly name: string;
  readonly nodes: readonly Message[];
  readonly initializers: readonly Message[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
}

/** ModelProto with the standard operators at `opset` and com.microsoft's at 1, as one array of bytes. */
export const modelProto = (graph: GraphFields, opset: number): Uint8Array => {
  const operators = (domain: string, version: number): Message =>
    nested(8, join([text(1, domain), integer(2, version)]));
  const model = join([
    integer(1, 10), // ir_version
    text(2, "diffusion-cache"),
    nested(
      7,
      join([
        ...graph.nodes.map((node) => nested(1, node)),
        text(2, graph.name),
        ...graph.initializers.map((tensor) => nested(5, tensor)),
        ...graph.inputs.map((value) => nested(11, value)),
        ...graph.outputs.map((value) => nested(12, value)),
      ]),
    ),
    operators("", opset),
    operators("com.microsoft", 1),
  ]);
  const bytes = new Uint8Array(model.size);
  let at = 0;
  for (const part of model.pieces) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
};

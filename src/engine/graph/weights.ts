import { EngineError, shown } from "../errors.js";
import { type Bits, blockSize, fromBlocks, scalesName } from "../files/bit-blocks.js";
import { quantised } from "../files/quantised.js";
import { sizeOf, type Tensor } from "../tensor.js";

/** A weight as it is kept: the checkpoint's own halves or bytes where it has them, float32 otherwise. */
export type StoredWeight = { readonly dims: readonly number[] } & (
  | { readonly type: "float32"; readonly data: Float32Array }
  | { readonly type: "float16"; readonly data: Uint16Array }
  /** In blocks, [out, in / 32, 32], of 4 bits [out, in / 32, 16]; see `files/bit-blocks.ts`. */
  | { readonly type: "uint8"; readonly data: Uint8Array }
  /** Transposed, [in, out]; see `eight-bit-activations.ts`. */
  | { readonly type: "int8"; readonly data: Int8Array }
);

/** A tensor that may hand out its bytes as they lie in a file. */
interface FileTensor extends Tensor {
  readonly dtype?: string;
  raw?(): Uint8Array;
}

interface Packed extends Tensor {
  raw(): Uint8Array;
}

/**
 * The bits of a weight, where a tensor of the checkpoint is a matrix of such with one scale for each block.
 * @throws EngineError "file-invalid" where the shapes do not fit
 */
const packedBits = (checkpoint: ReadonlyMap<string, FileTensor>, name: string): Bits | undefined => {
  const [found, scales] = [checkpoint.get(name), checkpoint.get(scalesName(name))];
  if (found?.dtype !== "U8" || !found.raw || scales?.dtype !== "F32") return undefined;
  const [out = 0, bytes = 0] = found.dims;
  const into = blockSize * (scales.dims[1] ?? 0);
  if (found.dims.length === 2 && scales.dims.length === 2 && out === scales.dims[0] && into > 0) {
    if (bytes === into) return 8;
    if (bytes === into / 2) return 4;
  }
  const shapes = `[${found.dims.join(", ")}] with scales [${scales.dims.join(", ")}]`;
  throw new EngineError("file-invalid", `The weight ${shown(name, 120)} in blocks has the shape ${shapes}.`, {
    hint: "Convert the model again: npx diffusion-cache convert DIR --out DIR --dtype q8.",
  });
};

/** The tensors a model's graphs read, by name: those of the checkpoint, transposed copies, and computed constants. */
export interface WeightStore {
  /** @throws EngineError "weight-missing" */
  get(name: string): Tensor;
  /**
   * Its shape alone: nothing is decoded or transposed.
   * @throws EngineError "weight-missing"
   */
  dims(name: string): readonly number[];
  /**
   * Its numbers without decoding or transposing.
   * @throws EngineError "weight-missing"
   */
  stored(name: string): StoredWeight;
  has(name: string): boolean;
  /** In how many bits it is kept, with scales beside it; `get` gives the weights that these stand for. Plain numbers: none. */
  bitsOf(name: string): Bits | undefined;
  /** Whether any of them is kept so. */
  readonly packed: boolean;
  /** Told the shape that a layer asks for, before that is compared: of a store that only learns which weights there are. */
  expected?(name: string, dims: readonly number[]): void;
  /** What a run says of them. */
  notes?(): readonly string[];
  /** Adds a constant that graphs read like a weight; a name that is taken keeps its tensor. */
  define(name: string, make: () => Tensor): void;
  /** Number of weights in the checkpoint. */
  readonly parameters: number;
  /** Names of the checkpoint's tensors that nothing has asked for so far. */
  unread(): readonly string[];
}

/** The name of the tensor that a weight is a transpose of, or its own. */
export const storedName = (name: string): string => name.replace(/\^T$/, "");

const transposed = ({ dims, data }: Tensor): Tensor => {
  const [rows = 1, columns = 1] = dims;
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = data[row * columns + column] as number;
  return { dims: [columns, rows], data: turned };
};

/**
 * `name` is a tensor of the checkpoint, `name^T` its transpose (PyTorch keeps a linear layer as [out, in]; MatMul wants
 * [in, out]), or a defined constant. Transposes are made on first use and kept.
 */
export const weightStore = (checkpoint: ReadonlyMap<string, Tensor>): WeightStore => {
  const derived = new Map<string, Tensor>();
  const packed = new Map(
    [...checkpoint.keys()].flatMap((name) => {
      const bits = packedBits(checkpoint, name);
      return bits ? [[name, bits] as const] : [];
    }),
  );
  const scales = new Set([...packed.keys()].map(scalesName));
  const parameters = [...checkpoint].reduce(
    (sum, [name, { dims }]) => sum + (scales.has(name) ? 0 : (sizeOf(dims) * 8) / (packed.get(name) ?? 8)),
    0,
  );
  const asked = new Set<string>();
  /** A tensor of the checkpoint, which holds the weights themselves: no whole numbers that stand for them. */
  const saved = (name: string): FileTensor | undefined => {
    const found: FileTensor | undefined = checkpoint.get(name);
    const bits = packed.get(name);
    if (bits) return widened(name, bits);
    if (found?.dtype && /^([IU]\d|BOOL)/.test(found.dtype))
      throw quantised("file-invalid", `The weight ${shown(name, 120)} is saved as whole numbers (${found.dtype})`);
    if (found) asked.add(name);
    return found;
  };
  const widened = (name: string, bits: Bits): Tensor => {
    const [{ dims, raw }, { data }] = [checkpoint.get(name), checkpoint.get(scalesName(name))] as [Packed, Tensor];
    asked.add(name).add(scalesName(name));
    const [out, bytes] = dims as [number, number];
    return {
      dims: [out, (bytes * 8) / bits],
      get data() {
        return fromBlocks(raw(), data, bits);
      },
    };
  };
  const find = (name: string): FileTensor | undefined => saved(name) ?? derived.get(name);
  const missing = (name: string): EngineError =>
    new EngineError("weight-missing", `The checkpoint has no weight "${storedName(name)}".`, {
      hint: "Check that config.json and the .safetensors file belong together, and that no shard is missing.",
    });
  const turnedFrom = (name: string): Tensor | undefined => (name.endsWith("^T") ? saved(name.slice(0, -2)) : undefined);
  return {
    dims(name) {
      const dims = find(name)?.dims ?? turnedFrom(name)?.dims.toReversed();
      if (!dims) throw missing(name);
      return dims;
    },
    stored(name) {
      const found = find(name);
      if (!found) throw missing(name);
      const bits = packed.get(name);
      if (bits) {
        const [out, into] = found.dims as [number, number];
        const { raw } = checkpoint.get(name) as Packed;
        return { dims: [out, into / blockSize, (blockSize * bits) / 8], type: "uint8", data: raw() };
      }
      const { dims, dtype, raw } = found;
      if (dtype !== "F16" || !raw) return { dims, type: "float32", data: found.data };
      const { buffer, byteOffset, byteLength } = raw();
      return { dims, type: "float16", data: new Uint16Array(buffer, byteOffset, byteLength / 2) };
    },
    parameters,
    bitsOf: (name) => packed.get(name),
    packed: packed.size > 0,
    unread: () => [...checkpoint.keys()].filter((name) => !asked.has(name)),
    has: (name) => checkpoint.has(name) || derived.has(name),
    define(name, make) {
      if (!derived.has(name)) derived.set(name, make());
    },
    get(name) {
      const found = find(name);
      if (found) return found;
      const source = turnedFrom(name);
      if (!source) throw missing(name);
      const turned = transposed(source);
      derived.set(name, turned);
      return turned;
    },
  };
};

/** Refuses a checkpoint whose tensor has another shape than the network needs. */
export const expectShape = (store: WeightStore, name: string, dims: readonly number[]): void => {
  store.expected?.(name, dims);
  const found = store.dims(name);
  if (found.length !== dims.length || found.some((dim, axis) => dim !== dims[axis]))
    throw new EngineError(
      "weight-shape",
      `The weight "${name}" has the shape [${found.join(", ")}]; its config.json asks for [${dims.join(", ")}].`,
      { hint: "Use the config.json that was saved with these weights." },
    );
};

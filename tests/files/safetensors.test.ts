import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError } from "../../src/engine/errors.js";
import { readSafetensors, writeSafetensors } from "../../src/engine/files/safetensors.js";
import { readHeader } from "../../src/engine/files/safetensors-header.js";
import { sizeOf } from "../../src/engine/tensor.js";
import { engineError } from "../error.js";

const fixture = (path: string) => new Uint8Array(readFileSync(new URL(`../fixtures/${path}`, import.meta.url)));

/** A file with this header, given as text or as a value, and `rest` bytes of numbers. */
const fileOf = (header: unknown, rest: Uint8Array | number = 0): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const numbers = typeof rest === "number" ? new Uint8Array(rest) : rest;
  const file = new Uint8Array(8 + json.length + numbers.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(numbers, 8 + json.length);
  return file;
};

const tensor = (dtype: string, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });
const bytesOf = (numbers: ArrayBufferView) => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

describe("readSafetensors", () => {
  it("reads what diffusers saved", () => {
    const weights = readSafetensors(fixture("latte-a/transformer/diffusion_pytorch_model.safetensors"));
    expect(weights.get("pos_embed.proj.weight")).toMatchObject({ dtype: "F32", dims: [32, 3, 4, 4] });
    const runs = readSafetensors(fixture("latte-a/reference.safetensors"));
    expect(runs.get("noise")?.dims).toEqual([1, 3, 4, 16, 16]);
    expect(runs.get("ddim.none.predictions")?.dims).toEqual([20, 3, 4, 16, 16]);
    for (const { dims, data } of [...weights.values(), ...runs.values()]) {
      expect(data).toHaveLength(sizeOf(dims));
      expect(data.every(Number.isFinite)).toBe(true);
    }
    const noise = runs.get("noise")?.data ?? new Float32Array();
    expect(noise.reduce((sum, x) => sum + x * x, 0) / noise.length).toBeCloseTo(1, 1);
  });

  it.each([
    ["F64", new Float64Array([1.5, -0.1])],
    ["F32", new Float32Array([1.5, -0.1])],
    ["I64", new BigInt64Array([-3n, 2n ** 40n])],
    ["I32", new Int32Array([-3, 2 ** 30])],
    ["I16", new Int16Array([-3, 32767])],
    ["I8", new Int8Array([-3, 127])],
    ["U8", new Uint8Array([3, 255])],
    ["BOOL", new Uint8Array([0, 1])],
  ])("decodes %s wherever it lies", (dtype, numbers) => {
    // One odd byte before the tensor, so that nothing is aligned.
    const bytes = bytesOf(numbers);
    const header = { odd: tensor("U8", [1], [0, 1]), t: tensor(dtype, [2], [1, 1 + bytes.length]) };
    const read = readSafetensors(fileOf(header, Uint8Array.of(7, ...bytes)));
    expect([...(read.get("t")?.data ?? [])]).toEqual(
      Array.from(numbers as Iterable<number | bigint>, (x) => Math.fround(Number(x))),
    );
  });

  it("decodes BF16", () => {
    const halves = bytesOf(Uint16Array.of(0x3fc0, 0xc000, 0x3e80));
    const read = readSafetensors(fileOf({ t: tensor("BF16", [3], [0, 6]) }, halves));
    expect([...(read.get("t")?.data ?? [])]).toEqual([1.5, -2, 0.25]);
  });

  it("reads a file from any place in a buffer, without a copy where F32 is aligned", () => {
    const file = writeSafetensors([["a", { dims: [2], data: Float32Array.of(1, 2) }]]);
    for (let offset = 0; offset < 8; offset++) {
      const bytes = new Uint8Array(file.length + 8).subarray(offset, offset + file.length);
      bytes.set(file);
      const { data } = readSafetensors(bytes).get("a") ?? {};
      expect(data).toEqual(Float32Array.of(1, 2));
      expect(data?.buffer === bytes.buffer).toBe(offset % 4 === 0);
    }
  });

  it("refuses a whole number that float32 cannot hold, when it is asked for", () => {
    for (const [dtype, numbers] of [
      ["I64", new BigInt64Array([2n ** 60n + 1n])],
      ["I32", new Int32Array([2 ** 24 + 1])],
    ] as const) {
      const bytes = bytesOf(numbers);
      const read = readSafetensors(fileOf({ t: tensor(dtype, [1], [0, bytes.length]) }, bytes));
      expect(engineError("file-invalid", () => read.get("t")?.data).message).toContain(String(numbers[0]));
    }
  });

  it("keeps names that JavaScript treats in its own way", () => {
    const header =
      '{"__proto__":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"0":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}';
    expect([...readSafetensors(fileOf(header, 1)).keys()].sort()).toEqual(["0", "__proto__"]);
  });

  it("decodes lazily and once", () => {
    const read = readSafetensors(writeSafetensors([["x", { dims: [2], data: Float32Array.of(1, 2), dtype: "F16" }]]));
    expect(read.get("x")?.data).toBe(read.get("x")?.data);
  });

  const ok = tensor("F32", [2], [0, 8]);
  it.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(), "0 bytes"],
    ["half a length", new Uint8Array(7), "7 bytes"],
    ["a huge length", new Uint8Array(64).fill(255), "18446744073709551615 bytes long"],
    ["a header over 100 MB", Uint8Array.of(1, 225, 245, 5, 0, 0, 0, 0), "100000001 bytes long"],
    ["a header of 100 MB that is not there", Uint8Array.of(0, 225, 245, 5, 0, 0, 0, 0), "ends at byte 100000008"],
    ["a header beyond the end", Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 123, 125), "ends at byte 17 of a file of 10"],
    ["no JSON", fileOf("{"), "not JSON"],
    ["not UTF-8", fileOf("").fill(0), "not JSON"],
    ["a byte order mark", fileOf("\ufeff{}"), "not JSON"],
    ["an array", fileOf([]), "[] instead of an object"],
    ["null", fileOf(null), "null instead of an object"],
    ["a tensor that is a number", fileOf({ a: 3 }), 'tensor "a" is described by 3'],
    ["an unknown dtype", fileOf({ a: { ...ok, dtype: "F7" } }, 8), 'the dtype "F7"'],
    ["a dtype from the prototype", fileOf({ a: { ...ok, dtype: "toString" } }, 8), 'the dtype "toString"'],
    ["a negative dimension", fileOf({ a: { ...ok, shape: [-2, -1] } }, 8), "the shape [-2,-1]"],
    ["half a dimension", fileOf({ a: { ...ok, shape: [0.5, 4] } }, 8), "the shape [0.5,4]"],
    ["a shape too large", fileOf({ a: { ...ok, shape: [2 ** 40, 2 ** 40] } }, 8), "by its shape"],
    ["one offset", fileOf({ a: { ...ok, data_offsets: [8] } }, 8), "the offsets [8]"],
    ["offsets backwards", fileOf({ a: { ...ok, data_offsets: [8, 0] } }, 8), "takes -8 bytes"],
    ["offsets for another shape", fileOf({ a: { ...ok, shape: [3] } }, 8), "takes 8 bytes by its offsets and 12"],
    ["a cut file", fileOf({ a: ok }, 7), "the file was cut short"],
    ["a gap at the start", fileOf({ a: tensor("F32", [1], [4, 8]) }, 8), 'tensor "a" begins'],
    ["an overlap", fileOf({ a: ok, b: tensor("F32", [2], [4, 12]) }, 12), 'tensor "b" begins'],
    ["the same bytes twice", fileOf({ a: ok, b: ok }, 8), 'tensor "b" begins'],
    ["a rest", fileOf({ a: ok }, 9), "its tensors end at byte"],
    ["metadata that is a list", fileOf({ __metadata__: [] }), "__metadata__ is []"],
    ["metadata with a number", fileOf({ __metadata__: { format: 3 } }), '__metadata__ has 3 for "format"'],
    ["a tensor twice", fileOf(`{"a":${JSON.stringify(ok)}, "\\u0061" :${JSON.stringify(ok)}}`, 8), 'names "a" twice'],
    ["a shape twice", fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"shape":[1]}}', 1), '"shape" twice'],
  ])("refuses %s", (_, bytes, words) => {
    const error = engineError("file-invalid", () => readSafetensors(bytes, "a.safetensors"));
    expect(error.message).toContain(words);
    expect(error.message).toMatch(/^a\.safetensors is not a valid safetensors file: [^\n]+\.$/);
    expect(error.hint).toContain("again");
  });

  it("takes a dimension of 0 beside one that is too large for a product", () => {
    const read = readSafetensors(fileOf({ a: tensor("F32", [...Array(20).fill(2 ** 53 - 1), 0], [0, 0]) }));
    expect(read.get("a")?.data).toHaveLength(0);
  });

  // One that took time with the square of its length would take hours.
  it("refuses a hostile header of 20 MB before the time is up", { timeout: 60_000 }, () => {
    for (const header of ["[".repeat(2e7), `{"${"\\\\".repeat(1e7)}":1}`, `{"a":"${'\\"'.repeat(1e7)}"}`])
      engineError("file-invalid", () => readSafetensors(fileOf(header)));
  });
});

const floats = fc.float({ noNaN: true }).map((x) => (x === 0 ? 0 : x));
const tensors = fc
  .array(
    fc
      .tuple(
        fc.string({ unit: "grapheme", maxLength: 12 }).filter((name) => name !== "__metadata__"),
        fc.array(fc.nat({ max: 4 }), { maxLength: 4 }),
        fc.constantFrom("F32" as const, "F16" as const),
      )
      .chain(([name, dims, dtype]) =>
        fc
          .array(dtype === "F16" ? fc.integer({ min: -2048, max: 2048 }) : floats, {
            minLength: sizeOf(dims),
            maxLength: sizeOf(dims),
          })
          .map((numbers) => [name, { dims, dtype, data: Float32Array.from(numbers) }] as const),
      ),
    { maxLength: 6 },
  )
  .map((list) => new Map(list));

describe("writeSafetensors", () => {
  it("is undone by readSafetensors", { timeout: 60_000 }, () => {
    const metadata = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
    fc.assert(
      fc.property(tensors, metadata, (written, about) => {
        const bytes = writeSafetensors(written, about);
        const read = readSafetensors(bytes);
        expect(new Set(read.keys())).toEqual(new Set(written.keys()));
        for (const [name, { dims, dtype, data }] of written) {
          const found = read.get(name);
          expect({ dims: found?.dims, dtype: found?.dtype }).toEqual({ dims, dtype });
          expect(found?.data).toEqual(data);
        }
        const { metadata: found, entries } = readHeader(bytes);
        expect(found).toEqual(about);
        expect(entries.every(({ dtype, begin }) => begin % (dtype === "F32" ? 4 : 2) === 0)).toBe(true);
        expect((entries[0]?.begin ?? 8) % 8).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives the same bytes for the same tensors in another order", () => {
    const a = ["a", { dims: [1], data: Float32Array.of(1) }] as const;
    const b = ["b", { dims: [1], data: Float32Array.of(2), dtype: "F16" }] as const;
    expect(writeSafetensors([a, b])).toEqual(writeSafetensors([b, a]));
    expect(writeSafetensors([])).toEqual(fileOf("{}      "));
  });

  it.each([
    ["dims that do not fit", [["a", { dims: [3], data: new Float32Array(2) }]]],
    ["a name of the format's own", [["__metadata__", { dims: [0], data: new Float32Array() }]]],
    ["a number too large for a half", [["a", { dims: [1], data: Float32Array.of(65520), dtype: "F16" }]]],
    ["a number too small for a half", [["a", { dims: [1], data: Float32Array.of(-65520), dtype: "F16" }]]],
    [
      "a name twice",
      [
        ["a", { dims: [0], data: new Float32Array() }],
        ["a", { dims: [0], data: new Float32Array(), dtype: "F16" }],
      ],
    ],
  ] as const)("refuses %s", (_, list) => {
    engineError("input-invalid", () => writeSafetensors(list));
  });
});

describe("any bytes", () => {
  const valid = writeSafetensors(
    [
      ["transformer_blocks.0.attn1.to_q.weight", { dims: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
      ["proj", { dims: [2], data: Float32Array.of(1, 2), dtype: "F16" }],
    ],
    { format: "pt" },
  );
  const interesting = fc.constantFrom(...'{}[]":,-.0123456789eE \\utrn'.split("").map((c) => c.charCodeAt(0)), 0, 255);
  const edits = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.oneof(interesting, fc.nat(255))), {
    minLength: 1,
    maxLength: 4,
  });

  /** Reads everything; an EngineError is a lawful answer, any other error is not. */
  const readAll = (bytes: Uint8Array): "read" | "refused" => {
    try {
      for (const { dims, data } of readSafetensors(bytes).values()) expect(data.length).toBe(sizeOf(dims));
      return "read";
    } catch (error) {
      if (error instanceof EngineError && error.code === "file-invalid") return "refused";
      throw error;
    }
  };

  it("are read or refused, never anything else (20000 mutants of a file)", { timeout: 60_000 }, () => {
    const counts = { read: 0, refused: 0 };
    fc.assert(
      fc.property(edits, fc.option(fc.nat(valid.length)), (changes, cut) => {
        const bytes = valid.slice(0, cut ?? valid.length);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        counts[readAll(bytes)]++;
      }),
      { numRuns: 20_000 },
    );
    expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(100);
  });

  it("are refused when a header is made of any JSON (10000 headers)", { timeout: 60_000 }, () => {
    const dtype = fc.oneof(fc.constantFrom("F32", "F16", "U8", "I64"), fc.string(), fc.jsonValue());
    const number = fc.oneof(fc.nat(16), fc.double(), fc.maxSafeInteger(), fc.jsonValue());
    const entry = fc.record(
      { dtype, shape: fc.array(number, { maxLength: 3 }), data_offsets: fc.array(number, { maxLength: 3 }) },
      { requiredKeys: [] },
    );
    const header = fc.oneof(fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue())), fc.jsonValue());
    let refused = 0;
    fc.assert(
      fc.property(header, fc.nat(16), (value, rest) => {
        if (readAll(fileOf(value, rest)) === "refused") refused++;
      }),
      { numRuns: 10_000 },
    );
    expect(refused).toBeGreaterThan(9_000); // an empty header is lawful
  });
});

it("a tensor that lies askew is read from a Buffer of Node too", () => {
  const json = '{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  for (const rest of ["", " ", "  ", "   "]) {
    const header = Buffer.from(json + rest);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const number = Buffer.alloc(4);
    number.writeFloatLE(1.5);
    expect([...(readSafetensors(Buffer.concat([length, header, number])).get("t")?.data ?? [])]).toEqual([1.5]);
  }
});

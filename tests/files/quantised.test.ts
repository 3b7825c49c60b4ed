import { describe, expect, test } from "vitest";
import { readHeader } from "../../src/engine/files/safetensors-header.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { engineRejection } from "../error.js";
import { fixtureFolder, readFixture } from "../golden/fixture.js";
import { changed } from "../small-files.js";

const weights = "transformer/diffusion_pytorch_model.safetensors";
const config = "transformer/config.json";
const fixture = readFixture("latte-a");
const inputs = { noise: fixture.tensor("noise"), cond: { text: fixture.tensor("cond") } };
const scheduler = fixture.scheduler("ddim");

type Saved = { readonly dtype: string; readonly shape: readonly number[]; readonly bytes: Uint8Array };

/** The file with other tensors than it had. */
const withTensors = (file: Uint8Array, change: (tensors: Map<string, Saved>) => void): Uint8Array => {
  const tensors = new Map<string, Saved>(
    readHeader(file).entries.map(({ name, dtype, dims, begin, end }) => [
      name,
      { dtype, shape: dims, bytes: file.subarray(begin, end) },
    ]),
  );
  change(tensors);
  let end = 0;
  const header = Object.fromEntries(
    [...tensors].map(([name, { dtype, shape, bytes }]) => {
      const begin = end;
      end += bytes.length;
      return [name, { dtype, shape, data_offsets: [begin, end] }];
    }),
  );
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...[...tensors.values()].map(({ bytes }) => bytes)]);
};

const integers = (dtype: string, ...shape: readonly number[]): Saved => ({
  ...{ dtype, shape },
  bytes: new Uint8Array(shape.reduce((product, dim) => product * dim, 1)).fill(7),
});
const floats = (...shape: readonly number[]): Saved => ({
  ...{ dtype: "F32", shape },
  bytes: new Uint8Array(4 * shape.reduce((product, dim) => product * dim, 1)),
});
const name = "transformer_blocks.0.attn1.to_q.weight";

const runs = async (changes: Parameters<typeof changed>[1]) => {
  const model = changed(fixtureFolder("latte-a"), changes);
  const engine = await createEngine({ model, backend: "wasm", scheduler });
  try {
    return await engine.generate({ steps: 2, guidance: 1, inputs });
  } finally {
    await engine.dispose();
  }
};

const bitsandbytes = { load_in_4bit: true, quant_method: "bitsandbytes", bnb_4bit_quant_type: "nf4" };
const tensors = (change: (tensors: Map<string, Saved>) => void) => ({
  [weights]: (bytes: Buffer) => withTensors(bytes, change),
});

describe("quantised weights are refused in one line that says what is read", () => {
  test.each([
    [
      "a quantization_config",
      {
        [config]: (bytes: Buffer) =>
          JSON.stringify({ ...JSON.parse(bytes.toString()), quantization_config: bitsandbytes }),
      },
      "model-config",
      "bitsandbytes",
    ],
    [
      "I8 with scales beside",
      tensors((all) => all.set(name, integers("I8", 32, 32)).set(`${name}_scale`, floats(32))),
      "file-invalid",
      `${name}_scale`,
    ],
    [
      "I8 with bitsandbytes' scales",
      tensors((all) => all.set(name, integers("I8", 32, 32)).set(name.replace("weight", "SCB"), floats(32))),
      "file-invalid",
      "to_q.SCB",
    ],
    [
      "nf4 without a word in its config",
      tensors((all) => all.set(name, integers("U8", 512, 1)).set(`${name}.absmax`, floats(16))),
      "file-invalid",
      `${name}.absmax`,
    ],
    [
      "GPTQ",
      tensors((all) => {
        all.delete(name);
        all.set(name.replace("weight", "qweight"), integers("I8", 4, 32));
      }),
      "file-invalid",
      "qweight",
    ],
    [
      "scales of another name",
      tensors((all) => all.set(name, integers("I8", 32, 32)).set("scales_of_all", floats(2))),
      "file-invalid",
      `${name}" is saved as whole numbers (I8)`,
    ],
  ] as const)("%s", async (_, changes, code, says) => {
    const error = await engineRejection(code, runs(changes as Parameters<typeof changed>[1]));
    expect(error.message).toContain(says);
    expect(error.message).toMatch(/^[^\n]*quantised weights are not supported\.$/);
    expect(error.hint).toContain("float32, float16 or bfloat16");
  });
});

describe("tensors that the network does not read", () => {
  test("are named in the notes of the run, whatever their type", async () => {
    const { trace } = await runs(
      tensors((all) => all.set("adapter.weight", floats(2, 2)).set("position_ids", integers("U8", 4))),
    );
    expect(trace.notes).toEqual([
      'The network does not read 2 tensors of its checkpoint: "adapter.weight", "position_ids".',
    ]);
  });

  test("make a bounded note", async () => {
    const { trace } = await runs(
      tensors((all) => {
        for (let i = 0; i < 300; i++) all.set(`more.${i}`, floats(1));
      }),
    );
    expect(trace.notes?.[0]).toMatch(/does not read 300 tensors .*"more.0".* …\.$/);
    expect(trace.notes?.[0]?.length).toBeLessThan(300);
  });

  test("there are none in the fixture", async () => {
    expect((await runs({})).trace.notes).toBeUndefined();
  });
});

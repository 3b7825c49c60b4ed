import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { convertCheckpoint } from "../../src/engine/convert/convert.js";
import type { StoredDtype } from "../../src/engine/convert/stored-as.js";
import { EngineError } from "../../src/engine/errors.js";
import { readSafetensors, writeSafetensors } from "../../src/engine/files/safetensors.js";
import { openFiles } from "../../src/engine/models/files.js";
import type { Files } from "../../src/engine/models/source.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { engineOf } from "../../src/engine/run/engine-of.js";
import { engineRejection } from "../error.js";
import { fixtureFolder, relativeError } from "../golden/fixture.js";
import { readReal } from "../golden/real.js";
import { changed } from "../small-files.js";

const nano = "site/public/models/latte-motion-nano";
const weights = "transformer/diffusion_pytorch_model.safetensors";
const device = { backend: "wasm", description: "WebAssembly", ladder: [] } as const;

/** Converts into memory. */
const convert = async (from: Files, dtype: StoredDtype, shardBytes = 2 ** 24) => {
  const held = new Map<string, Uint8Array<ArrayBuffer>>();
  const write = async (path: string, bytes: Uint8Array) => {
    held.set(path, new Uint8Array(bytes));
    return { sha256: createHash("sha256").update(bytes).digest("hex") };
  };
  const written = await convertCheckpoint(from, "the name", write, { dtype, shardBytes });
  const files: Files = {
    name: "converted",
    async read(path) {
      const found = held.get(path);
      if (!found) throw new EngineError("file-missing", `${path} is not there.`);
      return found;
    },
  };
  return { written, held, files };
};

const json = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));

const predictionsOf = async (files: Files, request: object) => {
  const engine = await engineOf(await loadCheckpoint(files), wasmBackend(ort), device);
  const { predictions = [], trace } = await engine.generate({ ...request, predictions: true });
  await engine.dispose();
  return { predictions, trace };
};

const recorded = [
  ...readdirSync(fixtureFolder("real")).map((name) => [name, "real"] as const),
  ...readdirSync(fixtureFolder("networks")).map((name) => [name, "networks"] as const),
];

test.each(recorded)(
  "%s of %s is converted to both types, and its halves predict what diffusers predicts",
  async (name, room) => {
    const { folder, steps, guidance, inputs, tensor } = readReal(name, room);
    const from = await openFiles(folder);
    const eight = await predictionsOf((await convert(from, "q8")).files, { steps, guidance, inputs });
    const { files } = await convert(from, "f16");
    const { predictions } = await predictionsOf(files, { steps, guidance, inputs });
    const wanted = tensor("none.predictions").data;
    // Weights that were float32 lose up to 2^-11 each, and later steps start from what that made of the first.
    const counted = room === "real" ? predictions.slice(0, 1) : predictions;
    for (const [step, prediction] of counted.entries())
      expect(relativeError(prediction, wanted, step, steps)).toBeLessThan(room === "real" ? 5e-3 : 1e-4);
    expect(relativeError(eight.predictions[0] as Float32Array, wanted, 0, steps)).toBeLessThan(0.1);
  },
);

describe("a network in 8 bits", async () => {
  const from = await openFiles(nano);
  const { written, held, files } = await convert(from, "q8", 2 ** 20);

  test("has its linear layers in U8 with scales, all else in halves, in shards with an index", () => {
    const { weight_map: map, metadata } = json(held.get(`${weights}.index.json`));
    const shards = [...new Set(Object.values<string>(map))].sort();
    expect(shards).toEqual([1, 2, 3].map((k) => `diffusion_pytorch_model-0000${k}-of-00003.safetensors`));
    const tensors = new Map(
      shards.flatMap((shard) => [...readSafetensors(held.get(`transformer/${shard}`) as Uint8Array)]),
    );
    for (const shard of shards) expect(held.get(`transformer/${shard}`)?.length).toBeLessThan(1.1 * 2 ** 20);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(map).sort());
    const before = readSafetensors(readFileSync(`${nano}/${weights}`));
    let [bytes, packed] = [0, 0];
    for (const [name, { dims }] of before) {
      const found = tensors.get(name);
      expect(found?.dims, name).toEqual(dims);
      const inBlocks = tensors.has(`${name}.scales`);
      expect(found?.dtype).toBe(inBlocks ? "U8" : "F16");
      const count = dims.reduce((a, b) => a * b, 1);
      bytes += inBlocks ? (count * 9) / 8 : 2 * count;
      packed += inBlocks ? count : 0;
    }
    expect(packed).toBeGreaterThan(0.9 * written.parameters);
    expect(metadata.total_size).toBe(bytes);
  });

  test("predicts what its float32 predicts to some percent, and a run says that it has other weights", async () => {
    const request = { steps: 3, prompt: "a small blue square moving up on a white background" };
    const [exact, rounded] = [await predictionsOf(from, request), await predictionsOf(files, request)];
    expect(exact.trace.notes).toBeUndefined();
    const percent = (100 * (written.relativeError ?? 0)).toPrecision(2);
    expect(rounded.trace.notes).toEqual([expect.stringContaining(`8 bits, in blocks of 32: ${percent} % (RMS)`)]);
    expect(rounded.trace.model.parameters).toBe(exact.trace.model.parameters);
    for (const [step, prediction] of rounded.predictions.entries()) {
      const error = relativeError(prediction, exact.predictions[step] as Float32Array);
      expect(error).toBeLessThan(0.05);
      expect(error).toBeGreaterThan(1e-5);
    }
    const [shared, owned] = [rounded, exact].map(({ trace }) => trace.totals.bytes.peak.weights) as [number, number];
    expect(shared).toBeLessThan(0.4 * owned);
  });

  test("in 4 bits it is smaller and further off, and a run says by how much", async () => {
    const request = { steps: 1, prompt: "a small blue square moving up on a white background" };
    const four = await convert(from, "q4");
    const bytes = (one: Awaited<ReturnType<typeof convert>>) => one.written.bytes;
    expect(bytes(four)).toBeLessThan(0.65 * bytes({ written, held, files }));
    expect(json(four.held.get("manifest.json")).dtype).toBe("Q4");
    const [exact, coarse] = [await predictionsOf(from, request), await predictionsOf(four.files, request)];
    const percent = (100 * (four.written.relativeError ?? 0)).toPrecision(2);
    expect(coarse.trace.notes).toEqual([expect.stringContaining(`4 bits, in blocks of 32: ${percent} % (RMS)`)]);
    expect(four.written.relativeError).toBeGreaterThan(10 * (written.relativeError ?? 1));
    expect(coarse.trace.model.parameters).toBe(exact.trace.model.parameters);
    const error = relativeError(coarse.predictions[0] as Float32Array, exact.predictions[0] as Float32Array);
    expect(error).toBeGreaterThan(0.01);
    expect(error).toBeLessThan(0.5);
  });

  test("its manifest lists every file and keeps what the old one said", () => {
    const { files: listed, ...said } = json(held.get("manifest.json"));
    expect(listed.map(({ path }: { path: string }) => path).sort()).toEqual(
      [...held.keys()].filter((path) => path !== "manifest.json").sort(),
    );
    for (const { path, bytes, sha256 } of listed) {
      expect(held.get(path)?.length).toBe(bytes);
      expect(
        createHash("sha256")
          .update(held.get(path) as Uint8Array)
          .digest("hex"),
      ).toBe(sha256);
    }
    expect(said).toMatchObject({ name: "latte-motion-nano", license: "MIT", dtype: "Q8", defaults: { steps: 20 } });
  });

  test("is not converted again", async () => {
    const error = await engineRejection("model-config", convert(files, "f16"));
    expect(error.message).toContain("in 8 bits already");
  });

  test.each([
    [{ bits: 3 }, "weights of 3 bits"],
    [{ block_size: 64 }, "blocks of 64"],
    [{ relative_error: "none" }, 'the error "none"'],
    [{ quant_method: "gptq" }, 'quantization_config ("gptq")'],
  ])("with %j in its config.json is refused", async (change, says) => {
    const path = "transformer/config.json";
    const config = json(held.get(path));
    const other = { ...config, quantization_config: { ...config.quantization_config, ...change } };
    const read = (asked: string) =>
      asked === path ? Promise.resolve(new TextEncoder().encode(JSON.stringify(other))) : files.read(asked);
    const unlisted: Files = { name: "changed", read: (asked) => (asked === "manifest.json" ? missing() : read(asked)) };
    expect((await engineRejection("model-config", loadCheckpoint(unlisted))).message).toContain(says);
  });
});

const missing = async (): Promise<never> => {
  throw new EngineError("file-missing", "It is not there.");
};

test("a number beyond float16 keeps its tensor in float32, and one that is none is refused in 8 bits", async () => {
  const name = "pos_embed.proj.bias";
  const linear = "transformer_blocks.0.ff.net.2.weight";
  const withValue = (tensor: string, value: number) => {
    const file = changed(nano, {
      [weights]: (bytes) =>
        writeSafetensors(
          [...readSafetensors(bytes)].map(([key, { dims, data }]) => {
            const numbers = Float32Array.from(data);
            if (key === tensor) numbers[1] = value;
            return [key, { dims, data: numbers }] as const;
          }),
        ),
    });
    const read: Files["read"] = (path) => (path === "manifest.json" ? missing() : file.read(path));
    return { ...file, read };
  };
  const { held } = await convert(withValue(name, 70000), "f16");
  const found = readSafetensors(held.get(weights) as Uint8Array);
  expect([found.get(name)?.dtype, found.get(name)?.data[1]]).toEqual(["F32", 70000]);
  expect(found.get(linear)?.dtype).toBe("F16");
  const error = await engineRejection("file-invalid", convert(withValue(linear, Number.NaN), "q8"));
  expect(error.message).toContain(`the weight "${linear}" holds what is not a number`);
});

test("a decoder goes along in halves, and one of a class that is not there is left out with a note", async () => {
  const dit = fixtureFolder("real/dit");
  const tiny = fixtureFolder("decoders/tiny");
  const both = (config: (bytes: Buffer) => string | Uint8Array): Files => {
    const [network, decoder] = [changed(dit, {}), changed(tiny, { "vae/config.json": config })];
    return { name: "both", read: (path) => (path.startsWith("vae/") ? decoder : network).read(path) };
  };
  const { held, written } = await convert(
    both((bytes) => bytes),
    "q8",
  );
  const decoder = readSafetensors(held.get("vae/diffusion_pytorch_model.safetensors") as Uint8Array);
  expect([...new Set([...decoder.values()].map(({ dtype }) => dtype))]).toEqual(["F16"]);
  expect(written.notes).toEqual([expect.stringContaining("No linear layer is large enough")]);
  const other = await convert(
    both(() => '{"_class_name": "AutoencoderDC"}'),
    "f16",
  );
  expect(other.written.notes).toEqual(['vae/ is left out: there is no decoder for "AutoencoderDC".']);
  expect([...other.held.keys()].some((path) => path.startsWith("vae/"))).toBe(false);
});

import { expect, onTestFinished, test } from "vitest";
import { convertCheckpoint } from "../../src/engine/convert/convert.js";
import type { StoredDtype } from "../../src/engine/convert/stored-as.js";
import { EngineError } from "../../src/engine/errors.js";
import { readSafetensors, writeSafetensors } from "../../src/engine/files/safetensors.js";
import type { Files } from "../../src/engine/models/source.js";
import { randn } from "../../src/engine/random.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { relativeDifference } from "../numbers.js";
import { folderOf } from "./fixture.js";

// A DiT as `convert` writes it, run in Chromium on WebAssembly.

const weights = "transformer/diffusion_pytorch_model.safetensors";
const bytesAt = async (path: string) =>
  new Uint8Array(await (await fetch(`${folderOf("real/dit")}/${path}`)).arrayBuffer());
const jsonAt = async (path: string) => JSON.parse(new TextDecoder().decode(await bytesAt(path)));

const filesOf = (held: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Files => ({
  name: "held",
  async read(path) {
    const found = held.get(path);
    if (!found) throw new EngineError("file-missing", `${path} is not there.`);
    return found;
  },
});

/** The small DiT of the fixtures with heads four times as wide, so that its layers are large enough for 8 bits. */
const wideDit = async (): Promise<Files> => {
  const config = await jsonAt("transformer/config.json");
  const width = config.num_attention_heads * config.attention_head_dim;
  const outputs = config.patch_size ** 2 * config.out_channels;
  const tensors = new Map<string, Tensor>();
  for (const [name, { dims }] of readSafetensors(await bytesAt(weights))) {
    const wide = dims.map((dim, axis) => {
      const outside = (name.startsWith("proj_out_2") && axis === 0 && dim === outputs) || dim === 256;
      return dim % width === 0 && !outside ? 4 * dim : dim;
    });
    const inputs = wide.slice(1).reduce((product, dim) => product * dim, 1);
    const { data } = randn(tensors.size, wide);
    tensors.set(name, { dims: wide, data: data.map((value) => value / Math.sqrt(inputs)) });
  }
  const text = (json: object) => new TextEncoder().encode(JSON.stringify(json));
  return filesOf(
    new Map([
      ["transformer/config.json", text({ ...config, attention_head_dim: 4 * config.attention_head_dim })],
      ["scheduler/scheduler_config.json", await bytesAt("scheduler/scheduler_config.json")],
      [weights, new Uint8Array(writeSafetensors(tensors))],
    ]),
  );
};

/** Latents after four steps of the network as it is written in a dtype, and the bytes of its files. */
const run = async (from: Files, dtype: StoredDtype) => {
  const held = new Map<string, Uint8Array<ArrayBuffer>>();
  const write = async (path: string, bytes: Uint8Array) => {
    held.set(path, new Uint8Array(bytes));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
    return { sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") };
  };
  const written = await convertCheckpoint(from, "dit", write, { dtype, shardBytes: 2 ** 20 });
  const engine = await createEngine({ model: filesOf(held), backend: "wasm" });
  onTestFinished(() => engine.dispose());
  const { clip, network } = engine.model;
  const { in_channels: channels } = network as { readonly in_channels: number };
  const label = { dims: [1], data: Float32Array.of(3) };
  const noise = randn(7, [1, channels, 1, clip.height, clip.width]);
  const { latents, trace } = await engine.generate({ steps: 4, guidance: 4, inputs: { noise, cond: { label } } });
  return { written, latents: latents.data, notes: trace.notes ?? [] };
};

test("in 8 bits it is near what it is in float16, half as large, and says how far its weights are off", async () => {
  const from = await wideDit();
  const [half, eight] = [await run(from, "f16"), await run(from, "q8")];
  expect(eight.written.notes).toEqual([]);
  expect(eight.written.bytes / half.written.bytes).toBeLessThan(0.7);
  const difference = relativeDifference(eight.latents, half.latents);
  expect(difference).toBeGreaterThan(1e-5); // else nothing was in 8 bits
  expect(difference).toBeLessThan(0.03);
  expect(eight.notes).toEqual([expect.stringMatching(/^Linear layers have weights in 8 bits.*0\.\d+ % \(RMS\)/)]);
  expect(half.notes).toEqual([]);
});

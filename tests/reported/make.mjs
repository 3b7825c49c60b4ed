// Writes the inputs of this folder: node tests/reported/make.mjs. Each kind is a folder; expected.json in it says of every
// input which entry it was reported as and what is right.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const deep = (depth) => `${'{"a":'.repeat(depth)}0${"}".repeat(depth)}`;
const json = (value) => JSON.stringify(value);
const sha256 = "0".repeat(64);

/** A configuration of Latte that runs. */
const latteNetwork = {
  ...{ _class_name: "LatteTransformer3DModel", norm_type: "ada_norm_single", norm_elementwise_affine: false },
  ...{ activation_fn: "gelu-approximate", num_attention_heads: 2, attention_head_dim: 8, cross_attention_dim: 16 },
  ...{ in_channels: 3, patch_size: 2, caption_channels: 8 },
};

/** A safetensors file of a header and zeros. */
const tensors = (header, bytes) => {
  const text = Buffer.from(typeof header === "string" ? header : json(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(bytes)]);
};

const manifest = (more) => json({ files: [{ path: "config.json", bytes: 1, sha256 }], ...more });
const latte = {
  ...{ _class_name: "LatteTransformer3DModel", num_attention_heads: 2, attention_head_dim: 8, in_channels: 3 },
  ...{ cross_attention_dim: 16, num_layers: 1, patch_size: 4, sample_size: 16, video_length: 2, caption_channels: 4 },
  ...{ norm_type: "ada_norm_single", norm_elementwise_affine: false, activation_fn: "gelu-approximate" },
};
const vocabulary = (words) => json({ version: 1, slots: [{ name: "word", words }], template: "a {word}" });
const presets = (methods) =>
  json({
    ...{ format: "diffusion-cache/presets", version: 1, model: "m", steps: 20, machine: "m", prompts: [], floors: {} },
    methods,
  });
const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
const invalid = (entry, says, code = "file-invalid") => ({ entry, code, says });

/** Kind → input → its content and what is expected of it. */
export const reported = {
  manifest: {
    "huge-size.json": [
      manifest({ clip: { height: 1e300 } }),
      invalid("D24", "clip.height is 1e+300; expected a whole"),
    ],
    "negative-size.json": [manifest({ clip: { frames: -8 } }), invalid("D24", "clip.frames is -8")],
    "fraction.json": [manifest({ clip: { channels: 2.5 } }), invalid("D24", "clip.channels is 2.5")],
    "no-frames-a-second.json": [
      manifest({ clip: { fps: 0 } }),
      invalid("D26", "clip.fps is 0; expected a number above 0"),
    ],
    "time-runs-back.json": [manifest({ clip: { fps: -1 } }), invalid("D26", "clip.fps is -1")],
    "a-clip-of-null.json": [manifest({ clip: null }), { entry: "D24" }],
  },
  config: {
    "deep-class-name.json": [
      `{"_class_name":${deep(5000)}}`,
      invalid("D24", "names the architecture", "model-unknown"),
    ],
    "too-many-layers.json": [json({ ...latte, num_layers: 65_536 }), invalid("D25", "from 0 to 1000", "model-config")],
    "most-layers.json": [json({ ...latte, num_layers: 1000 }), { entry: "D25" }],
    "escapes.json": [json({ _class_name: "\u001b[2J\u009b" }), invalid("D39", "\\u001b[2J\\u009b", "model-unknown")],
  },
  // Read as the network's builder reads it, field by field.
  network: {
    "latte-misspelt.json": [json({ ...latteNetwork, surprise: 1 }), invalid("A3", "surprise = 1", "model-config")],
    "latte-bias-of-words.json": [
      json({ ...latteNetwork, attention_bias: "yes" }),
      invalid("A3", 'attention_bias = "yes"; expected true or false', "model-config"),
    ],
    "latte-layers-of-null.json": [
      json({ ...latteNetwork, num_layers: null }),
      invalid("A3", "num_layers = null", "model-config"),
    ],
    "flux-misspelt.json": [
      json({ _class_name: "FluxTransformer2DModel", guidance_embed: true }),
      invalid("A3", "guidance_embed = true", "model-config"),
    ],
    "flux-channels-of-null.json": [
      json({ _class_name: "FluxTransformer2DModel", out_channels: null }),
      { entry: "A3", value: { channels: 16, frames: 1, height: 128, width: 128 } },
    ],
    "dit-patch-of-null.json": [
      json({ _class_name: "DiTTransformer2DModel", patch_size: null }),
      invalid("A3", "patch_size = null", "model-config"),
    ],
  },
  presets: {
    "null.json": ["null", invalid("D24", "its format is undefined")],
    "methods-of-null.json": [presets(null), invalid("D24", "methods is null; expected an object")],
    "odd.json": [
      presets({ fora: { balanced: 3 } }),
      invalid("D26", 'methods."fora".balanced is 3; expected an object'),
    ],
  },
  vocabulary: {
    "too-many-words.json": [
      vocabulary(Array.from({ length: 4097 }, (_, at) => `w${at}`)),
      invalid("D25", "4097 words"),
    ],
    "deep-word.json": [
      `{"slots":[{"name":"word","words":[${deep(4000)}]}],"template":"a"}`,
      invalid("D24", "slot 0 is not"),
    ],
  },
  safetensors: {
    "float8.safetensors": [
      tensors({ a: { dtype: "F8_E4M3", shape: [8], data_offsets: [0, 8] } }, 8),
      invalid("B21", 'tensor "a" is in "F8_E4M3", which is not read'),
    ],
    "lfs-pointer.safetensors": [pointer, invalid("B21", "is a pointer of Git LFS")],
    "web-page.safetensors": ["<!doctype html><title>404</title>", invalid("B21", "is a web page")],
    "deep-metadata.safetensors": [tensors(`{"__metadata__":${deep(4000)}}`, 0), invalid("D24", "__metadata__ has")],
    "escapes.safetensors": [
      tensors({ "\u001b]0;title\u0007": { dtype: "F32", shape: [1], data_offsets: [0, 8] } }, 8),
      invalid("D39", "\\u001b]0;title\\u0007"),
    ],
  },
  calibration: {
    "deep.json": [`{"format":${deep(5000)}}`, invalid("D24", "is not a calibration: format is")],
  },
  options: {
    "quotes-taken.txt": ["{interval: 3}", invalid("B19", 'is "{interval: 3}", which is not JSON', "argument-invalid")],
    "pairs.txt": [
      'interval=3, guards={"warmupSteps":2}',
      { entry: "B19", value: { interval: 3, guards: { warmupSteps: 2 } } },
    ],
    "words.txt": [
      'variant=paper sites=["feed-forward"]',
      { entry: "B19", value: { variant: "paper", sites: ["feed-forward"] } },
    ],
    "twice.txt": ["interval=3,interval=4", invalid("B19", 'says "interval" twice', "argument-invalid")],
    "a-list.txt": ["[1]", invalid("B19", "is no object", "argument-invalid")],
  },
  model: {
    "variant/config.json": [json(latte), undefined],
    "variant/diffusion_pytorch_model.fp16.safetensors": [tensors({}, 0), undefined],
    variant: [undefined, invalid("B21", "it has diffusion_pytorch_model.fp16.safetensors", "file-missing")],
    "pickled/config.json": [json(latte), undefined],
    "pickled/diffusion_pytorch_model.bin": ["x", undefined],
    pickled: [undefined, invalid("B21", "it has diffusion_pytorch_model.bin", "file-missing")],
    "single-file.safetensors": [tensors({}, 0), invalid("B21", "is a file; a model is a folder", "file-missing")],
    "lfs-config/config.json": [pointer, undefined],
    "lfs-config": [undefined, invalid("B21", "is a pointer of Git LFS")],
  },
};

if (import.meta.main ?? process.argv[1]?.endsWith("make.mjs"))
  for (const [kind, inputs] of Object.entries(reported)) {
    const folder = join(import.meta.dirname, kind);
    rmSync(folder, { recursive: true, force: true });
    const expected = {};
    for (const [name, [content, right]] of Object.entries(inputs)) {
      if (right) expected[name] = right;
      if (content === undefined) continue;
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    writeFileSync(join(folder, "expected.json"), `${JSON.stringify(expected, null, 2)}\n`);
  }

import type { Settings } from "./example-module.js";

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `(${value.join(", ")})`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return JSON.stringify(value);
};

/**
 * diffusers finds attention layers by searching for these names. Unanchored, "transformer_blocks" would also match
 * "temporal_transformer_blocks", and Latte's temporal layers would be taken for spatial ones.
 */
const latteBlocks = [
  `    spatial_attention_block_identifiers=("^transformer_blocks",),`,
  `    temporal_attention_block_identifiers=("temporal_transformer_blocks",),`,
  `    cross_attention_block_identifiers=("^transformer_blocks",),`,
];

/** The settings for diffusers' Latte pipeline; undefined for a method that diffusers does not have. */
export const pythonSnippet = (method: string, settings: Settings): string | undefined => {
  if (method !== "pab") return undefined;
  const { prompt, seed, steps, guidance, options } = settings;
  const lines = Object.entries(options).map(([name, value]) => `    ${snakeCase(name)}=${literal(value)},`);
  return `import torch
from diffusers import LattePipeline, PyramidAttentionBroadcastConfig

pipe = LattePipeline.from_pretrained("maxin-cn/Latte-1", torch_dtype=torch.float16).to("cuda")
pipe.transformer.enable_cache(PyramidAttentionBroadcastConfig(
${lines.join("\n")}
${latteBlocks.join("\n")}
    current_timestep_callback=lambda: pipe.current_timestep,
))
video = pipe(
    ${JSON.stringify(prompt)},
    num_inference_steps=${steps},
    guidance_scale=${guidance},
    generator=torch.Generator("cpu").manual_seed(${seed}),
).frames[0]`;
};

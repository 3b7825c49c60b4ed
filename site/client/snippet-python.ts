import type { CacheMethod } from "diffusion-cache";
import type { Settings } from "./example-module.js";
import { type PythonConfig, pythonConfig } from "./python-config.js";

/** Checkpoint and precision per pipeline. FirstBlockCache, MagCache and TaylorSeer do not run on diffusers' Latte. */
const checkpoints = {
  LattePipeline: ["maxin-cn/Latte-1", "float16"],
  CogVideoXPipeline: ["THUDM/CogVideoX-5b", "bfloat16"],
} as const;

const configCall = ({ name, lines }: PythonConfig): string =>
  lines.length > 0 ? `${name}(\n${lines.map((line) => `    ${line}`).join("\n")}\n)` : `${name}()`;

/** The settings for diffusers; undefined for methods that it does not have. */
export const pythonSnippet = (
  methods: readonly CacheMethod[],
  { prompt, seed, steps, guidance }: Omit<Settings, "options">,
): string | undefined => {
  const [method, second] = methods;
  const config = method && !second ? pythonConfig(method, steps) : undefined;
  if (!config) return undefined;
  const [checkpoint, dtype] = checkpoints[config.pipeline];
  return `import torch
from diffusers import ${config.pipeline}, ${config.name}

${config.remark ? `# ${config.remark}\n` : ""}pipe = ${config.pipeline}.from_pretrained("${checkpoint}", torch_dtype=torch.${dtype}).to("cuda")
${config.before ? `${config.before}\n` : ""}pipe.transformer.enable_cache(${configCall(config)})
video = pipe(
    ${JSON.stringify(prompt)},
    num_inference_steps=${steps},
    guidance_scale=${guidance},
    generator=torch.Generator("cpu").manual_seed(${seed}),
).frames[0]`;
};

/** What snippets load: the pipelines of diffusers, and the checkpoints that people use with them. */
const pipelines = {
  LattePipeline: { checkpoint: "maxin-cn/Latte-1", dtype: "float16", makes: "video" },
  WanPipeline: { checkpoint: "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", dtype: "bfloat16", makes: "video" },
  CogVideoXPipeline: { checkpoint: "THUDM/CogVideoX-5b", dtype: "bfloat16", makes: "video" },
  FluxPipeline: { checkpoint: "black-forest-labs/FLUX.1-dev", dtype: "bfloat16", makes: "image" },
  NucleusMoEImagePipeline: { checkpoint: "NucleusAI/NucleusMoE-Image", dtype: "bfloat16", makes: "image" },
} as const;

export type Pipeline = keyof typeof pipelines;

export interface Asked {
  readonly prompt: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidance: number;
}

export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const pythonLiteral = (value: unknown): string => {
  if (Array.isArray(value)) return `(${value.join(", ")})`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return JSON.stringify(value);
};

/** A call with its arguments a line each. */
export const pythonCall = (name: string, lines: readonly string[], indent = ""): string =>
  lines.length > 0 ? `${name}(\n${lines.map((line) => `${indent}    ${line}`).join("\n")}\n${indent})` : `${name}()`;

export const videoImport = (pipeline: Pipeline): readonly string[] =>
  pipelines[pipeline].makes === "video" ? ["from diffusers.utils import export_to_video"] : [];

export const loading = (pipeline: Pipeline, prompt: string): string => {
  const { checkpoint, dtype } = pipelines[pipeline];
  return `prompt = ${JSON.stringify(prompt)}
pipe = ${pipeline}.from_pretrained("${checkpoint}", torch_dtype=torch.${dtype}).to("cuda")`;
};

export const running = (pipeline: Pipeline, { seed, steps, guidance }: Asked): string =>
  `${pipelines[pipeline].makes} = pipe(
    prompt,
    num_inference_steps=${steps},
    guidance_scale=${guidance},
    generator=torch.Generator("cpu").manual_seed(${seed}),
).${pipelines[pipeline].makes === "video" ? "frames" : "images"}[0]`;

export const saving = (pipeline: Pipeline): string =>
  pipelines[pipeline].makes === "video" ? 'export_to_video(video, "clip.mp4", fps=8)' : 'image.save("image.png")';

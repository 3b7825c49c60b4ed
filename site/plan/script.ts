import type { CacheMethod, ModelCard } from "diffusion-cache";
import { cacheDitConfig } from "../snippets/python-cache-dit.js";
import { pythonConfig } from "../snippets/python-config.js";
import { nearestConfig } from "../snippets/python-nearest.js";
import { pythonCall } from "../snippets/python-pipelines.js";
import { supportColumn } from "../snippets/support-column.js";
import { contextRemarks, stateOf, supportRemarks } from "../support/taken.js";
import type { Choice } from "./choice.js";

/** A program for the model and settings of the page. */
export interface Script {
  readonly library: "diffusers" | "cache-dit";
  /** Whether it does what was planned; else its first lines say what it does instead. */
  readonly exact: boolean;
  readonly code: string;
}

/** Whether the attention of a block is called "attn", as in FLUX, and not "attn1". */
const namedAttn = (card: ModelCard): boolean =>
  card.blocks.some(({ sublayers }) => sublayers.some(({ site }) => site === "attn"));

const loading = ({ pipeline, repository }: ModelCard): string =>
  `pipe = ${pipeline}.from_pretrained("${repository}", torch_dtype=torch.bfloat16)
pipe.enable_model_cpu_offload()  # or pipe.to("cuda") where everything fits`;

/** Sizes, frames and steps as the pipeline takes them. */
const call = (card: ModelCard, { width, height, frames, steps }: Choice): string => {
  const video = card.sizes.some((size) => size.frames > 1);
  const sized = card.class === "DiTTransformer2DModel" ? [] : [`    width=${width},`, `    height=${height},`];
  const given =
    card.pipeline?.includes("ImageToVideo") || (card.references ?? 0) > 0 ? ["    image=image,  # a PIL image"] : [];
  const many = video
    ? [card.class === "LatteTransformer3DModel" ? `    video_length=${frames},` : `    num_frames=${frames},`]
    : [];
  return [
    `${video ? "video" : "image"} = pipe(`,
    ...given,
    card.class === "DiTTransformer2DModel" ? "    class_labels=[207]," : '    prompt="a harbour at dawn",',
    ...[...sized, ...many, `    num_inference_steps=${steps},`],
    `).${video ? "frames" : "images"}[0]`,
    video ? 'export_to_video(video, "clip.mp4")' : 'image.save("image.png")',
  ].join("\n");
};

const remarksOf = (remarks: readonly string[]): string => remarks.map((remark) => `# ${remark}\n`).join("");

/** Patterns and remarks that belong to one model of this site and not to the reader's. */
const foreign = /^(spatial|temporal|cross)_attention_block_identifiers|Latte|FLUX/;

/** Seen on a small random Wan 2.2: scripts/real-pipelines-check.py. */
const ownRatios =
  "Each expert counts its own calls from 0: give each a configuration of its own steps, with its part of the ratios.";

/** The settings of the page as Python for this model's pipeline; none for a model or method that neither library has. */
export const scriptsOf = (card: ModelCard, choice: Choice, methods: readonly CacheMethod[]): readonly Script[] => {
  const [method] = methods;
  if (!(method && card.pipeline && card.repository)) return [];
  const video = card.sizes.some((size) => size.frames > 1);
  const helper = video ? "\nfrom diffusers.utils import export_to_video" : "";
  const experts = card.experts ? "\npipe.transformer_2.enable_cache(config)  # the second expert keeps its own" : "";
  const still = namedAttn(card);
  const config = pythonConfig(method, { steps: choice.steps, guidance: 5, still }) ?? nearestConfig(method, still);
  const latte = card.class === "LatteTransformer3DModel";
  const scripts: Script[] = [];
  if (config) {
    const ratios = method.options.magRatios;
    const known = method.name === "magcache" && Array.isArray(ratios) && ratios.length > 1;
    const lines = config.lines
      .filter((line) => latte || !foreign.test(line))
      .map((line) =>
        known && line.startsWith("mag_ratios") ? `mag_ratios=[${(ratios as number[]).join(", ")}],` : line,
      );
    const before =
      known || !config.before ? "" : `${config.before.replace("pipe(prompt, ", 'pipe(prompt="a harbour at dawn", ')}\n`;
    const imports = known ? [] : (config.imports ?? []);
    const own = supportColumn({ name: config.name, lines });
    // With guidance FasterCache skips the unconditional half as well, which is a column of its own.
    const guided = own === "fastercache" && !lines.some((line) => line.includes("is_guidance_distilled"));
    const column = guided && supportRemarks(card.pipeline, "cfgcache", config.name).length > 0 ? "cfgcache" : own;
    const remarks = [
      ...(column ? supportRemarks(card.pipeline, column, config.name) : contextRemarks(card.pipeline)),
      ...(card.experts && method.name === "magcache" ? [ownRatios] : []),
      ...config.remarks.filter((remark) => !foreign.test(remark)),
    ];
    scripts.push({
      library: "diffusers",
      exact: config.exact,
      code: `${imports.map((one) => `import ${one}\n`).join("")}import torch
from diffusers import ${[card.pipeline, config.name].toSorted().join(", ")}${helper}

${remarksOf(remarks)}${loading(card)}
${before}config = ${pythonCall(config.name, lines)}
pipe.transformer.enable_cache(config)${experts}
${call(card, choice)}`,
    });
  }
  const other = stateOf(card.pipeline, "dbcache") === "absent" ? undefined : cacheDitConfig(method, choice.steps);
  if (other)
    scripts.push({
      library: "cache-dit",
      exact: other.exact,
      code: `# pip install cache-dit
import cache_dit
import torch
from cache_dit import ${["DBCacheConfig", ...(other.calibrator ? [other.calibrator.name] : [])].join(", ")}
from diffusers import ${card.pipeline}${helper}

${remarksOf(other.remarks)}${loading(card)}
${pythonCall("cache_dit.enable_cache", [
  "pipe,",
  `cache_config=${pythonCall("DBCacheConfig", [...other.lines, `num_inference_steps=${choice.steps},`], "    ")},`,
  ...(other.calibrator ? [`calibrator_config=${other.calibrator.call},`] : []),
])}
${call(card, choice)}`,
    });
  return scripts;
};

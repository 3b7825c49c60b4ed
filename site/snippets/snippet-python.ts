import type { CacheMethod } from "diffusion-cache";
import { firstModel } from "../model/live-models.js";
import { supportRemarks } from "../support/taken.js";
import { type CacheDitConfig, cacheDitConfig } from "./python-cache-dit.js";
import { type PythonConfig, pythonConfig } from "./python-config.js";
import { nearestConfig } from "./python-nearest.js";
import { type Asked, loading, type Pipeline, pythonCall, running, saving, videoImport } from "./python-pipelines.js";
import { supportColumn } from "./support-column.js";

/** The settings as a Python program. */
export interface PythonForm {
  readonly id: "diffusers" | "cache-dit" | "cache-dit-gpus";
  /** Whether it does what the settings say; else the code says in its first lines what it does instead. */
  readonly exact: boolean;
  readonly code: string;
}

/** A cache that does not work in its pipeline says so first. */
const warned = (config: PythonConfig): readonly string[] => {
  const column = supportColumn(config);
  return column ? supportRemarks(config.pipeline, column, config.name) : [];
};

const comments = (remarks: readonly string[]): string => remarks.map((remark) => `# ${remark}\n`).join("");

const diffusersCode = (config: PythonConfig, asked: Asked): string => {
  const { name, pipeline, lines, remarks, imports = [], before = "" } = config;
  return `${imports.map((module) => `import ${module}\n`).join("")}${imports.length > 0 ? "\n" : ""}import torch
from diffusers import ${[pipeline, name].toSorted().join(", ")}
${videoImport(pipeline).join("\n")}${videoImport(pipeline).length > 0 ? "\n" : ""}
${comments([...warned(config), ...remarks])}${loading(pipeline, asked.prompt)}
${before === "" ? "" : `${before}\n`}pipe.transformer.enable_cache(${pythonCall(name, lines)})
${running(pipeline, asked)}
${saving(pipeline)}`;
};

const cacheDitCode = (
  { name = "DBCacheConfig", lines, calibrator, remarks }: CacheDitConfig,
  pipeline: Pipeline,
  asked: Asked,
  gpus: boolean,
) => {
  const names = [name, ...(calibrator ? [calibrator.name] : []), ...(gpus ? ["ParallelismConfig"] : [])].toSorted();
  const all = [...lines, `num_inference_steps=${asked.steps},`];
  const args = [
    "pipe,",
    `cache_config=${pythonCall(name, all, "    ")},`,
    ...(calibrator ? [`calibrator_config=${calibrator.call},`] : []),
    ...(gpus ? ["parallelism_config=ParallelismConfig(ulysses_size=dist.get_world_size()),"] : []),
  ];
  const save = saving(pipeline);
  return `# pip install cache-dit
${gpus ? "# On two GPUs, each with a part of every sequence: torchrun --nproc_per_node=2 clip.py\n" : ""}import cache_dit
import torch
${gpus ? "import torch.distributed as dist\n" : ""}from cache_dit import ${names.join(", ")}
from diffusers import ${pipeline}
${videoImport(pipeline).join("\n")}${videoImport(pipeline).length > 0 ? "\n" : ""}
${gpus ? 'dist.init_process_group("nccl")\ntorch.cuda.set_device(dist.get_rank())\n' : ""}${comments(remarks)}${loading(pipeline, asked.prompt)}
${pythonCall("cache_dit.enable_cache", args)}
${running(pipeline, asked)}
${gpus ? `if dist.get_rank() == 0:\n    ${save}\ndist.destroy_process_group()` : save}`;
};

/**
 * The settings for diffusers and, where it has the method, for cache-dit on one GPU and on several. The first is there
 * for every method: where diffusers has no such one it says so and has what comes nearest. Of several methods the first,
 * since both libraries take one; none for a method written by hand.
 */
export const pythonForms = (
  methods: readonly CacheMethod[],
  asked: Asked,
  model: string = firstModel,
): readonly PythonForm[] => {
  const [method, ...others] = methods;
  if (!method) return [];
  const still = model.startsWith("flux");
  const run = { steps: asked.steps, guidance: asked.guidance, still };
  const config = pythonConfig(method, run) ?? nearestConfig(method, still);
  if (!config) return [];
  if (others.length > 0) {
    const left = others.map(({ name }) => name).join(" and ");
    const remark = `diffusers and cache-dit take one cache at a time: this is ${method.name} without ${left}.`;
    const alone = { ...config, remarks: [remark, ...config.remarks] };
    return [{ id: "diffusers", exact: false, code: diffusersCode(alone, asked) }];
  }
  const other = cacheDitConfig(method, asked.steps);
  const pipeline = still ? "FluxPipeline" : "CogVideoXPipeline";
  return [
    { id: "diffusers", exact: config.exact, code: diffusersCode(config, asked) },
    ...(other
      ? ([false, true] as const).map(
          (gpus): PythonForm => ({
            id: gpus ? "cache-dit-gpus" : "cache-dit",
            exact: other.exact,
            code: cacheDitCode(other, pipeline, asked, gpus),
          }),
        )
      : []),
  ];
};

/** The settings in Python where a library has them as they are: diffusers first; undefined where none has. */
export const pythonSnippet = (methods: readonly CacheMethod[], asked: Asked, model?: string): string | undefined =>
  pythonForms(methods, asked, model).find(({ exact }) => exact)?.code;

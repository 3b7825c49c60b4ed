import type { CacheMethod } from "diffusion-cache";
import { type CacheDitConfig, cacheDitConfig } from "./python-cache-dit.js";
import { type PythonConfig, pythonConfig } from "./python-config.js";
import { nearestConfig } from "./python-nearest.js";
import { type Asked, loading, type Pipeline, pythonCall, running, saving, videoImport } from "./python-pipelines.js";

/** The settings as a Python program. */
export interface PythonForm {
  readonly id: "diffusers" | "cache-dit" | "cache-dit-gpus";
  /** Whether it does what the settings say; else the code says in its first lines what it does instead. */
  readonly exact: boolean;
  readonly code: string;
}

const comments = (remarks: readonly string[]): string => remarks.map((remark) => `# ${remark}\n`).join("");

const diffusersCode = (config: PythonConfig, asked: Asked): string => {
  const { name, pipeline, lines, remarks, imports = [], before = "" } = config;
  return `${imports.map((module) => `import ${module}\n`).join("")}${imports.length > 0 ? "\n" : ""}import torch
from diffusers import ${[pipeline, name].toSorted().join(", ")}
${videoImport(pipeline).join("\n")}${videoImport(pipeline).length > 0 ? "\n" : ""}
${comments(remarks)}${loading(pipeline, asked.prompt)}
${before === "" ? "" : `${before}\n`}pipe.transformer.enable_cache(${pythonCall(name, lines)})
${running(pipeline, asked)}
${saving(pipeline)}`;
};

const cacheDitCode = (
  { lines, calibrator, remarks }: CacheDitConfig,
  pipeline: Pipeline,
  asked: Asked,
  gpus: boolean,
) => {
  const names = [
    "DBCacheConfig",
    ...(calibrator ? [calibrator.name] : []),
    ...(gpus ? ["ParallelismConfig"] : []),
  ].toSorted();
  const all = [...lines, `num_inference_steps=${asked.steps},`];
  const args = [
    "pipe,",
    `cache_config=${pythonCall("DBCacheConfig", all, "    ")},`,
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

const none = (methods: readonly CacheMethod[]): string =>
  methods.length > 1
    ? `# diffusers and cache-dit take one cache at a time, not ${methods.map(({ name }) => name).join(" and ")} together.`
    : `# Neither diffusers nor cache-dit has ${methods.map(({ name }) => name).join()}.`;

/**
 * The settings for diffusers and, where it has the method, for cache-dit on one GPU and on several. The first is always
 * there: where diffusers has no such method it says so and has what comes nearest.
 */
export const pythonForms = (
  methods: readonly CacheMethod[],
  asked: Asked,
  model = "latte-motion-nano",
): readonly PythonForm[] => {
  const [method, second] = methods;
  const still = model.startsWith("flux");
  const only = second ? undefined : method;
  const run = { steps: asked.steps, guidance: asked.guidance, still };
  const config = only && (pythonConfig(only, run) ?? nearestConfig(only, still));
  const other = only && cacheDitConfig(only, asked.steps);
  const pipeline = still ? "FluxPipeline" : "CogVideoXPipeline";
  return [
    {
      id: "diffusers",
      exact: config?.exact ?? false,
      code: config ? diffusersCode(config, asked) : none(methods),
    },
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

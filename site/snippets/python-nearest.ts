import type { CacheMethod } from "diffusion-cache";
import { type PythonConfig, taylorModules } from "./python-config.js";

/** Where a method that neither library has can be had, and what in diffusers comes nearest. */
interface Nearest {
  readonly title: string;
  /** The code that has it. */
  readonly code?: string;
  readonly near: (
    options: Readonly<Record<string, unknown>>,
    still: boolean,
  ) => Omit<PythonConfig, "pipeline" | "exact">;
}

const taylor = (remarks: readonly string[], ...lines: readonly string[]) => ({
  name: "TaylorSeerCacheConfig",
  remarks,
  lines: [...lines, "taylor_factors_dtype=torch.float32,"],
});
const every = ["spatial-attention", "feed-forward"];
const firstBlock = (remark: string, threshold?: number) => ({
  name: "FirstBlockCacheConfig",
  remarks: [
    remark,
    ...(threshold === undefined ? ["Its threshold is another number; 0.05 is diffusers' default."] : []),
  ],
  lines: [`threshold=${threshold ?? 0.05},`],
});
const wholeByInterval = (remark: string) =>
  taylor([remark], "cache_interval=2,", "max_order=0,", "use_lite_mode=True,");

const table: Readonly<Record<string, Nearest>> = {
  dbcache: {
    title: "DBCache",
    near: ({ residualDiffThreshold }) =>
      firstBlock(
        "Nearest: FirstBlockCache, which is DBCache with one block in front, none behind and no warm-up. cache-dit has it all.",
        residualDiffThreshold as number,
      ),
  },
  dbprune: {
    title: "DBPrune",
    near: ({ residualDiffThreshold }) =>
      firstBlock(
        "Nearest: FirstBlockCache, which asks the first block for all the others. cache-dit has it as it is.",
        residualDiffThreshold as number,
      ),
  },
  mask: {
    title: "step masks",
    near: ({ every: interval }) =>
      taylor(
        ["Nearest: TaylorSeer's lite mode of order 0, which reuses the output in fixed steps. cache-dit has masks."],
        `cache_interval=${interval ?? 2},`,
        "max_order=0,",
        "use_lite_mode=True,",
      ),
  },
  fora: {
    title: "FORA",
    code: "github.com/prathebaselva/FORA",
    near: ({ interval }, still) =>
      taylor(
        [
          "Nearest: TaylorSeer of order 0 reuses attention and feed-forward as they were; its interval begins at another step.",
        ],
        `cache_interval=${interval},`,
        "disable_cache_before_step=1,",
        "max_order=0,",
        taylorModules(every, { still }),
      ),
  },
  dpcache: {
    title: "DPCache",
    code: "SGLang, runtime/cache/dpcache.py",
    near: () =>
      taylor(
        ["Nearest: TaylorSeer's lite mode extends the output along its last slope too, in steps of a fixed interval."],
        "cache_interval=2,",
        "max_order=1,",
        "use_lite_mode=True,",
      ),
  },
  meancache: {
    title: "MeanCache",
    code: "github.com/UnicomAI/MeanCache, for Qwen-Image and Z-Image",
    near: () =>
      taylor(
        ["Nearest: TaylorSeer's lite mode carries the output on by a slope too, in steps of a fixed interval."],
        "cache_interval=2,",
        "max_order=1,",
        "use_lite_mode=True,",
      ),
  },
  smoothcache: {
    title: "SmoothCache",
    code: "github.com/Roblox/SmoothCache",
    near: (_, still) =>
      taylor(
        [
          "Nearest: TaylorSeer of order 0 reuses attention and feed-forward by a fixed interval, not by what was measured.",
        ],
        "cache_interval=2,",
        "max_order=0,",
        taylorModules(every, { still }),
      ),
  },
  speca: {
    title: "SpeCa",
    code: "github.com/Shenyi-Z/Cache4Diffusion",
    near: ({ maxOrder, firstEnhance }, still) =>
      taylor(
        ["Nearest: TaylorSeer forecasts the same outputs, by a fixed interval; nothing verifies them."],
        "cache_interval=4,",
        `disable_cache_before_step=${firstEnhance},`,
        `max_order=${maxOrder},`,
        taylorModules(every, { still }),
      ),
  },
  spectrum: {
    title: "Spectrum",
    code: "github.com/leejet/stable-diffusion.cpp",
    near: ({ window }) =>
      taylor(
        ["Nearest: TaylorSeer's lite mode forecasts the output too, from its last slope and by a fixed interval."],
        `cache_interval=${Math.floor(window as number)},`,
        "max_order=1,",
        "use_lite_mode=True,",
      ),
  },
  teacache: {
    title: "TeaCache",
    code: "github.com/ali-vilab/TeaCache",
    near: () =>
      firstBlock("Nearest: FirstBlockCache compares the first block's residual where TeaCache compares its input."),
  },
  adacache: {
    title: "AdaCache",
    code: "github.com/AdaCache-DiT/AdaCache",
    near: () => firstBlock("Nearest: FirstBlockCache decides by one block too, before each step and without a wait."),
  },
  dicache: {
    title: "DiCache",
    code: "github.com/Bujiazi/DiCache",
    near: () => firstBlock("Nearest: FirstBlockCache has the same probe, and reuses the residual as it was."),
  },
  easycache: {
    title: "EasyCache",
    code: "github.com/H-EmbodVis/EasyCache",
    near: () =>
      wholeByInterval("Nearest: TaylorSeer's lite mode of order 0 reuses the output too, but in fixed steps."),
  },
  sencache: {
    title: "SenCache",
    code: "github.com/AI-Hypercomputer/maxdiffusion, for Wan 2.2",
    near: () =>
      wholeByInterval("Nearest: TaylorSeer's lite mode of order 0 reuses the output too, but in fixed steps."),
  },
  lazycache: {
    title: "LazyCache",
    code: "ComfyUI, comfy_extras/nodes_easycache.py",
    near: () =>
      wholeByInterval("Nearest: TaylorSeer's lite mode of order 0 reuses the output of each branch, in fixed steps."),
  },
};

/** What in diffusers comes nearest to a method that it does not have; undefined for a method unknown here. */
export const nearestConfig = (method: CacheMethod, still: boolean): PythonConfig | undefined => {
  const found = table[method.name];
  if (!found) return undefined;
  const { remarks, ...config } = found.near(method.options, still);
  const where = found.code ? ` It is in ${found.code}.` : "";
  const first = `diffusers has no ${found.title}${found.code ? ", nor has cache-dit" : ""}.${where}`;
  return {
    ...config,
    pipeline: still ? "FluxPipeline" : "CogVideoXPipeline",
    remarks: [first, ...remarks],
    exact: false,
  };
};

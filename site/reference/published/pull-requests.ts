import { figures } from "./figures.js";
import type { Source } from "./table.js";

/** Measured by those who put a method into another project; nearly all of another's method. */
export const pullRequests: readonly Source[] = [
  {
    title: "diffusers, pull requests 9562 and 10163",
    url: "https://github.com/huggingface/diffusers/pull/9562",
    device: "not named",
    note: "Peak memory reserved during inference.",
    groups: figures(`
      method       seconds  gib
      # Latte | 16 frames, 512², 50 steps
      none         31.742   14.344
      fastercache  24.288   22.199
      pab          27.531   20.23
      # CogVideoX-5B | 480×720, 49 frames, 50 steps
      none         245.939  24.426
      fastercache  159.031  40.721
      pab          184.013
    `),
  },
  {
    title: "Unsloth, pull request 6703",
    url: "https://github.com/unslothai/unsloth/pull/6703",
    device: "B200",
    note: "On top of torch.compile.",
    groups: figures(`
      method           at              speedup  seconds  lpips
      # FLUX.1-dev | 1024², 28 steps
      none             ·               ·        2.83
      firstblockcache  threshold 0.08  1.4      2.03     0.08
    `),
  },
  {
    title: "mold, pull request 939",
    url: "https://github.com/utensils/mold/pull/939",
    device: "RTX 4090",
    note: "At 0.05 the threshold was never met.",
    groups: figures(`
      method           at              seconds
      # Wan2.2
      none             ·               605.6
      firstblockcache  threshold 0.05  620.5
      firstblockcache  threshold 0.1   327.4
    `),
  },
  {
    title: "xDiT, pull request 453",
    url: "https://github.com/xdit-project/xDiT/pull/453",
    device: "H20",
    groups: figures(`
      method           seconds
      # FLUX.1-dev | not compiled | doubt: 231 % of the peak of one H20; fewer steps or a smaller image are not named
      none             6.1
      teacache         4.67
      firstblockcache  2.51
      # FLUX.1-dev | compiled | doubt: 281 % of the peak of one H20; fewer steps or a smaller image are not named
      none             5.02
      teacache         3.92
      firstblockcache  2.09
      # FLUX.1-dev | not compiled | device: 4 × H20 | doubt: 174 % of the peak of four H20; fewer steps or a smaller image are not named
      none             2.02
      teacache         1.6
      firstblockcache  0.93
      # FLUX.1-dev | compiled | device: 4 × H20 | doubt: 195 % of the peak of four H20; fewer steps or a smaller image are not named
      none             1.81
      teacache         1.5
      firstblockcache  0.85
    `),
  },
  {
    title: "TensorRT-LLM, pull request 12007",
    url: "https://github.com/NVIDIA/TensorRT-LLM/pull/12007",
    device: "H200",
    note: "10 prompts. The share of reused steps was published, no time.",
    groups: figures(`
      method    at                                        psnr
      # FLUX.1-dev | 50 steps
      teacache  threshold 0.25, 42 % of the steps reused  24.7
      teacache  threshold 0.4, 55 % of the steps reused   20.6
      teacache  threshold 0.6, 64 % of the steps reused   19.1
    `),
  },
  {
    title: "nunchaku, thread 234",
    url: "https://github.com/nunchaku-tech/nunchaku/issues/234",
    device: "A100",
    groups: figures(`
      method    seconds
      # FLUX.1-dev | 50 steps
      none      14.9
      teacache  4.9
    `),
  },
  {
    title: "SGLang, pull request 18498",
    url: "https://github.com/sgl-project/sglang/pull/18498",
    device: "not named",
    groups: figures(`
      method    speedup
      # Wan2.1 1.3B
      magcache  1.88
      teacache  1.74
    `),
  },
  {
    title: "vLLM-Omni, pull request 5561",
    url: "https://github.com/vllm-project/vllm-omni/pull/5561",
    device: "a processor",
    note: "27 of 50 steps reused; no time was published.",
    groups: figures(`
      method    at                     psnr
      # DiT-XL/2 | 256², 50 steps
      magcache  first class            29.6
      magcache  second class and seed  24.6
    `),
  },
  {
    title: "stable-diffusion.cpp, pull request 940",
    url: "https://github.com/leejet/stable-diffusion.cpp/pull/940",
    device: "not named",
    note: "The variant that compares with the last computed step.",
    groups: figures(`
      method     at             speedup  seconds
      # FLUX and Qwen-Image | device: CUDA
      easycache  threshold 0.2  1.85
      # Chroma
      none       ·              ·        355.8
      easycache  threshold 0.1  ·        176.2
      easycache  threshold 0.3  ·        142.1
    `),
  },
  {
    title: "cache-dit, pull request 1053",
    url: "https://github.com/vipshop/cache-dit/pull/1053",
    note: "Forecasts of the middle blocks' residual, 12 DrawBench prompts, about 3.2 times the speed.",
    groups: figures(`
      method              at                   clip  psnr  lpips
      # FLUX.1-dev | 50 steps
      dbcache             with a DMD forecast  32    19.8  0.38
      dbcache-taylorseer  ·                    27    11.8  0.78
    `),
  },
  {
    title: "maxdiffusion, pull request 433",
    url: "https://github.com/AI-Hypercomputer/maxdiffusion/pull/433",
    device: "TPU",
    note: "About these ratios; no quality was published.",
    groups: figures(`
      method    at           speedup
      # Wan
      cfgcache  ·            1.2
      sencache  ·            1.4
      magcache  1.75 to 1.9  1.75
    `),
  },
];

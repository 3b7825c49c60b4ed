import { figures } from "./figures.js";
import type { Source } from "./table.js";

/** READMEs and benchmark pages of 2026. */
export const newerRepositories: readonly Source[] = [
  {
    title: "mlx-teacache, COMPARISON.md",
    url: "https://github.com/IonDen/mlx-teacache",
    device: "M1 Max",
    note: "Memory differs by compilation as well: the uncached runs of klein-9B and Z-Image are compiled, the cached ones are not.",
    groups: figures(`
      method    at                                     seconds  gb
      # FLUX.1-dev | 768×1024, 25 steps, 4 bit
      none      ·                                      233.2
      teacache  threshold 0.2, 4 of 25 steps reused    198.3
      # FLUX.2-klein-base-4B | 50 steps
      none      ·                                      601.6
      teacache  threshold 0.17, 8 of 50 steps reused   503.3
      # FLUX.2-klein-base-9B | 512², 50 steps, 4 bit
      none      ·                                      517.6    22
      teacache  threshold 0.17, 13 of 50 steps reused  380.6    10
      # Z-Image | 640×896, 50 steps, 8 bit
      none      ·                                      563.3    18.7
      teacache  threshold 0.12, 14 of 50 steps reused  424.8    13.1
      # Qwen-Image | 768², 50 steps, 4 bit
      none      ·                                      1207.2   30.4
      teacache  threshold 0.3, 25 of 50 steps reused   695.1    30.8
    `),
  },
  {
    title: "LightX2V, cache_source.md",
    url: "https://github.com/ModelTC/LightX2V/blob/main/docs/EN/source/method_tutorials/cache_source.md",
    device: "H200",
    own: ["customcache"],
    groups: figures(`
      method       at                                seconds
      # Wan2.1 1.3B | 480p, 81 frames, 50 steps
      none         ·                                 58
      teacache     threshold 0.26, first steps kept  17.9
      # Wan2.1 1.3B | 480p, 81 frames, 50 steps, second run
      none         ·                                 57.7
      taylorseer   ·                                 41.3
      # Wan2.1 14B | image to video, 480p, 81 frames, 40 steps
      none         ·                                 227
      adacache     ·                                 83
      # Wan2.1 1.3B | 480p, 81 frames, 50 steps, third run
      none         ·                                 57.9
      customcache  ·                                 16.6
    `),
  },
  {
    title: "MeanCache README",
    url: "https://github.com/UnicomAI/MeanCache",
    device: "not named",
    own: ["meancache", "lemica"],
    note: "B: number of computed steps. LeMiCa is of the same authors.",
    groups: figures(`
      method     at    seconds  psnr   ssim   lpips
      # Qwen-Image-2512 | 50 steps
      none       ·     32.8
      meancache  B 25  17.13    29.46  0.944  0.057
      meancache  B 17  11.67    26.49  0.907  0.104
      meancache  B 10  6.95     19.44  0.767  0.237
      lemica     B 25  18.83    29.2   0.945  0.065
      lemica     B 17  14.35    24.31  0.835  0.176
      lemica     B 10  10.41    17.8   0.637  0.368
      # Z-Image | 50 steps
      none       ·     18.07
      meancache  B 25  9.15
      meancache  B 20  7.36
      meancache  B 15  5.58
      meancache  B 13  4.85
    `),
  },
  {
    title: "maxdiffusion README",
    url: "https://github.com/AI-Hypercomputer/maxdiffusion",
    device: "TPU",
    groups: figures(`
      method    at                               speedup  psnr  ssim
      # Wan2.2 A14B | text to video, 40 steps
      magcache  threshold 0.04, 18 of 40 reused  1.82     21.8  0.72
      # Wan2.2 A14B | image to video, 40 steps
      magcache  threshold 0.06, 17 of 40 reused  1.75     25.4  0.91
    `),
  },
  {
    title: "xDiT, pull request 717",
    url: "https://github.com/xdit-project/xDiT/pull/717",
    device: "8 GPUs",
    note: "0.1035 images a second without a cache, 0.3876 with it.",
    groups: figures(`
      method           at              speedup  ssim    lpips
      # FLUX.2-dev | 2048², 50 steps
      firstblockcache  threshold 0.12  3.74     0.9579  0.0275
    `),
  },
  {
    title: "nunchaku, pull request 810",
    url: "https://github.com/nunchaku-tech/nunchaku/pull/810",
    device: "RTX PRO 6000",
    note: "Weights and activations of 4 bit.",
    groups: figures(`
      method              seconds
      # FLUX.1-canny
      none                4.49
      dbcache             3.75
      # FLUX.1-depth
      none                4.73
      dbcache             4.26
      # FLUX.1-fill
      none                9.9
      dbcache             5.16
      # FLUX.1 Kontext
      none                9.33
      dbcache             7
      # FLUX.1-krea
      none                4.34
      dbcache             3.41
      # FLUX.1-redux
      none                4.56
      dbcache             4.03
      # FLUX.1-dev | 50 steps
      dbcache             5.34
      double-first-block  4.52
      # Qwen-Image-Edit-2509 | 40 steps
      none                148.23
      dbcache             115.13
    `),
  },
  {
    title: "cache-dit, CACHE_API.md",
    url: "https://github.com/vipshop/cache-dit/blob/main/docs/user_guide/CACHE_API.md",
    device: "L20",
    own: ["dbcache", "dbprune"],
    note: "F and B: first and last blocks, last the threshold. Of DBPrune the share of blocks left out.",
    groups: figures(`
      method   at           seconds
      # FLUX.1-dev | 28 steps
      none     ·            24.85
      dbcache  F1B0, 0.08   15.59
      dbcache  F1B0, 0.2    8.58
      dbcache  F8B8, 0.15   15.41
      dbcache  F12B12, 0.2  15.11
      dbprune  24 %         19.43
      dbprune  35 %         16.82
      dbprune  45 %         14.24
      dbprune  60 %         10.66
    `),
  },
  {
    title: "cache-dit, NVIDIA_GPU.md",
    url: "https://github.com/vipshop/cache-dit/blob/main/docs/benchmark/NVIDIA_GPU.md",
    device: "2 × H100",
    own: ["dbcache"],
    note: "Context parallelism and FlashAttention 3 in every column.",
    groups: figures(`
      method   at                         seconds
      # FLUX.1-dev | 50 steps
      none     ·                          5.99
      dbcache  alone                      2.6
      dbcache  compiled, the base is not  1.92
      # Qwen-Image | 50 steps
      none     ·                          12.75
      dbcache  alone                      5.67
      dbcache  compiled, the base is not  4.2
    `),
  },
  {
    title: "hicache-plus-plus README",
    url: "https://github.com/Archerkattri/hicache-plus-plus",
    device: "not named",
    own: ["dmd"],
    note: "FID drift: how far the score moves from the uncached one.",
    groups: figures(`
      method      at                          speedup
      # DiT-XL/2 | 256², 250 steps
      taylorseer  interval 4, FID drift 2.3   3.81
      hicache     interval 4, FID drift 3.5   3.79
      hicache     interval 6, FID drift 6.5   5.46
      hicache     interval 8, FID drift 10.7  7.21
      dmd         interval 4, FID drift 18    3.71
      dmd         interval 6, FID drift 54    5.31
      dmd         interval 8, FID drift 101   6.98
    `),
  },
  {
    title: "ScalingCache README",
    url: "https://github.com/KlingAIResearch/ScalingCache",
    device: "not named",
    own: ["scalingcache"],
    groups: figures(`
      method        speedup  psnr
      # Wan2.1 1.3B
      scalingcache  2.5      26.6
      # Wan2.1 14B
      scalingcache  2.5      25.6
      # HunyuanVideo
      scalingcache  2.2      30.8
    `),
  },
  {
    title: "ProfilingDiT README",
    url: "https://github.com/GeekGuru123/ProfilingDiT",
    device: "not named",
    own: ["profilingdit"],
    groups: figures(`
      method        at    seconds  psnr
      # HunyuanVideo | 720p, 129 frames
      none          ·     1745
      teacache      slow  1052     21.9
      teacache      fast  753      21.6
      profilingdit  ·     932      26.4
    `),
  },
];

import { figures } from "./figures.js";
import type { Source } from "./table.js";

/** READMEs and benchmarks of methods for images, and of cache-dit. */
export const imageRepositories: readonly Source[] = [
  {
    title: "cache-dit, bench/cache",
    url: "https://github.com/vipshop/cache-dit/tree/main/bench/cache",
    device: "L20",
    own: ["dbcache"],
    note: "F and B: first and last blocks, W: warm-up, MC: most reuses in a row, last the threshold.",
    groups: figures(`
      method   at                   speedup  flops  seconds  imageReward  psnr
      # FLUX.1-dev | 50 steps, DrawBench
      none     ·                    ·        ·      42.74    1.0412
      dbcache  F8B0 W8, 0.08        1.53     1.72   27.9     ·            35.2
      dbcache  F1B0 W4, 0.08        1.84     2.15   23.2     ·            33.96
      dbcache  F1B0 W4 MC3, 0.12    2.07     2.56   20.6     ·            33
      dbcache  F1B0 W4 MC4, 0.2     2.41     3.23   17.7     1.023        31.71
      dbcache  F1B0 W4 MC6, 0.24    2.75     3.94   15.54    1            31.05
      # FLUX.1-dev | 50 steps, DrawBench
      none     ·                    ·        ·      44.61
      dbcache  F1B0 W8I4 MC10, 0.8  4.59     7.37   9.71
    `),
  },
  {
    title: "cache-dit, benchmark of hybrid caches",
    url: "https://github.com/vipshop/cache-dit/blob/main/docs/benchmark/HYBRID_CACHE.md",
    device: "L20",
    own: ["dbcache", "dbcache-taylorseer", "mask"],
    note: "F and B: first and last blocks, W: warm-up, MC: most reuses in a row, last the threshold.",
    groups: figures(`
      method   at                         flops  seconds  imageReward  clip   psnr
      # FLUX.1-dev | 50 steps, DrawBench
      none     ·                          ·      ·        1.0412       32.92
      dbcache  F8B0 W4 MC0, 0.08          1.8    ·        1.037        32.99  33.83
      dbcache  F8B0 W4 MC2, 0.12          1.93   ·        1.0185       32.95  32.73
      dbcache  F8B0 W4 MC3, 0.12          2.05   ·        1.0085       32.92  32.54
      dbcache  F4B0 W4 MC3, 0.12          2.47   ·        1.013        32.9   31.8
      dbcache  F4B0 W4 MC4, 0.12          2.66   ·        1.0065       32.84  31.53
      # FLUX.1-dev | 28 steps
      none     ·                          ·      24.85
      mask     slow, static               ·      15.4
      dbcache  F1B0, mask fast, dynamic   ·      11.4
      dbcache  F1B0, mask ultra, dynamic  ·      8.2
      # Qwen-Image-Lightning | 4 steps
      none     ·                          ·      ·        1.263        35.58
      dbcache  F24B24 W2 MC1, 0.8         1.04   ·        1.263        35.62  36.32
      dbcache  F16B16 W2 MC1, 0.8         1.12   ·        1.2614       35.61  34.82
      dbcache  F12B12 W2 MC1, 0.8         1.17   ·        1.2549       35.65  33.9
      dbcache  F8B8 W2 MC1, 0.8           1.22   ·        1.2517       35.73  33.14
      dbcache  F1B0 W2 MC1, 0.8           1.33   ·        1.2397       35.67  31.83
    `),
  },
  {
    title: "cache-dit, benchmark of hybrid caches, quoting the FoCa paper but for DBCache",
    url: "https://github.com/vipshop/cache-dit/blob/main/docs/benchmark/HYBRID_CACHE.md",
    own: ["dbcache", "dbcache-taylorseer", "foca"],
    note: "S, M, F and U are cache-dit's slow, medium, fast and ultra settings.",
    groups: figures(`
      method              at                   flops  imageReward  clip
      # FLUX.1-dev | 50 steps, DrawBench
      none                ·                    ·      0.9898       32.404
      fewer-steps         60 %                 1.67   0.9663       32.312
      fewer-steps         34 %                 3.13   0.9453       32.114
      fewer-steps         22 %                 4.55   0.8183       31.772
      deltadit            N 2                  1.5    0.9444       32.273
      deltadit            N 3                  2.21   0.8721       32.102
      fora                interval 3           2.82   0.9776       32.266
      fora                interval 7           5.55   0.7418       31.519
      taylorseer          interval 4, order 2  3.57   0.9857       32.413
      taylorseer          interval 7, order 2  5.54   0.9128       32.128
      toca                N 12                 5.77   0.7155       31.808
      duca                N 5                  3.8    0.9955       32.241
      duca                N 10                 6.13   0.8382       31.759
      teacache            threshold 1.2        5.56   0.7394       31.704
      foca                N 5                  4.16   1.0029       32.948
      foca                N 8                  6.24   0.9502       32.706
      dbcache             S                    2.66   1.0065       32.838
      dbcache             M                    3.94   0.9997       32.849
      dbcache             F                    5.72   0.9271       32.552
      dbcache-taylorseer  S                    3.23   1.0221       32.819
      dbcache-taylorseer  M                    3.94   1.0107       32.865
      dbcache-taylorseer  F                    5.72   0.9526       32.568
      dbcache-taylorseer  U                    7.37   0.8645       32.719
    `),
  },
  {
    title: "ToCa README",
    url: "https://github.com/Shenyi-Z/ToCa",
    device: "not named",
    own: ["toca"],
    groups: figures(`
      method       at          speedup  flops  seconds  imageReward
      # FLUX.1-dev | 50 steps
      none         ·           ·        ·      33.87    0.9898
      fewer-steps  60 %        1.65     1.67   20.49    0.9739
      fewer-steps  50 %        1.98     2      17.12    0.9429
      fewer-steps  40 %        2.45     2.62   13.77    0.9317
      fora         interval 3  2.61     2.82   12.98    0.9227
      toca         4-01        2.84     2.94   11.91    0.9798
      toca         5-01        3.14     3.3    10.8     0.9731
      toca         6-01        3.57     3.76   9.48     0.9493
      # Open-Sora
      toca         ·           2.36
    `),
  },
  {
    title: "TaylorSeer README",
    url: "https://github.com/Shenyi-Z/TaylorSeer",
    own: ["taylorseer", "duca"],
    groups: figures(`
      method      at               speedup  flops  fid
      # FLUX.1-dev
      taylorseer  ·                3.53     4.99
      # HunyuanVideo
      taylorseer  ·                4.65     5
      # DiT-XL/2
      none        ·                ·        ·      2.32
      taylorseer  called lossless  ·        2.77
      taylorseer  ·                ·        4.53   2.65
      # Open-Sora
      duca        ·                2.5
    `),
  },
  {
    title: "Learning-to-Cache README",
    url: "https://github.com/horseee/learning-to-cache",
    own: ["l2c"],
    note: "The columns FID and sFID appear exchanged there; the plausible one is taken for FID.",
    groups: figures(`
      method  seconds  fid
      # DiT-XL/2 | 256², 50 DDIM steps
      none    7.245    2.264
      l2c     5.568    2.269
      # DiT-XL/2 | 256², 20 DDIM steps
      none    2.869    3.484
      l2c     2.261    3.455
    `),
  },
  {
    title: "T-GATE README",
    url: "https://github.com/HaozheLiu-ST/T-GATE",
    device: "1080 Ti",
    own: ["tgate"],
    note: "FID over 10,000 images of MS-COCO.",
    groups: figures(`
      method  seconds  fid
      # SDXL
      none    53.187   24.164
      tgate   31.643   22.917
      # PixArt-α
      none    61.502   37.983
      tgate   36.65    36.39
      # PixArt-Σ
      none    60.467   34.278
      tgate   36.449   32.927
      # SDXL with DeepCache
      none    19.931   25.678
      tgate   14.666   24.511
      # LCM (SDXL) | 4 steps
      none    3.805    26.357
      tgate   3.533    26.902
      # LCM (PixArt-α) | 4 steps
      none    4.733    35.989
      tgate   4.543    35.843
    `),
  },
  {
    title: "DeepCache README",
    url: "https://github.com/horseee/DeepCache",
    device: "not named",
    own: ["deepcache"],
    groups: figures(`
      method     seconds
      # SDXL | 50 steps
      none       17.52
      deepcache  6.71
      # Stable Diffusion 1.5 | 50 steps
      none       3.34
      deepcache  1.54
      # Stable Diffusion 2.1 | 50 steps
      none       14.78
      deepcache  8.36
      # Stable Video Diffusion
      none       98.66
      deepcache  59.31
    `),
  },
];

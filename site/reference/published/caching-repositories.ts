import { figures } from "./figures.js";
import type { Source } from "./table.js";

/** READMEs of TeaCache, MagCache and FirstBlockCache. Most have times and no quality beside them. */
export const cachingRepositories: readonly Source[] = [
  {
    title: "TeaCache READMEs",
    url: "https://github.com/ali-vilab/TeaCache",
    device: "A800",
    own: ["teacache"],
    note: "Times are rounded there.",
    groups: figures(`
      method    at                                  seconds
      # FLUX.1-dev
      none      ·                                   18
      teacache  threshold 0.25                      12
      teacache  threshold 0.4                       10
      teacache  threshold 0.6                       9
      teacache  threshold 0.8                       8
      # TangoFlux
      none      ·                                   4.08
      teacache  threshold 0.25                      2.42
      teacache  threshold 0.4                       1.95
      # HiDream-Full | device: A100
      none      ·                                   50
      teacache  threshold 0.17                      34
      teacache  threshold 0.25                      29
      teacache  threshold 0.3                       25
      teacache  threshold 0.45                      19
      # Lumina-Next
      none      ·                                   17
      teacache  threshold 0.2                       11
      teacache  threshold 0.3                       9
      teacache  threshold 0.4                       7
      teacache  threshold 0.5                       6
      # Lumina-Image-2 | 50 steps | device: RTX 4090
      none      ·                                   25
      teacache  threshold 0.2                       20
      teacache  threshold 0.3                       16
      teacache  threshold 0.4                       12
      teacache  threshold 0.5                       10
      teacache  second coefficients, threshold 0.2  16.7
      teacache  second coefficients, threshold 0.3  15.6
      teacache  second coefficients, threshold 0.5  13.79
      teacache  second coefficients, threshold 1.1  11.9
      # CogVideoX1.5 | text to video | device: H100
      none      ·                                   465
      teacache  threshold 0.1                       322
      teacache  threshold 0.2                       260
      teacache  threshold 0.3                       204
      # CogVideoX1.5 | image to video | device: H100
      none      ·                                   475
      teacache  threshold 0.1                       316
      teacache  threshold 0.2                       239
      teacache  threshold 0.3                       204
      # ConsisID | device: H100
      none      ·                                   110
      teacache  threshold 0.1                       70
      teacache  threshold 0.15                      53
      teacache  threshold 0.2                       41
      # Cosmos | text to video | device: H800
      none      ·                                   449
      teacache  threshold 0.3                       327
      teacache  threshold 0.4                       227
      # HunyuanVideo | 540p
      none      ·                                   18:00
      teacache  threshold 0.1                       11:00
      teacache  threshold 0.15                      8:00
      # HunyuanVideo | 720p
      none      ·                                   50:00
      teacache  threshold 0.1                       30:00
      teacache  threshold 0.15                      23:00
      # LTX-Video 0.9.1
      none      ·                                   32
      teacache  threshold 0.03                      20
      teacache  threshold 0.05                      16
      # Mochi
      none      ·                                   30:00
      teacache  threshold 0.06                      20:00
      teacache  threshold 0.09                      14:00
      # Wan2.1 1.3B
      none      ·                                   175
      teacache  threshold 0.05                      117
      teacache  threshold 0.07                      110
      teacache  threshold 0.08                      88
      # Wan2.1 14B
      none      ·                                   55:00
      teacache  threshold 0.14                      38:00
      teacache  threshold 0.15                      30:00
      teacache  threshold 0.2                       27:00
      # Wan2.1 14B | image to video, 480p
      none      ·                                   735
      teacache  threshold 0.13                      464
      teacache  threshold 0.19                      372
      teacache  threshold 0.26                      300
      # Wan2.1 14B | image to video, 720p | doubt: 96 % of the peak of one A800
      none      ·                                   29:00
      teacache  threshold 0.18                      17:00
      teacache  threshold 0.2                       15:00
      teacache  threshold 0.3                       12:00
      # Wan2.1 1.3B | second table there | device: not named
      none      ·                                   97
      teacache  threshold 0.05                      64
      teacache  threshold 0.08                      49
      teacache  threshold 0.05, first steps kept    61
      teacache  threshold 0.1, first steps kept     41
      # Wan2.1 14B | second table there | device: not named
      none      ·                                   1829
      teacache  threshold 0.14                      1234
      teacache  threshold 0.2                       909
      teacache  threshold 0.1, first steps kept     915
      teacache  threshold 0.2, first steps kept     578
    `),
  },
  {
    title: "MagCache READMEs",
    url: "https://github.com/Zehong-Ma/MagCache",
    device: "A800",
    own: ["magcache"],
    note: "E024K5R01 stands for a threshold of 0.24, at most 5 reuses in a row and a warm-up of 0.1.",
    groups: figures(`
      method    at              seconds
      # HunyuanVideo | 540p
      none      ·               20:10
      teacache  threshold 0.15  8:53
      magcache  E012K4R02       8:50
      magcache  E024K6R02       7:17
      # HunyuanVideo | 720p
      none      ·               54:05
      teacache  threshold 0.15  23:49
      magcache  E012K4R02       23:50
      magcache  E024K6R02       19:33
      # Wan2.1 14B | text to video, 720p
      none      ·               60:04
      teacache  ·               30:01
      magcache  E024K6R02       21:40
      # Wan2.1 1.3B
      none      ·               189
      teacache  ·               95
      magcache  E012K2R02       87
      magcache  E012K4R02       68
      # Wan2.2 5B | 720p | device: L20
      none      ·               10:39
      magcache  E006K2R02       5:24
      # Wan2.2 A14B | 480p | device: L20
      none      ·               27:09
      magcache  E006K2R04       18:10
      # FLUX.1-dev
      none      ·               14.26
      teacache  threshold 0.6   5.65
      magcache  E024K5R01       5.05
      # Qwen-Image
      none      ·               75
      magcache  E006K2R02       50
      # Qwen-Image-Edit
      none      ·               120
      magcache  E006K2R02       80
      # FLUX.1 Kontext | device: L20
      none      ·               30
      magcache  E005K4R02       15
      # FramePack | 5 s | device: L20
      none      ·               9:00
      teacache  ·               4:40
      magcache  E010K3R02       4:20
      magcache  E015K4R02       4:00
      # FramePack-F1 | 5 s | device: L20
      none      ·               9:00
      teacache  ·               4:00
      magcache  E010K3R02       4:20
      magcache  E015K4R02       3:40
    `),
  },
  {
    title: "diffusers, pull request 11180",
    url: "https://github.com/huggingface/diffusers/pull/11180",
    device: "not named",
    own: ["firstblockcache"],
    note: "It advises to stay below a threshold of 0.2. No quality was published beside these.",
    groups: figures(`
      method           at              seconds
      # CogView4
      none             ·               40.51
      firstblockcache  threshold 0.05  24.08
      firstblockcache  threshold 0.1   17.55
      firstblockcache  threshold 0.2   12.99
      # HunyuanVideo | 320×512, 61 frames
      none             ·               121.85
      firstblockcache  threshold 0.05  62.47
      firstblockcache  threshold 0.1   41.84
      firstblockcache  threshold 0.2   28.11
      # LTX-Video
      none             ·               33.64
      firstblockcache  threshold 0.03  27.14
      firstblockcache  threshold 0.05  21.73
      firstblockcache  threshold 0.1   15.1
      firstblockcache  threshold 0.2   10.29
      # Wan2.1 1.3B
      none             ·               222.17
      firstblockcache  threshold 0.05  139.26
      firstblockcache  threshold 0.1   89.99
      firstblockcache  threshold 0.2   57.01
      # FLUX.1
      none             ·               16.47
      firstblockcache  threshold 0.05  12.63
      firstblockcache  threshold 0.1   9.27
      firstblockcache  threshold 0.2   5.91
    `),
  },
  {
    title: "ParaAttention, guides to FLUX and HunyuanVideo",
    url: "https://github.com/chengzeyi/ParaAttention",
    device: "L20",
    own: ["firstblockcache"],
    groups: figures(`
      method           at              seconds
      # FLUX.1-dev | 1024², 28 steps
      none             ·               26.36
      firstblockcache  threshold 0.06  21.83
      firstblockcache  threshold 0.08  17.01
      firstblockcache  threshold 0.1   16
      firstblockcache  threshold 0.12  13.78
      # HunyuanVideo | 720p, 129 frames, 30 steps
      none             ·               3675.71
      firstblockcache  threshold 0.06  2271.06
    `),
  },
  {
    title: "EasyCache README",
    url: "https://github.com/H-EmbodVis/EasyCache",
    device: "A800",
    own: ["easycache"],
    note: "On VBench prompts. SVG is a sparse attention of others.",
    groups: figures(`
      method     at                                  speedup  seconds  psnr   ssim    lpips
      # Wan2.1 1.3B
      none       ·                                   ·        175.35
      pab        ·                                   1.72     102.03   18.84  0.6484  0.301
      teacache   ·                                   2        87.77    22.57  0.8057  0.1277
      easycache  ·                                   2.54     69.11    25.24  0.8337  0.0952
      # HunyuanVideo
      none       ·                                   ·        1124.3
      pab        ·                                   1.17     958.23   18.58  0.7023  0.3827
      teacache   ·                                   1.67     674.04   23.85  0.8185  0.173
      easycache  ·                                   2.21     507.97   32.66  0.9313  0.0533
      # HunyuanVideo | 720p | device: H20
      none       ·                                   ·        6594
      teacache   with SVG                            3.18     2071     22.65
      easycache  with SVG (alone: 1.90, PSNR 27.56)  3.33     1981     27.26
    `),
  },
  {
    title: "EasyCache, READMEs of its models",
    url: "https://github.com/H-EmbodVis/EasyCache/tree/main/EasyCache4Wan2.1",
    device: "H20",
    own: ["easycache"],
    groups: figures(`
      method     at        seconds
      # HunyuanVideo | 544p
      none       ·         2327
      easycache  ·         1025
      # HunyuanVideo | 720p
      none       ·         6572
      easycache  with SVG  1773
      # Wan2.1 14B | text to video, 720p
      none       ·         6862
      easycache  ·         2884
      # Wan2.1 14B | image to video, 720p
      none       ·         5302
      easycache  ·         2397
    `),
  },
];

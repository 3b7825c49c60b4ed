import { figures } from "./figures.js";
import type { Source } from "./table.js";

/** Tables of papers. */
export const papers: readonly Source[] = [
  {
    title: "MagCache paper, tables 1 and 5",
    url: "https://arxiv.org/abs/2506.09045",
    device: "A800",
    own: ["magcache"],
    note: "The paper notes tens of GB of extra memory for FasterCache, DuCa and TaylorSeer. The first 20 % of the steps are always computed.",
    groups: figures(`
      method       at                   speedup  seconds  psnr   ssim    lpips
      # Open-Sora 1.2
      none         ·                    ·        44.56
      fastercache  ·                    1.72     25.9     23.23  0.8255  0.1511
      duca         ·                    2.08     21.42    19.96  0.7652  0.2316
      teacache     slow                 1.4      31.69    23.67  0.8405  0.1303
      teacache     fast                 2.05     21.67    18.98  0.7435  0.2527
      magcache     threshold 0.06, K 1  1.41     31.48    26.93  0.8859  0.0827
      magcache     threshold 0.12, K 3  2.1      21.21    23.37  0.8266  0.1522
      # Wan2.1 1.3B | 81 frames, 480p
      none         ·                    ·        187.21
      teacache     slow                 1.59     117.2    23.35  0.8033  0.1258
      teacache     fast                 2.14     87.55    18.14  0.6571  0.2412
      taylorseer   interval 2, order 1  2.07     90.15    15.06  0.522   0.3792
      magcache     threshold 0.12, K 2  2.14     87.27    23.42  0.8133  0.1206
      magcache     threshold 0.12, K 4  2.68     69.75    21.54  0.749   0.1748
      # HunyuanVideo | 129 frames, 540p
      none         ·                    ·        1163
      teacache     slow                 1.63     712      23.87  0.7876  0.1832
      teacache     fast                 2.26     514      23.38  0.7744  0.1971
      magcache     slow                 2.25     516      34.51  0.9459  0.0377
      magcache     fast                 2.63     441      31.77  0.9206  0.0626
      # CogVideoX-2B
      none         ·                    ·        74.1
      teacache     ·                    2.3      32.2     27.08  0.8815  0.1221
      magcache     ·                    2.37     31.15    30.44  0.921   0.0787
      # FLUX | 1024², 28 steps
      none         ·                    ·        14.26
      teacache     slow                 2        7.11     20.14  0.7746  0.2687
      teacache     fast                 2.52     5.65     18.17  0.7021  0.3456
      magcache     slow                 2.57     5.53     24.46  0.8883  0.2043
      magcache     fast                 2.82     5.05     21.35  0.8093  0.2635
    `),
  },
  {
    title: "TeaCache paper, table 1",
    url: "https://arxiv.org/abs/2411.19108",
    device: "A800",
    own: ["teacache"],
    groups: figures(`
      method    at    speedup  seconds  vbench  psnr   ssim    lpips
      # Latte | 16 frames, 512²
      none      ·     ·        26.9     77.4
      deltadit  ·     1.02     ·        52      8.65   0.1078  0.8513
      tgate     ·     1.13     ·        75.42   19.55  0.6927  0.2612
      pab       slow  1.21     22.16    76.32   19.71  0.7014  0.2669
      pab       fast  1.34     19.98    73.13   17.16  0.6421  0.3903
      teacache  slow  1.86     14.46    77.4    22.09  0.7786  0.1901
      teacache  fast  3.28     8.2      76.69   18.62  0.6678  0.3133
      # Open-Sora 1.2 | 51 frames, 480p
      none      ·     ·        44.56    79.22
      deltadit  ·     1.03     ·        78.21   11.91  0.4811  0.5692
      tgate     ·     1.19     ·        77.61   15.5   0.676   0.3495
      pab       slow  1.33     33.4     77.64   24.5   0.8405  0.1471
      pab       fast  1.4      31.85    76.95   23.58  0.822   0.1743
      teacache  slow  1.55     28.78    79.28   23.62  0.8415  0.1316
      teacache  fast  2.25     19.84    78.48   19.1   0.7477  0.2511
      # Open-Sora-Plan | 65 frames, 512²
      none      ·     ·        99.65    80.39
      pab       slow  1.36     73.41    80.3    18.8   0.655   0.3059
      pab       fast  1.56     65.38    71.81   15.47  0.4717  0.5499
      teacache  slow  4.41     22.62    80.32   21.02  0.7414  0.2145
      teacache  fast  6.83     14.6     79.72   18.95  0.6589  0.3155
    `),
  },
  {
    title: "FasterCache paper, table 1",
    url: "https://arxiv.org/abs/2410.19355",
    device: "A100",
    own: ["fastercache"],
    groups: figures(`
      method       speedup  seconds  vbench  psnr   ssim    lpips
      # Open-Sora 1.2 | 192 frames, 480p
      none         ·        192.07
      pab          1.23     156.73   78.15   26.43  0.8821  0.1041
      fastercache  1.62     118.44   78.46   27.03  0.8932  0.0835
      # Open-Sora-Plan
      none         ·        103.76
      pab          1.32     78.72    80.06   20.29  0.7126  0.2423
      fastercache  1.68     61.68    80.19   23.72  0.8138  0.1348
      # Latte
      none         ·        29.22
      pab          1.28     22.84    76.7    18.98  0.7083  0.2904
      fastercache  1.54     18.98    76.89   28.21  0.8948  0.0817
      # CogVideoX
      none         ·        78.48
      fastercache  1.62     48.44    79.83   28.93  0.9066  0.0766
      # Vchitect-2
      none         ·        260.32
      fastercache  1.67     156.13   80.84   31.45  0.9224  0.0282
    `),
  },
  {
    title: "AdaCache paper, table 1",
    url: "https://arxiv.org/abs/2411.02397",
    device: "A100",
    own: ["adacache"],
    groups: figures(`
      method    at                        speedup  seconds  vbench  psnr   lpips
      # Open-Sora
      none      ·                         ·        54.02
      pab       fast                      1.34     40.23
      pab       slow                      1.2      44.93    ·       27.04
      adacache  fast                      2.24     24.16    79.39   24.92  0.0981
      adacache  fast, motion regularised  2.1      25.71    79.48
      adacache  slow                      1.46     37.01    79.66   29.97  0.0456
      # Open-Sora-Plan
      none      ·                         ·        129.67
      adacache  fast                      3.7      35.04    75.83
      adacache  fast, motion regularised  ·        36.77    79.3
      adacache  slow                      ·        80.5     ·       22.98  0.1737
    `),
  },
  {
    title: "PAB paper",
    url: "https://arxiv.org/abs/2408.12588",
    own: ["pab"],
    note: "1.26 to 1.32 on one GPU over its models; on eight GPUs broadcasting also saves communication.",
    groups: figures(`
      method  at                          speedup  seconds
      # Open-Sora | device: 8 H100
      none    ·                           ·        97.5
      pab     on eight GPUs, against one  10.6     9.2
    `),
  },
  {
    title: "SpeCa paper, abstract",
    url: "https://arxiv.org/abs/2509.11628",
    own: ["speca"],
    note: "Verification is put at 1.67 to 3.5 % of an uncached run. The abstract names neither sizes nor devices.",
    groups: figures(`
      method  speedup  vbench
      # FLUX.1-dev
      speca   6.34
      # DiT
      speca   7.3
      # HunyuanVideo
      speca   6.1      79.84
    `),
  },
];

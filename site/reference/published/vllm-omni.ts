import { figures } from "./figures.js";
import type { Source } from "./table.js";

/** What was measured when vLLM-Omni took a method over. */
export const vllmOmni: readonly Source[] = [
  {
    title: "vLLM-Omni, pull request 4868",
    url: "https://github.com/vllm-project/vllm-omni/pull/4868",
    device: "B300",
    note: "Control hints are forecast in every second step.",
    groups: figures(`
      method           seconds  gib
      # Wan2.1-VACE 1.3B | 480×832, 17 frames, 20 steps
      none             4.043    17464/1024
      reference-hints  3.692    19450/1024
    `),
  },
  {
    title: "vLLM-Omni, pull request 5357",
    url: "https://github.com/vllm-project/vllm-omni/pull/5357",
    note: "Mean of four prompts; peak of the whole process.",
    groups: figures(`
      method    seconds  gib
      # MammothModa2 | text to image
      none      23.008   60567/1024
      teacache  17.706   60567/1024
    `),
  },
  {
    title: "vLLM-Omni, pull request 5952",
    url: "https://github.com/vllm-project/vllm-omni/pull/5952",
    device: "B300",
    groups: figures(`
      method    at                    seconds  gib          psnr  ssim
      # MiniMax H3 | video and audio reference, 448×256, 107 frames, 50 steps
      none      ·                     244.19   140972/1024
      teacache  5 of 49 steps reused  221.24   140972/1024  41.6  0.9795
    `),
  },
  {
    title: "vLLM-Omni, pull request 5840",
    url: "https://github.com/vllm-project/vllm-omni/pull/5840",
    device: "H100 PCIe",
    note: "With offloading of whole models.",
    groups: figures(`
      method    at              seconds  psnr
      # MiniMax H3 | 256×448, 107 frames, 50 steps
      none      ·               75.19
      teacache  threshold 0.16  75.46    40.7
      teacache  threshold 0.17  72.95    36.4
      teacache  threshold 0.18  62.74    23.9
      teacache  threshold 0.19  62.96    17.9
      teacache  threshold 0.2   62.69    17.9
    `),
  },
  {
    title: "vLLM-Omni, recipe for MiniMax H3",
    url: "https://github.com/vllm-project/vllm-omni",
    device: "4 × H200",
    groups: figures(`
      method   at            seconds  psnr   ssim
      # MiniMax H3 | 768×1344, 124 frames, 50 steps
      none     ·             85.49
      dbcache  quality high  63.36    34.98  0.971
    `),
  },
  {
    title: "vLLM-Omni, pull request 6975",
    url: "https://github.com/vllm-project/vllm-omni/pull/6975",
    groups: figures(`
      method    at              seconds  psnr   ssim   lpips
      # FLUX.1-dev | 1024², 50 steps
      none      ·               6.98
      seacache  threshold 0.3   2.96     30.19
      # Qwen-Image-Edit-2511 | 40 steps
      none      ·               23.43
      seacache  threshold 0.15  15.55    44.05  0.998  0.004
      seacache  threshold 0.3   10.95    40.88  0.994  0.012
      # FLUX.2-klein-4B | 1024², 10 steps
      none      ·               0.76
      seacache  threshold 0.6   0.64     32.25  0.984  0.018
      seacache  threshold 1     0.53     23.1   0.929  0.078
      seacache  threshold 1.5   0.47     20.33  0.874  0.145
    `),
  },
  {
    title: "vLLM-Omni, pull request 6922",
    url: "https://github.com/vllm-project/vllm-omni/pull/6922",
    device: "GB200",
    groups: figures(`
      method    at              seconds  lpips
      # Cosmos3-Nano | image to video, 720p, 189 frames, 35 steps
      none      ·               92.655
      seacache  threshold 0.25  51.533   0.116
      # Cosmos3-Nano | text to video, 720p, 189 frames, 35 steps
      none      ·               92.906
      seacache  threshold 0.25  51.091   0.235
    `),
  },
  {
    title: "vLLM-Omni, pull request 4389",
    url: "https://github.com/vllm-project/vllm-omni/pull/4389",
    device: "B300",
    note: "A shift of 10 crowds the early steps: without a warm-up the clip changes most.",
    groups: figures(`
      method    at                         seconds  lpips
      # Cosmos 3 | text to video, 35 steps
      none      ·                          195.2
      teacache  threshold 0.2, no warm-up  78.7     0.447
      teacache  threshold 0.2, warm-up 6   105.2    0.444
      teacache  threshold 0.2, warm-up 12  126.4    0.216
      teacache  threshold 0.1              142.3    0.4
    `),
  },
  {
    title: "vLLM-Omni, pull request 1234",
    url: "https://github.com/vllm-project/vllm-omni/pull/1234",
    groups: figures(`
      method    at             seconds
      # FLUX.2-klein | an image edited at 1024², 50 steps, no guidance | device: RTX 4090
      none      ·              25.48
      teacache  threshold 0.2  16.04
      teacache  threshold 0.4  10.05
    `),
  },
  {
    title: "vLLM-Omni, pull request 1243",
    url: "https://github.com/vllm-project/vllm-omni/pull/1243",
    groups: figures(`
      method    at             seconds
      # FLUX.1-dev | 1024², 50 steps, offloaded | device: 2 × RTX 4090
      none      ·              36.2
      teacache  threshold 0.2  26.3
      teacache  threshold 0.4  21
      teacache  threshold 0.6  18.6
    `),
  },
  {
    title: "vLLM blog, 2025-12-19",
    url: "https://github.com/vllm-project/vllm-project.github.io",
    device: "H200",
    groups: figures(`
      method              at             seconds
      # Qwen-Image | 1024², 50 steps
      none                ·              20
      teacache            threshold 0.2  10.47
      dbcache-taylorseer  ·              10.8
    `),
  },
  {
    title: "vLLM-Omni, pull request 1814",
    url: "https://github.com/vllm-project/vllm-omni/pull/1814",
    groups: figures(`
      method   seconds
      # FLUX.2-dev | 1024², 50 steps, offloaded | device: A800
      none     90.5477
      dbcache  53.7035
      # FLUX.2-dev | 1024², 50 steps, offloaded | device: 2 × A800
      none     62.3353
      dbcache  37.304
    `),
  },
  {
    title: "vLLM-Omni, pull request 1145",
    url: "https://github.com/vllm-project/vllm-omni/pull/1145",
    groups: figures(`
      method   seconds
      # FLUX.1-dev | 1024², 50 steps | device: A800
      none     18.6433
      dbcache  6.2958
      # FLUX.1-dev | 1024², 50 steps | device: 2 × A800
      none     14.1045
      dbcache  4.9637
      # FLUX.1-dev | 1024², 50 steps | device: 4 × A800
      none     11.515
      dbcache  4.2121
    `),
  },
];

import { figures } from "./figures.js";
import type { Source } from "./table.js";

/** What 2026's engines measured when they took a method over. */
export const enginePullRequests: readonly Source[] = [
  {
    title: "diffusers, pull request 12648",
    url: "https://github.com/huggingface/diffusers/pull/12648",
    groups: figures(`
      method           at                        seconds  gb
      # FLUX.1-dev | 50 steps
      none             ·                         22.24    33.83
      fewer-steps      25 steps                  11.03    33.83
      firstblockcache  ·                         14.02    33.91
      taylorseer       interval 5, from step 10  8.93     33.83
    `),
  },
  {
    title: "SGLang, pull request 36471",
    url: "https://github.com/sgl-project/sglang/pull/36471",
    groups: figures(`
      method    at             seconds  psnr
      # FLUX.1-dev | 1024², 50 steps, denoising alone
      none      ·              6.572
      seacache  threshold 0.3  2.859    28.96
    `),
  },
  {
    title: "SGLang, pull request 20447",
    url: "https://github.com/sgl-project/sglang/pull/20447",
    note: "Larger models were offloaded by layers. The pull request was closed without a merge.",
    groups: figures(`
      method    seconds
      # Qwen-Image-2512 | offloaded
      none      156.12
      teacache  61.29
      # GLM-Image
      none      87.87
      teacache  69.83
    `),
  },
  {
    title: "SGLang, pull request 16662",
    url: "https://github.com/sgl-project/sglang/pull/16662",
    note: "Time and peak stand in a comment of 2026-01-18; the model and settings are taken from an earlier reading and were not seen again.",
    groups: figures(`
      method              at                 seconds  gb
      # Qwen-Image | diffusers as backend | device: 2 GPUs
      dbcache-taylorseer  F1B0 W8 MC2, 0.12  19.05    66.38
    `),
  },
  {
    title: "SGLang, issue 33828",
    url: "https://github.com/sgl-project/sglang/issues/33828",
    device: "B200",
    note: "F1B0, four steps of warm-up, at most three reuses in a row; the last run beside an uncached one of 330.0 s.",
    groups: figures(`
      method   at                               seconds  psnr   ssim
      # MiniMax H3 | text to video and audio, 768p, 8.7 s, 50 steps
      none     ·                                335.4
      dbcache  threshold 0.04, 18 of 49 reused  219.8    28.77  0.901
      dbcache  threshold 0.08, 29 of 49 reused  150.4    26.56  0.865
      dbcache  threshold 0.12, 32 of 49 reused  131.2    25.29  0.849
      dbcache  threshold 0.24, 34 of 49 reused  117.9    25.35  0.85
    `),
  },
  {
    title: "TensorRT-LLM, pull request 12548",
    url: "https://github.com/NVIDIA/TensorRT-LLM/pull/12548",
    groups: figures(`
      method    seconds
      # FLUX.2-dev | 1024², 50 steps, NVFP4
      none      5.6
      teacache  2.2
      dbcache   3.01
      # Wan2.1 1.3B | 480p, 33 frames, 50 steps, FP8
      none      7.94
      teacache  2.84
      dbcache   4.79
    `),
  },
  {
    title: "TensorRT-LLM, pull request 14157",
    url: "https://github.com/NVIDIA/TensorRT-LLM/pull/14157",
    groups: figures(`
      method    at                     seconds  lpips
      # LTX-2 | first stage, 40 steps
      none      ·                      39.66
      teacache  30 of 40 steps reused  12.57    0.529
      # LTX-2 | first stage, 40 steps, FP8
      none      ·                      42.28
      teacache  30 of 40 steps reused  13.97    0.521
    `),
  },
  {
    title: "TensorRT-LLM, pull request 16644",
    url: "https://github.com/NVIDIA/TensorRT-LLM/pull/16644",
    device: "B200",
    groups: figures(`
      method    at                                    psnr
      # FLUX.2-dev | 256², 16 steps, NVFP4, one reference image
      teacache  threshold 0.2, 5 of 16 steps reused   28.41
      dbcache   threshold 0.24, 6 of 16 steps reused  25.97
      # FLUX.2-dev | 256², 16 steps, NVFP4, three reference images
      teacache  threshold 0.2, 5 of 16 steps reused   32.32
      dbcache   threshold 0.24, 6 of 16 steps reused  29.8
    `),
  },
  {
    title: "TensorRT-LLM, pull request 12007",
    url: "https://github.com/NVIDIA/TensorRT-LLM/pull/12007",
    device: "H200",
    note: "Ten prompts.",
    groups: figures(`
      method    at                             psnr
      # FLUX.1-dev | 50 steps
      teacache  threshold 0.25, 42.4 % reused  24.7
      teacache  threshold 0.4, 55.1 % reused   20.6
      teacache  threshold 0.6, 63.6 % reused   19.1
    `),
  },
  {
    title: "Wan2GP, pull request 2062",
    url: "https://github.com/deepbeepmeep/Wan2GP/pull/2062",
    device: "RTX 4080 SUPER",
    groups: figures(`
      method           at                       seconds
      # MiniMax H3
      none             ·                        521
      firstblockcache  the first 10 % computed  291
    `),
  },
];

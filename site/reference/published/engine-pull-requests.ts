import type { Source } from "./table.js";

const pull = (repository: string, number: number): string => `https://github.com/${repository}/pull/${number}`;

/** What 2026's engines measured when they took a method over. */
export const enginePullRequests: readonly Source[] = [
  {
    title: "diffusers, pull request 12648",
    url: pull("huggingface/diffusers", 12648),
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "50 steps",
        base: { seconds: 22.24, gb: 33.83 },
        runs: [
          { method: "fewer-steps", at: "25 steps", seconds: 11.03, gb: 33.83 },
          { method: "firstblockcache", seconds: 14.02, gb: 33.91 },
          { method: "taylorseer", at: "interval 5, from step 10", seconds: 8.93, gb: 33.83 },
        ],
      },
    ],
  },
  {
    title: "SGLang, pull requests 16662, 20447 and 36471",
    url: pull("sgl-project/sglang", 36471),
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "1024², 50 steps, denoising alone",
        base: { seconds: 6.572 },
        runs: [{ method: "seacache", at: "threshold 0.3", seconds: 2.859, psnr: 28.96 }],
      },
      { model: "Qwen-Image-2512", base: { seconds: 156.12 }, runs: [{ method: "teacache", seconds: 61.29 }] },
      {
        model: "GLM-Image",
        setting: "offloaded",
        base: { seconds: 87.87 },
        runs: [{ method: "teacache", seconds: 69.83 }],
      },
      {
        model: "Qwen-Image",
        setting: "diffusers as backend",
        device: "2 GPUs",
        runs: [{ method: "dbcache-taylorseer", at: "F1B0 W8 MC2, 0.12", seconds: 19.05, gb: 66.38 }],
      },
    ],
  },
  {
    title: "TensorRT-LLM, pull requests 12548, 14157 and 16644",
    url: pull("NVIDIA/TensorRT-LLM", 12548),
    groups: [
      {
        model: "FLUX.2-dev",
        setting: "1024², 50 steps, NVFP4",
        base: { seconds: 5.6 },
        runs: [
          { method: "teacache", seconds: 2.2 },
          { method: "dbcache", seconds: 3.01 },
        ],
      },
      {
        model: "Wan2.1 1.3B",
        setting: "480p, 33 frames, 50 steps, FP8",
        base: { seconds: 7.94 },
        runs: [
          { method: "teacache", seconds: 2.84 },
          { method: "dbcache", seconds: 4.79 },
        ],
      },
      {
        model: "LTX-2",
        setting: "first stage, 40 steps",
        base: { seconds: 39.66 },
        runs: [{ method: "teacache", at: "30 of 40 steps reused", seconds: 12.57, lpips: 0.53 }],
      },
    ],
  },
  {
    title: "Wan2GP, pull request 2062",
    url: pull("deepbeepmeep/Wan2GP", 2062),
    device: "RTX 4080 SUPER",
    groups: [
      {
        model: "MiniMax H3",
        base: { seconds: 521 },
        runs: [{ method: "firstblockcache", at: "the first 10 % computed", seconds: 291 }],
      },
    ],
  },
];

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
    title: "SGLang, pull request 36471",
    url: pull("sgl-project/sglang", 36471),
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "1024², 50 steps, denoising alone",
        base: { seconds: 6.572 },
        runs: [{ method: "seacache", at: "threshold 0.3", seconds: 2.859, psnr: 28.96 }],
      },
    ],
  },
  {
    title: "SGLang, pull request 20447",
    url: pull("sgl-project/sglang", 20447),
    note: "Larger models were offloaded by layers. The pull request was closed without a merge.",
    groups: [
      {
        model: "Qwen-Image-2512",
        setting: "offloaded",
        base: { seconds: 156.12 },
        runs: [{ method: "teacache", seconds: 61.29 }],
      },
      { model: "GLM-Image", base: { seconds: 87.87 }, runs: [{ method: "teacache", seconds: 69.83 }] },
    ],
  },
  {
    title: "SGLang, pull request 16662",
    url: pull("sgl-project/sglang", 16662),
    note: "Time and peak stand in a comment of 2026-01-18; the model and settings are taken from an earlier reading and were not seen again.",
    groups: [
      {
        model: "Qwen-Image",
        setting: "diffusers as backend",
        device: "2 GPUs",
        runs: [{ method: "dbcache-taylorseer", at: "F1B0 W8 MC2, 0.12", seconds: 19.05, gb: 66.38 }],
      },
    ],
  },
  {
    title: "SGLang, issue 33828",
    url: "https://github.com/sgl-project/sglang/issues/33828",
    device: "B200",
    note: "F1B0, four steps of warm-up, at most three reuses in a row; the last run beside an uncached one of 330.0 s.",
    groups: [
      {
        model: "MiniMax H3",
        setting: "text to video and audio, 768p, 8.7 s, 50 steps",
        base: { seconds: 335.4 },
        runs: [
          { method: "dbcache", at: "threshold 0.04, 18 of 49 reused", seconds: 219.8, ssim: 0.901, psnr: 28.77 },
          { method: "dbcache", at: "threshold 0.08, 29 of 49 reused", seconds: 150.4, ssim: 0.865, psnr: 26.56 },
          { method: "dbcache", at: "threshold 0.12, 32 of 49 reused", seconds: 131.2, ssim: 0.849, psnr: 25.29 },
          { method: "dbcache", at: "threshold 0.24, 34 of 49 reused", seconds: 117.9, ssim: 0.85, psnr: 25.35 },
        ],
      },
    ],
  },
  {
    title: "TensorRT-LLM, pull request 12548",
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
    ],
  },
  {
    title: "TensorRT-LLM, pull request 14157",
    url: pull("NVIDIA/TensorRT-LLM", 14157),
    groups: [
      {
        model: "LTX-2",
        setting: "first stage, 40 steps",
        base: { seconds: 39.66 },
        runs: [{ method: "teacache", at: "30 of 40 steps reused", seconds: 12.57, lpips: 0.529 }],
      },
      {
        model: "LTX-2",
        setting: "first stage, 40 steps, FP8",
        base: { seconds: 42.28 },
        runs: [{ method: "teacache", at: "30 of 40 steps reused", seconds: 13.97, lpips: 0.521 }],
      },
    ],
  },
  {
    title: "TensorRT-LLM, pull request 16644",
    url: pull("NVIDIA/TensorRT-LLM", 16644),
    device: "B200",
    groups: [
      {
        model: "FLUX.2-dev",
        setting: "256², 16 steps, NVFP4, one reference image",
        runs: [
          { method: "teacache", at: "threshold 0.2, 5 of 16 steps reused", psnr: 28.41 },
          { method: "dbcache", at: "threshold 0.24, 6 of 16 steps reused", psnr: 25.97 },
        ],
      },
      {
        model: "FLUX.2-dev",
        setting: "256², 16 steps, NVFP4, three reference images",
        runs: [
          { method: "teacache", at: "threshold 0.2, 5 of 16 steps reused", psnr: 32.32 },
          { method: "dbcache", at: "threshold 0.24, 6 of 16 steps reused", psnr: 29.8 },
        ],
      },
    ],
  },
  {
    title: "TensorRT-LLM, pull request 12007",
    url: pull("NVIDIA/TensorRT-LLM", 12007),
    device: "H200",
    note: "Ten prompts.",
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "50 steps",
        runs: [
          { method: "teacache", at: "threshold 0.25, 42.4 % reused", psnr: 24.7 },
          { method: "teacache", at: "threshold 0.4, 55.1 % reused", psnr: 20.6 },
          { method: "teacache", at: "threshold 0.6, 63.6 % reused", psnr: 19.1 },
        ],
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

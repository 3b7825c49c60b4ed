import type { CachedRun, Source } from "./table.js";

const pull = (repository: string, number: number): string => `https://github.com/${repository}/pull/${number}`;
const omni = "vllm-project/vllm-omni";
const gib = (mebibytes: number): number => mebibytes / 1024;
const tea = (threshold: number, run: Omit<CachedRun, "method" | "at">): CachedRun => ({
  method: "teacache",
  at: `threshold ${threshold}`,
  ...run,
});

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
    title: "vLLM-Omni, pull request 4868",
    url: pull(omni, 4868),
    device: "B300",
    note: "Control hints are forecast in every second step.",
    groups: [
      {
        model: "Wan2.1-VACE 1.3B",
        setting: "480×832, 17 frames, 20 steps",
        base: { seconds: 4.043, gib: gib(17464) },
        runs: [{ method: "reference-hints", seconds: 3.692, gib: gib(19450) }],
      },
    ],
  },
  {
    title: "vLLM-Omni, pull request 5357",
    url: pull(omni, 5357),
    note: "Mean of four prompts; peak of the whole process.",
    groups: [
      {
        model: "MammothModa2",
        setting: "text to image",
        base: { seconds: 23.008, gib: gib(60567) },
        runs: [{ method: "teacache", seconds: 17.706, gib: gib(60567) }],
      },
    ],
  },
  {
    title: "vLLM-Omni, pull request 5952",
    url: pull(omni, 5952),
    device: "B300",
    groups: [
      {
        model: "MiniMax H3",
        setting: "video and audio reference, 448×256, 107 frames, 50 steps",
        base: { seconds: 244.19, gib: gib(140972) },
        runs: [
          {
            method: "teacache",
            at: "5 of 49 steps reused",
            seconds: 221.24,
            gib: gib(140972),
            ssim: 0.9795,
            psnr: 41.6,
          },
        ],
      },
    ],
  },
  {
    title: "vLLM-Omni, pull request 5840",
    url: pull(omni, 5840),
    device: "H100 PCIe",
    note: "Weights are streamed.",
    groups: [
      {
        model: "MiniMax H3",
        setting: "256×448, 107 frames, 50 steps",
        base: { seconds: 75.19 },
        runs: [
          tea(0.16, { seconds: 75.46, psnr: 40.7 }),
          tea(0.17, { seconds: 72.95, psnr: 36.4 }),
          tea(0.18, { seconds: 62.74, psnr: 23.9 }),
          tea(0.19, { seconds: 62.96, psnr: 17.9 }),
          tea(0.2, { seconds: 62.69, psnr: 17.9 }),
        ],
      },
    ],
  },
  {
    title: "vLLM-Omni, recipe for MiniMax H3",
    url: `https://github.com/${omni}`,
    device: "4 × H200",
    groups: [
      {
        model: "MiniMax H3",
        setting: "768×1344, 124 frames, 50 steps",
        base: { seconds: 85.49 },
        runs: [{ method: "dbcache", at: "quality high", seconds: 63.36, ssim: 0.971, psnr: 34.98 }],
      },
    ],
  },
  {
    title: "vLLM-Omni, pull request 6975",
    url: pull(omni, 6975),
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "1024², 50 steps",
        base: { seconds: 6.98 },
        runs: [{ method: "seacache", at: "threshold 0.3", seconds: 2.96, psnr: 30.19 }],
      },
      {
        model: "Qwen-Image-Edit-2511",
        setting: "40 steps",
        base: { seconds: 23.48 },
        runs: [{ method: "seacache", seconds: 10.94, psnr: 40.04 }],
      },
    ],
  },
  {
    title: "vLLM-Omni, pull request 6922",
    url: pull(omni, 6922),
    device: "GB200",
    groups: [
      {
        model: "Cosmos3-Nano",
        setting: "image to video, 720p, 189 frames, 35 steps",
        base: { seconds: 92.655 },
        runs: [{ method: "seacache", at: "threshold 0.25", seconds: 51.533, lpips: 0.116 }],
      },
      {
        model: "Cosmos3-Nano",
        setting: "text to video, 720p, 189 frames, 35 steps",
        base: { seconds: 92.906 },
        runs: [{ method: "seacache", at: "threshold 0.25", seconds: 51.091, lpips: 0.235 }],
      },
    ],
  },
  {
    title: "vLLM-Omni, pull request 4389",
    url: pull(omni, 4389),
    note: "A shift of 10 crowds the early steps: without a warm-up the clip changes most.",
    groups: [
      {
        model: "Cosmos 3",
        setting: "text to video, 35 steps",
        base: { seconds: 195.2 },
        runs: [
          { method: "teacache", at: "threshold 0.2, no warm-up", seconds: 78.7, lpips: 0.447 },
          { method: "teacache", at: "threshold 0.2, warm-up 6", seconds: 105.2, lpips: 0.444 },
          { method: "teacache", at: "threshold 0.2, warm-up 12", seconds: 126.4, lpips: 0.216 },
          { method: "teacache", at: "threshold 0.1", seconds: 142.3, lpips: 0.4 },
        ],
      },
    ],
  },
  {
    title: "vLLM-Omni, pull requests 1234 and 1243",
    url: pull(omni, 1234),
    groups: [
      {
        model: "FLUX.2-klein",
        setting: "1024², 50 steps",
        device: "RTX 4090",
        base: { seconds: 25.48 },
        runs: [tea(0.2, { seconds: 16.04 }), tea(0.4, { seconds: 10.05 })],
      },
      {
        model: "FLUX.1-dev",
        setting: "1024², 50 steps, offloaded",
        device: "2 × RTX 4090",
        base: { seconds: 36.2 },
        runs: [tea(0.2, { seconds: 26.3 }), tea(0.4, { seconds: 21 }), tea(0.6, { seconds: 18.6 })],
      },
    ],
  },
  {
    title: "vLLM blog, 2025-12-19",
    url: "https://github.com/vllm-project/vllm-project.github.io",
    device: "H200",
    groups: [
      {
        model: "Qwen-Image",
        setting: "1024², 50 steps",
        base: { seconds: 20 },
        runs: [tea(0.2, { seconds: 10.47 }), { method: "dbcache-taylorseer", seconds: 10.8 }],
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

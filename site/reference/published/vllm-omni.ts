import type { CachedRun, Source } from "./table.js";

const omni = "vllm-project/vllm-omni";
const pull = (repository: string, number: number): string => `https://github.com/${repository}/pull/${number}`;
const gib = (mebibytes: number): number => mebibytes / 1024;
const tea = (threshold: number, run: Omit<CachedRun, "method" | "at">): CachedRun => ({
  method: "teacache",
  at: `threshold ${threshold}`,
  ...run,
});

/** What was measured when vLLM-Omni took a method over. */
export const vllmOmni: readonly Source[] = [
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
    note: "With offloading of whole models.",
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
        base: { seconds: 23.43 },
        runs: [
          { method: "seacache", at: "threshold 0.15", seconds: 15.55, psnr: 44.05, ssim: 0.998, lpips: 0.004 },
          { method: "seacache", at: "threshold 0.3", seconds: 10.95, psnr: 40.88, ssim: 0.994, lpips: 0.012 },
        ],
      },
      {
        model: "FLUX.2-klein-4B",
        setting: "1024², 10 steps",
        base: { seconds: 0.76 },
        runs: [
          { method: "seacache", at: "threshold 0.6", seconds: 0.64, psnr: 32.25, ssim: 0.984, lpips: 0.018 },
          { method: "seacache", at: "threshold 1", seconds: 0.53, psnr: 23.1, ssim: 0.929, lpips: 0.078 },
          { method: "seacache", at: "threshold 1.5", seconds: 0.47, psnr: 20.33, ssim: 0.874, lpips: 0.145 },
        ],
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
    device: "B300",
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
    title: "vLLM-Omni, pull request 1234",
    url: pull(omni, 1234),
    groups: [
      {
        model: "FLUX.2-klein",
        setting: "an image edited at 1024², 50 steps, no guidance",
        device: "RTX 4090",
        base: { seconds: 25.48 },
        runs: [tea(0.2, { seconds: 16.04 }), tea(0.4, { seconds: 10.05 })],
      },
    ],
  },
  {
    title: "vLLM-Omni, pull request 1243",
    url: pull(omni, 1243),
    groups: [
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
    title: "vLLM-Omni, pull request 1814",
    url: pull(omni, 1814),
    groups: [
      {
        model: "FLUX.2-dev",
        setting: "1024², 50 steps, offloaded",
        device: "A800",
        base: { seconds: 90.5477 },
        runs: [{ method: "dbcache", seconds: 53.7035 }],
      },
      {
        model: "FLUX.2-dev",
        setting: "1024², 50 steps, offloaded",
        device: "2 × A800",
        base: { seconds: 62.3353 },
        runs: [{ method: "dbcache", seconds: 37.304 }],
      },
    ],
  },
  {
    title: "vLLM-Omni, pull request 1145",
    url: pull(omni, 1145),
    groups: (
      [
        ["A800", 18.6433, 6.2958],
        ["2 × A800", 14.1045, 4.9637],
        ["4 × A800", 11.515, 4.2121],
      ] as const
    ).map(([device, uncached, seconds]) => ({
      model: "FLUX.1-dev",
      setting: "1024², 50 steps",
      device,
      base: { seconds: uncached },
      runs: [{ method: "dbcache", seconds }],
    })),
  },
];

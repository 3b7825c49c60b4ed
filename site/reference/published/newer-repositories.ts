import type { CachedRun, Source } from "./table.js";

const rows = (
  method: string,
  name: string,
  runs: readonly (readonly [at: number | string, run: Omit<CachedRun, "method" | "at">])[],
): CachedRun[] => runs.map(([at, run]) => ({ method, at: `${name}${at}`, ...run }));
const unnamed = "not named";

/** READMEs and benchmark pages of 2026. */
export const newerRepositories: readonly Source[] = [
  {
    title: "mlx-teacache, COMPARISON.md",
    url: "https://github.com/IonDen/mlx-teacache",
    device: "M1 Max",
    note: "Memory differs by compilation as well: the uncached runs of klein-9B and Z-Image are compiled, the cached ones are not.",
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "768×1024, 25 steps, 4 bit",
        base: { seconds: 233.2 },
        runs: rows("teacache", "threshold ", [["0.2, 4 of 25 steps reused", { seconds: 198.3 }]]),
      },
      {
        model: "FLUX.2-klein-base-4B",
        setting: "50 steps",
        base: { seconds: 601.6 },
        runs: rows("teacache", "threshold ", [["0.17, 8 of 50 steps reused", { seconds: 503.3 }]]),
      },
      {
        model: "FLUX.2-klein-base-9B",
        setting: "512², 50 steps, 4 bit",
        base: { seconds: 517.6, gb: 22 },
        runs: rows("teacache", "threshold ", [["0.17, 13 of 50 steps reused", { seconds: 380.6, gb: 10 }]]),
      },
      {
        model: "Z-Image",
        setting: "640×896, 50 steps, 8 bit",
        base: { seconds: 563.3, gb: 18.7 },
        runs: rows("teacache", "threshold ", [["0.12, 14 of 50 steps reused", { seconds: 424.8, gb: 13.1 }]]),
      },
      {
        model: "Qwen-Image",
        setting: "768², 50 steps, 4 bit",
        base: { seconds: 1207.2, gb: 30.4 },
        runs: rows("teacache", "threshold ", [["0.3, 25 of 50 steps reused", { seconds: 695.1, gb: 30.8 }]]),
      },
    ],
  },
  {
    title: "LightX2V, cache_source.md",
    url: "https://github.com/ModelTC/LightX2V/blob/main/docs/EN/source/method_tutorials/cache_source.md",
    device: "H200",
    own: ["customcache"],
    groups: [
      {
        model: "Wan2.1 1.3B",
        setting: "480p, 81 frames, 50 steps",
        base: { seconds: 58 },
        runs: rows("teacache", "threshold ", [["0.26, first steps kept", { seconds: 17.9 }]]),
      },
      {
        model: "Wan2.1 1.3B",
        setting: "480p, 81 frames, 50 steps, second run",
        base: { seconds: 57.7 },
        runs: [{ method: "taylorseer", seconds: 41.3 }],
      },
      {
        model: "Wan2.1 14B",
        setting: "image to video, 480p, 81 frames, 40 steps",
        base: { seconds: 227 },
        runs: [{ method: "adacache", seconds: 83 }],
      },
      {
        model: "Wan2.1 1.3B",
        setting: "480p, 81 frames, 50 steps, third run",
        base: { seconds: 57.9 },
        runs: [{ method: "customcache", seconds: 16.6 }],
      },
    ],
  },
  {
    title: "MeanCache README",
    url: "https://github.com/UnicomAI/MeanCache",
    device: unnamed,
    own: ["meancache", "lemica"],
    note: "B: number of computed steps. LeMiCa is of the same authors.",
    groups: [
      {
        model: "Qwen-Image-2512",
        setting: "50 steps",
        base: { seconds: 32.8 },
        runs: [
          ...rows("meancache", "B ", [
            [25, { seconds: 17.13, psnr: 29.46, ssim: 0.944, lpips: 0.057 }],
            [17, { seconds: 11.67, psnr: 26.49, ssim: 0.907, lpips: 0.104 }],
            [10, { seconds: 6.95, psnr: 19.44, ssim: 0.767, lpips: 0.237 }],
          ]),
          ...rows("lemica", "B ", [
            [25, { seconds: 18.83, psnr: 29.2, ssim: 0.945, lpips: 0.065 }],
            [17, { seconds: 14.35, psnr: 24.31, ssim: 0.835, lpips: 0.176 }],
            [10, { seconds: 10.41, psnr: 17.8, ssim: 0.637, lpips: 0.368 }],
          ]),
        ],
      },
      {
        model: "Z-Image",
        setting: "50 steps",
        base: { seconds: 18.07 },
        runs: rows("meancache", "B ", [
          [25, { seconds: 9.15 }],
          [20, { seconds: 7.36 }],
          [15, { seconds: 5.58 }],
          [13, { seconds: 4.85 }],
        ]),
      },
    ],
  },
  {
    title: "maxdiffusion README",
    url: "https://github.com/AI-Hypercomputer/maxdiffusion",
    device: "TPU",
    groups: [
      {
        model: "Wan2.2 A14B",
        setting: "text to video, 40 steps",
        runs: rows("magcache", "", [["threshold 0.04, 18 of 40 reused", { speedup: 1.82, ssim: 0.72, psnr: 21.8 }]]),
      },
      {
        model: "Wan2.2 A14B",
        setting: "image to video, 40 steps",
        runs: rows("magcache", "", [["threshold 0.06, 17 of 40 reused", { speedup: 1.75, ssim: 0.91, psnr: 25.4 }]]),
      },
    ],
  },
  {
    title: "xDiT, pull request 717",
    url: "https://github.com/xdit-project/xDiT/pull/717",
    device: "8 GPUs",
    note: "0.1035 images a second without a cache, 0.3876 with it.",
    groups: [
      {
        model: "FLUX.2-dev",
        setting: "2048², 50 steps",
        runs: rows("firstblockcache", "threshold ", [[0.12, { speedup: 3.74, ssim: 0.9579, lpips: 0.0275 }]]),
      },
    ],
  },
  {
    title: "nunchaku, pull request 810",
    url: "https://github.com/nunchaku-tech/nunchaku/pull/810",
    device: "RTX PRO 6000",
    note: "Weights and activations of 4 bit.",
    groups: [
      ...(
        [
          ["FLUX.1-canny", 4.49, 3.75],
          ["FLUX.1-depth", 4.73, 4.26],
          ["FLUX.1-fill", 9.9, 5.16],
          ["FLUX.1 Kontext", 9.33, 7],
          ["FLUX.1-krea", 4.34, 3.41],
          ["FLUX.1-redux", 4.56, 4.03],
        ] as const
      ).map(([model, uncached, seconds]) => ({
        model,
        base: { seconds: uncached },
        runs: [{ method: "dbcache", seconds }],
      })),
      {
        model: "FLUX.1-dev",
        setting: "50 steps",
        runs: [
          { method: "dbcache", seconds: 5.34 },
          { method: "double-first-block", seconds: 4.52 },
        ],
      },
      {
        model: "Qwen-Image-Edit-2509",
        setting: "40 steps",
        base: { seconds: 148.23 },
        runs: [{ method: "dbcache", seconds: 115.13 }],
      },
    ],
  },
  {
    title: "cache-dit, CACHE_API.md",
    url: "https://github.com/vipshop/cache-dit/blob/main/docs/user_guide/CACHE_API.md",
    device: "L20",
    own: ["dbcache", "dbprune"],
    note: "F and B: first and last blocks, last the threshold. Of DBPrune the share of blocks left out.",
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "28 steps",
        base: { seconds: 24.85 },
        runs: [
          ...rows("dbcache", "", [
            ["F1B0, 0.08", { seconds: 15.59 }],
            ["F1B0, 0.2", { seconds: 8.58 }],
            ["F8B8, 0.15", { seconds: 15.41 }],
            ["F12B12, 0.2", { seconds: 15.11 }],
          ]),
          ...rows("dbprune", "", [
            ["24 %", { seconds: 19.43 }],
            ["35 %", { seconds: 16.82 }],
            ["45 %", { seconds: 14.24 }],
            ["60 %", { seconds: 10.66 }],
          ]),
        ],
      },
    ],
  },
  {
    title: "cache-dit, NVIDIA_GPU.md",
    url: "https://github.com/vipshop/cache-dit/blob/main/docs/benchmark/NVIDIA_GPU.md",
    device: "2 × H100",
    own: ["dbcache"],
    note: "Context parallelism and FlashAttention 3 in every column.",
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "50 steps",
        base: { seconds: 5.99 },
        runs: rows("dbcache", "", [
          ["alone", { seconds: 2.6 }],
          ["compiled, the base is not", { seconds: 1.92 }],
        ]),
      },
      {
        model: "Qwen-Image",
        setting: "50 steps",
        base: { seconds: 12.75 },
        runs: rows("dbcache", "", [
          ["alone", { seconds: 5.67 }],
          ["compiled, the base is not", { seconds: 4.2 }],
        ]),
      },
    ],
  },
  {
    title: "hicache-plus-plus README",
    url: "https://github.com/Archerkattri/hicache-plus-plus",
    device: unnamed,
    own: ["dmd"],
    note: "FID drift: how far the score moves from the uncached one.",
    groups: [
      {
        model: "DiT-XL/2",
        setting: "256², 250 steps",
        runs: [
          ...rows("taylorseer", "interval ", [["4, FID drift 2.3", { speedup: 3.81 }]]),
          ...rows("hicache", "interval ", [
            ["4, FID drift 3.5", { speedup: 3.79 }],
            ["6, FID drift 6.5", { speedup: 5.46 }],
            ["8, FID drift 10.7", { speedup: 7.21 }],
          ]),
          ...rows("dmd", "interval ", [
            ["4, FID drift 18", { speedup: 3.71 }],
            ["6, FID drift 54", { speedup: 5.31 }],
            ["8, FID drift 101", { speedup: 6.98 }],
          ]),
        ],
      },
    ],
  },
  {
    title: "ScalingCache README",
    url: "https://github.com/KlingAIResearch/ScalingCache",
    device: unnamed,
    own: ["scalingcache"],
    groups: [
      { model: "Wan2.1 1.3B", runs: [{ method: "scalingcache", speedup: 2.5, psnr: 26.6 }] },
      { model: "Wan2.1 14B", runs: [{ method: "scalingcache", speedup: 2.5, psnr: 25.6 }] },
      { model: "HunyuanVideo", runs: [{ method: "scalingcache", speedup: 2.2, psnr: 30.8 }] },
    ],
  },
  {
    title: "ProfilingDiT README",
    url: "https://github.com/GeekGuru123/ProfilingDiT",
    device: unnamed,
    own: ["profilingdit"],
    groups: [
      {
        model: "HunyuanVideo",
        setting: "720p, 129 frames",
        base: { seconds: 1745 },
        runs: [
          { method: "teacache", at: "slow", seconds: 1052, psnr: 21.9 },
          { method: "teacache", at: "fast", seconds: 753, psnr: 21.6 },
          { method: "profilingdit", seconds: 932, psnr: 26.4 },
        ],
      },
    ],
  },
];

import type { Source } from "./table.js";

const drawBench = { model: "FLUX.1-dev", setting: "50 steps, DrawBench" } as const;
const hybrid = "https://github.com/vipshop/cache-dit/blob/main/docs/benchmark/HYBRID_CACHE.md";

/** READMEs and benchmarks of methods for images, and of cache-dit. */
export const imageRepositories: readonly Source[] = [
  {
    title: "cache-dit, bench/cache",
    url: "https://github.com/vipshop/cache-dit/tree/main/bench/cache",
    device: "L20",
    own: ["dbcache"],
    note: "F and B: first and last blocks, W: warm-up, MC: most reuses in a row, last the threshold.",
    groups: [
      {
        ...drawBench,
        base: { seconds: 42.74, imageReward: 1.0412 },
        runs: [
          { method: "dbcache", at: "F8B0 W8, 0.08", speedup: 1.53, flops: 1.72, seconds: 27.9, psnr: 35.2 },
          { method: "dbcache", at: "F1B0 W4, 0.08", speedup: 1.84, flops: 2.15, seconds: 23.2, psnr: 33.96 },
          { method: "dbcache", at: "F1B0 W4 MC3, 0.12", speedup: 2.07, flops: 2.56, seconds: 20.6, psnr: 33 },
          {
            method: "dbcache",
            at: "F1B0 W4 MC4, 0.2",
            speedup: 2.41,
            flops: 3.23,
            seconds: 17.7,
            psnr: 31.71,
            imageReward: 1.023,
          },
          {
            method: "dbcache",
            at: "F1B0 W4 MC6, 0.24",
            speedup: 2.75,
            flops: 3.94,
            seconds: 15.54,
            psnr: 31.05,
            imageReward: 1,
          },
        ],
      },
      {
        ...drawBench,
        base: { seconds: 44.61 },
        runs: [{ method: "dbcache", at: "F1B0 W8I4 MC10, 0.8", speedup: 4.59, flops: 7.37, seconds: 9.71 }],
      },
    ],
  },
  {
    title: "cache-dit, benchmark of hybrid caches",
    url: hybrid,
    device: "L20",
    own: ["dbcache", "dbcache-taylorseer", "mask"],
    note: "F and B: first and last blocks, W: warm-up, MC: most reuses in a row, last the threshold.",
    groups: [
      {
        ...drawBench,
        base: { imageReward: 1.0412, clip: 32.92 },
        runs: [
          { method: "dbcache", at: "F8B0 W4 MC0, 0.08", flops: 1.8, clip: 32.99, imageReward: 1.037, psnr: 33.83 },
          { method: "dbcache", at: "F8B0 W4 MC2, 0.12", flops: 1.93, clip: 32.95, imageReward: 1.0185, psnr: 32.73 },
          { method: "dbcache", at: "F8B0 W4 MC3, 0.12", flops: 2.05, clip: 32.92, imageReward: 1.0085, psnr: 32.54 },
          { method: "dbcache", at: "F4B0 W4 MC3, 0.12", flops: 2.47, clip: 32.9, imageReward: 1.013, psnr: 31.8 },
          { method: "dbcache", at: "F4B0 W4 MC4, 0.12", flops: 2.66, clip: 32.84, imageReward: 1.0065, psnr: 31.53 },
        ],
      },
      {
        model: "FLUX.1-dev",
        setting: "28 steps",
        base: { seconds: 24.85 },
        runs: [
          { method: "mask", at: "slow, static", seconds: 15.4 },
          { method: "dbcache", at: "F1B0, mask fast, dynamic", seconds: 11.4 },
          { method: "dbcache", at: "F1B0, mask ultra, dynamic", seconds: 8.2 },
        ],
      },
      {
        model: "Qwen-Image-Lightning",
        setting: "4 steps",
        base: { clip: 35.58, imageReward: 1.263 },
        runs: [
          { method: "dbcache", at: "F24B24 W2 MC1, 0.8", flops: 1.04, psnr: 36.32, clip: 35.62, imageReward: 1.263 },
          { method: "dbcache", at: "F16B16 W2 MC1, 0.8", flops: 1.12, psnr: 34.82, clip: 35.61, imageReward: 1.2614 },
          { method: "dbcache", at: "F12B12 W2 MC1, 0.8", flops: 1.17, psnr: 33.9, clip: 35.65, imageReward: 1.2549 },
          { method: "dbcache", at: "F8B8 W2 MC1, 0.8", flops: 1.22, psnr: 33.14, clip: 35.73, imageReward: 1.2517 },
          { method: "dbcache", at: "F1B0 W2 MC1, 0.8", flops: 1.33, psnr: 31.83, clip: 35.67, imageReward: 1.2397 },
        ],
      },
    ],
  },
  {
    title: "cache-dit, benchmark of hybrid caches, quoting the FoCa paper but for DBCache",
    url: hybrid,
    own: ["dbcache", "dbcache-taylorseer", "foca"],
    note: "S, M, F and U are cache-dit's slow, medium, fast and ultra settings.",
    groups: [
      {
        ...drawBench,
        base: { imageReward: 0.9898, clip: 32.404 },
        runs: [
          { method: "fewer-steps", at: "60 %", flops: 1.67, imageReward: 0.9663, clip: 32.312 },
          { method: "fewer-steps", at: "34 %", flops: 3.13, imageReward: 0.9453, clip: 32.114 },
          { method: "fewer-steps", at: "22 %", flops: 4.55, imageReward: 0.8183, clip: 31.772 },
          { method: "deltadit", at: "N 2", flops: 1.5, imageReward: 0.9444, clip: 32.273 },
          { method: "deltadit", at: "N 3", flops: 2.21, imageReward: 0.8721, clip: 32.102 },
          { method: "fora", at: "interval 3", flops: 2.82, imageReward: 0.9776, clip: 32.266 },
          { method: "fora", at: "interval 7", flops: 5.55, imageReward: 0.7418, clip: 31.519 },
          { method: "taylorseer", at: "interval 4, order 2", flops: 3.57, imageReward: 0.9857, clip: 32.413 },
          { method: "taylorseer", at: "interval 7, order 2", flops: 5.54, imageReward: 0.9128, clip: 32.128 },
          { method: "toca", at: "N 12", flops: 5.77, imageReward: 0.7155, clip: 31.808 },
          { method: "duca", at: "N 5", flops: 3.8, imageReward: 0.9955, clip: 32.241 },
          { method: "duca", at: "N 10", flops: 6.13, imageReward: 0.8382, clip: 31.759 },
          { method: "teacache", at: "threshold 1.2", flops: 5.56, imageReward: 0.7394, clip: 31.704 },
          { method: "foca", at: "N 5", flops: 4.16, imageReward: 1.0029, clip: 32.948 },
          { method: "foca", at: "N 8", flops: 6.24, imageReward: 0.9502, clip: 32.706 },
          { method: "dbcache", at: "S", flops: 2.66, imageReward: 1.0065, clip: 32.838 },
          { method: "dbcache", at: "M", flops: 3.94, imageReward: 0.9997, clip: 32.849 },
          { method: "dbcache", at: "F", flops: 5.72, imageReward: 0.9271, clip: 32.552 },
          { method: "dbcache-taylorseer", at: "S", flops: 3.23, imageReward: 1.0221, clip: 32.819 },
          { method: "dbcache-taylorseer", at: "M", flops: 3.94, imageReward: 1.0107, clip: 32.865 },
          { method: "dbcache-taylorseer", at: "F", flops: 5.72, imageReward: 0.9526, clip: 32.568 },
          { method: "dbcache-taylorseer", at: "U", flops: 7.37, imageReward: 0.8645, clip: 32.719 },
        ],
      },
    ],
  },
  {
    title: "ToCa README",
    url: "https://github.com/Shenyi-Z/ToCa",
    own: ["toca"],
    device: "not named",
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "50 steps",
        base: { seconds: 33.87, imageReward: 0.9898 },
        runs: [
          { method: "fewer-steps", at: "60 %", speedup: 1.65, flops: 1.67, seconds: 20.49, imageReward: 0.9739 },
          { method: "fewer-steps", at: "50 %", speedup: 1.98, flops: 2, seconds: 17.12, imageReward: 0.9429 },
          { method: "fewer-steps", at: "40 %", speedup: 2.45, flops: 2.62, seconds: 13.77, imageReward: 0.9317 },
          { method: "fora", at: "interval 3", speedup: 2.61, flops: 2.82, seconds: 12.98, imageReward: 0.9227 },
          { method: "toca", at: "4-01", speedup: 2.84, flops: 2.94, seconds: 11.91, imageReward: 0.9798 },
          { method: "toca", at: "5-01", speedup: 3.14, flops: 3.3, seconds: 10.8, imageReward: 0.9731 },
          { method: "toca", at: "6-01", speedup: 3.57, flops: 3.76, seconds: 9.48, imageReward: 0.9493 },
        ],
      },
      { model: "Open-Sora", runs: [{ method: "toca", speedup: 2.36 }] },
    ],
  },
  {
    title: "TaylorSeer README",
    url: "https://github.com/Shenyi-Z/TaylorSeer",
    own: ["taylorseer", "duca"],
    groups: [
      { model: "FLUX.1-dev", runs: [{ method: "taylorseer", speedup: 3.53, flops: 4.99 }] },
      { model: "HunyuanVideo", runs: [{ method: "taylorseer", speedup: 4.65, flops: 5 }] },
      {
        model: "DiT-XL/2",
        base: { fid: 2.32 },
        runs: [
          { method: "taylorseer", at: "called lossless", flops: 2.77 },
          { method: "taylorseer", flops: 4.53, fid: 2.65 },
        ],
      },
      { model: "Open-Sora", runs: [{ method: "duca", speedup: 2.5 }] },
    ],
  },
  {
    title: "Learning-to-Cache README",
    url: "https://github.com/horseee/learning-to-cache",
    own: ["l2c"],
    note: "The columns FID and sFID appear exchanged there; the plausible one is taken for FID.",
    groups: [
      {
        model: "DiT-XL/2",
        setting: "256², 50 DDIM steps",
        base: { seconds: 7.245, fid: 2.264 },
        runs: [{ method: "l2c", seconds: 5.568, fid: 2.269 }],
      },
      {
        model: "DiT-XL/2",
        setting: "256², 20 DDIM steps",
        base: { seconds: 2.869, fid: 3.484 },
        runs: [{ method: "l2c", seconds: 2.261, fid: 3.455 }],
      },
    ],
  },
  {
    title: "T-GATE README",
    url: "https://github.com/HaozheLiu-ST/T-GATE",
    device: "1080 Ti",
    own: ["tgate"],
    note: "FID over 10,000 images of MS-COCO.",
    groups: [
      {
        model: "SDXL",
        base: { seconds: 53.187, fid: 24.164 },
        runs: [{ method: "tgate", seconds: 31.643, fid: 22.917 }],
      },
      {
        model: "PixArt-α",
        base: { seconds: 61.502, fid: 37.983 },
        runs: [{ method: "tgate", seconds: 36.65, fid: 36.39 }],
      },
      {
        model: "PixArt-Σ",
        base: { seconds: 60.467, fid: 34.278 },
        runs: [{ method: "tgate", seconds: 36.449, fid: 32.927 }],
      },
      {
        model: "SDXL with DeepCache",
        base: { seconds: 19.931, fid: 25.678 },
        runs: [{ method: "tgate", seconds: 14.666, fid: 24.511 }],
      },
      {
        model: "LCM (SDXL)",
        setting: "4 steps",
        base: { seconds: 3.805, fid: 26.357 },
        runs: [{ method: "tgate", seconds: 3.533, fid: 26.902 }],
      },
      {
        model: "LCM (PixArt-α)",
        setting: "4 steps",
        base: { seconds: 4.733, fid: 35.989 },
        runs: [{ method: "tgate", seconds: 4.543, fid: 35.843 }],
      },
    ],
  },
  {
    title: "DeepCache README",
    url: "https://github.com/horseee/DeepCache",
    own: ["deepcache"],
    device: "not named",
    groups: [
      { model: "SDXL", setting: "50 steps", base: { seconds: 17.52 }, runs: [{ method: "deepcache", seconds: 6.71 }] },
      {
        model: "Stable Diffusion 1.5",
        setting: "50 steps",
        base: { seconds: 3.34 },
        runs: [{ method: "deepcache", seconds: 1.54 }],
      },
      {
        model: "Stable Diffusion 2.1",
        setting: "50 steps",
        base: { seconds: 14.78 },
        runs: [{ method: "deepcache", seconds: 8.36 }],
      },
      { model: "Stable Video Diffusion", base: { seconds: 98.66 }, runs: [{ method: "deepcache", seconds: 59.31 }] },
    ],
  },
];

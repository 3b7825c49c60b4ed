import type { Source } from "./table.js";

/** Tables 1 and 5 of the paper. */
export const magCachePaper: Source = {
  title: "MagCache paper, tables 1 and 5",
  url: "https://arxiv.org/abs/2506.09045",
  device: "A800",
  own: ["magcache"],
  note: "The paper notes tens of GB of extra memory for FasterCache, DuCa and TaylorSeer. The first 20 % of the steps are always computed.",
  groups: [
    {
      model: "Open-Sora 1.2",
      base: { seconds: 44.56 },
      runs: [
        { method: "fastercache", speedup: 1.72, seconds: 25.9, lpips: 0.1511, ssim: 0.8255, psnr: 23.23 },
        { method: "duca", speedup: 2.08, seconds: 21.42, lpips: 0.2316, ssim: 0.7652, psnr: 19.96 },
        { method: "teacache", at: "slow", speedup: 1.4, seconds: 31.69, lpips: 0.1303, ssim: 0.8405, psnr: 23.67 },
        { method: "teacache", at: "fast", speedup: 2.05, seconds: 21.67, lpips: 0.2527, ssim: 0.7435, psnr: 18.98 },
        {
          method: "magcache",
          at: "threshold 0.06, K 1",
          speedup: 1.41,
          seconds: 31.48,
          lpips: 0.0827,
          ssim: 0.8859,
          psnr: 26.93,
        },
        {
          method: "magcache",
          at: "threshold 0.12, K 3",
          speedup: 2.1,
          seconds: 21.21,
          lpips: 0.1522,
          ssim: 0.8266,
          psnr: 23.37,
        },
      ],
    },
    {
      model: "Wan2.1 1.3B",
      setting: "81 frames, 480p",
      base: { seconds: 187.21 },
      runs: [
        { method: "teacache", at: "slow", speedup: 1.59, seconds: 117.2, lpips: 0.1258, ssim: 0.8033, psnr: 23.35 },
        { method: "teacache", at: "fast", speedup: 2.14, seconds: 87.55, lpips: 0.2412, ssim: 0.6571, psnr: 18.14 },
        {
          method: "taylorseer",
          at: "interval 2, order 1",
          speedup: 2.07,
          seconds: 90.15,
          lpips: 0.3792,
          ssim: 0.522,
          psnr: 15.06,
        },
        {
          method: "magcache",
          at: "threshold 0.12, K 2",
          speedup: 2.14,
          seconds: 87.27,
          lpips: 0.1206,
          ssim: 0.8133,
          psnr: 23.42,
        },
        {
          method: "magcache",
          at: "threshold 0.12, K 4",
          speedup: 2.68,
          seconds: 69.75,
          lpips: 0.1748,
          ssim: 0.749,
          psnr: 21.54,
        },
      ],
    },
    {
      model: "HunyuanVideo",
      setting: "129 frames, 540p",
      base: { seconds: 1163 },
      runs: [
        { method: "teacache", at: "slow", speedup: 1.63, seconds: 712, lpips: 0.1832, ssim: 0.7876, psnr: 23.87 },
        { method: "teacache", at: "fast", speedup: 2.26, seconds: 514, lpips: 0.1971, ssim: 0.7744, psnr: 23.38 },
        { method: "magcache", at: "slow", speedup: 2.25, seconds: 516, lpips: 0.0377, ssim: 0.9459, psnr: 34.51 },
        { method: "magcache", at: "fast", speedup: 2.63, seconds: 441, lpips: 0.0626, ssim: 0.9206, psnr: 31.77 },
      ],
    },
    {
      model: "CogVideoX-2B",
      base: { seconds: 74.1 },
      runs: [
        { method: "teacache", speedup: 2.3, seconds: 32.2, lpips: 0.1221, ssim: 0.8815, psnr: 27.08 },
        { method: "magcache", speedup: 2.37, seconds: 31.15, lpips: 0.0787, ssim: 0.921, psnr: 30.44 },
      ],
    },
    {
      model: "FLUX",
      setting: "1024², 28 steps",
      base: { seconds: 14.26 },
      runs: [
        { method: "teacache", at: "slow", speedup: 2, seconds: 7.11, lpips: 0.2687, ssim: 0.7746, psnr: 20.14 },
        { method: "teacache", at: "fast", speedup: 2.52, seconds: 5.65, lpips: 0.3456, ssim: 0.7021, psnr: 18.17 },
        { method: "magcache", at: "slow", speedup: 2.57, seconds: 5.53, lpips: 0.2043, ssim: 0.8883, psnr: 24.46 },
        { method: "magcache", at: "fast", speedup: 2.82, seconds: 5.05, lpips: 0.2635, ssim: 0.8093, psnr: 21.35 },
      ],
    },
  ],
};

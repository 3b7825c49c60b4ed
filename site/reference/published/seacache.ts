import type { CachedRun, Source } from "./table.js";

const url = "https://github.com/jiwoogit/SeaCache";
const sea = (...rows: readonly (readonly [threshold: number, seconds: number])[]): CachedRun[] =>
  rows.map(([threshold, seconds]) => ({ method: "seacache", at: `threshold ${threshold}`, seconds }));
const minutes = (whole: number, seconds: number): number => 60 * whole + seconds;

const [fluxTeraflops, wanTeraflops] = [2976, 8214];

/** SeaCache's authors: the tables of their project page, and times from their READMEs without quality beside them. */
export const seaCacheSources: readonly Source[] = [
  {
    title: "SeaCache project page",
    url,
    own: ["seacache"],
    note: "Speed-ups in operations are ratios of the operations given there. The other methods' settings are the authors' choice.",
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "1024², 50 steps",
        base: { seconds: 20.9 },
        runs: [
          { method: "fewer-steps", at: "25 steps", seconds: 10.5, psnr: 15.55, lpips: 0.409, ssim: 0.668 },
          { method: "fewer-steps", at: "15 steps", seconds: 6.4, psnr: 17.84, lpips: 0.305, ssim: 0.74 },
          { method: "teacache", at: "threshold 0.3", seconds: 11.4, psnr: 20.76, lpips: 0.211, ssim: 0.81 },
          { method: "taylorseer", at: "interval 3", seconds: 9.8, psnr: 22.78, lpips: 0.163, ssim: 0.828 },
          {
            method: "seacache",
            at: "threshold 0.3",
            seconds: 9.4,
            flops: fluxTeraflops / 1098,
            psnr: 26.28,
            lpips: 0.106,
            ssim: 0.893,
          },
          { method: "deltadit", seconds: 15.5, psnr: 17.4, lpips: 0.336, ssim: 0.71 },
          { method: "toca", seconds: 15.9, psnr: 18.39, lpips: 0.324, ssim: 0.7 },
          { method: "teacache", at: "threshold 0.6", seconds: 7.1, psnr: 17.21, lpips: 0.348, ssim: 0.714 },
          { method: "taylorseer", at: "interval 5", seconds: 7.5, psnr: 19.97, lpips: 0.236, ssim: 0.762 },
          {
            method: "seacache",
            at: "threshold 0.6",
            seconds: 6.4,
            flops: fluxTeraflops / 773,
            psnr: 21.33,
            lpips: 0.226,
            ssim: 0.798,
          },
        ],
      },
      {
        model: "Wan2.1 1.3B",
        setting: "480p, 65 frames, 50 steps",
        base: { seconds: 176.3 },
        runs: [
          { method: "teacache", at: "threshold 0.09", seconds: 86.6, psnr: 20.84, lpips: 0.171, ssim: 0.721 },
          { method: "taylorseer", at: "interval 2", seconds: 93.1, psnr: 16.15, lpips: 0.336, ssim: 0.543 },
          {
            method: "seacache",
            at: "threshold 0.2",
            seconds: 83.9,
            flops: wanTeraflops / 3942,
            psnr: 26.6,
            lpips: 0.075,
            ssim: 0.873,
          },
          { method: "teacache", at: "threshold 0.15", seconds: 63.6, psnr: 18.88, lpips: 0.245, ssim: 0.645 },
          { method: "taylorseer", at: "interval 3", seconds: 67.1, psnr: 14.18, lpips: 0.455, ssim: 0.453 },
          {
            method: "seacache",
            at: "threshold 0.35",
            seconds: 56.6,
            flops: wanTeraflops / 2793,
            psnr: 21.78,
            lpips: 0.17,
            ssim: 0.74,
          },
        ],
      },
    ],
  },
  {
    title: "SeaCache READMEs",
    url,
    device: "RTX PRO 6000",
    own: ["seacache"],
    groups: [
      { model: "FLUX.1-dev", base: { seconds: 18 }, runs: sea([0.3, 9.4], [0.6, 6.4]) },
      {
        model: "HunyuanVideo",
        setting: "720p",
        doubt: "361 % of the peak of one RTX PRO 6000 for 129 frames and 50 steps, which are not named",
        base: { seconds: minutes(5, 32) },
        runs: sea([0.2, 150], [0.4, 100]),
      },
      { model: "Wan2.1 1.3B", setting: "480p", base: { seconds: minutes(2, 56) }, runs: sea([0.2, 84], [0.35, 56]) },
      {
        model: "Wan2.1 14B",
        setting: "text to video, 480p",
        base: { seconds: minutes(15, 11) },
        runs: sea([0.2, minutes(7, 31)], [0.4, minutes(4, 53)]),
      },
      {
        model: "Wan2.1 14B",
        setting: "text to video, 720p",
        base: { seconds: minutes(51, 13) },
        runs: sea([0.2, minutes(25, 32)], [0.4, minutes(16, 30)]),
      },
      {
        model: "Wan2.1 14B",
        setting: "image to video, 720p",
        base: { seconds: minutes(52, 5) },
        runs: sea([0.2, minutes(25, 3)], [0.4, minutes(16, 50)]),
      },
    ],
  },
];

import { magCacheReadmes } from "./magcache-readmes.js";
import { by, minutes } from "./runs.js";
import type { Source } from "./table.js";

const repository = (path: string): string => `https://github.com/${path}`;
const tea = (...rows: readonly (readonly [threshold: number | string, seconds: number])[]) =>
  by("teacache", "threshold ", rows);
const firstBlock = (...rows: readonly (readonly [threshold: number, seconds: number])[]) =>
  by("firstblockcache", "threshold ", rows);

/** READMEs of TeaCache, MagCache and FirstBlockCache. Most have times and no quality beside them. */
export const cachingRepositories: readonly Source[] = [
  {
    title: "TeaCache READMEs",
    url: repository("ali-vilab/TeaCache"),
    device: "A800",
    own: ["teacache"],
    note: "Times are rounded there.",
    groups: [
      { model: "FLUX.1-dev", base: { seconds: 18 }, runs: tea([0.25, 12], [0.4, 10], [0.6, 9], [0.8, 8]) },
      { model: "TangoFlux", base: { seconds: 4.08 }, runs: tea([0.25, 2.42], [0.4, 1.95]) },
      {
        model: "HiDream-Full",
        device: "A100",
        base: { seconds: 50 },
        runs: tea([0.17, 34], [0.25, 29], [0.3, 25], [0.45, 19]),
      },
      { model: "Lumina-Next", base: { seconds: 17 }, runs: tea([0.2, 11], [0.3, 9], [0.4, 7], [0.5, 6]) },
      {
        model: "Lumina-Image-2",
        setting: "50 steps",
        device: "RTX 4090",
        base: { seconds: 25 },
        runs: [
          ...tea([0.2, 20], [0.3, 16], [0.4, 12], [0.5, 10]),
          ...by("teacache", "second coefficients, threshold ", [
            [0.2, 16.7],
            [0.3, 15.6],
            [0.5, 13.79],
            [1.1, 11.9],
          ]),
        ],
      },
      {
        model: "CogVideoX1.5",
        setting: "text to video",
        device: "H100",
        base: { seconds: 465 },
        runs: tea([0.1, 322], [0.2, 260], [0.3, 204]),
      },
      {
        model: "CogVideoX1.5",
        setting: "image to video",
        device: "H100",
        base: { seconds: 475 },
        runs: tea([0.1, 316], [0.2, 239], [0.3, 204]),
      },
      { model: "ConsisID", device: "H100", base: { seconds: 110 }, runs: tea([0.1, 70], [0.15, 53], [0.2, 41]) },
      {
        model: "Cosmos",
        setting: "text to video",
        device: "H800",
        base: { seconds: 449 },
        runs: tea([0.3, 327], [0.4, 227]),
      },
      {
        model: "HunyuanVideo",
        setting: "540p",
        base: { seconds: minutes(18) },
        runs: tea([0.1, minutes(11)], [0.15, minutes(8)]),
      },
      {
        model: "HunyuanVideo",
        setting: "720p",
        base: { seconds: minutes(50) },
        runs: tea([0.1, minutes(30)], [0.15, minutes(23)]),
      },
      { model: "LTX-Video 0.9.1", base: { seconds: 32 }, runs: tea([0.03, 20], [0.05, 16]) },
      { model: "Mochi", base: { seconds: minutes(30) }, runs: tea([0.06, minutes(20)], [0.09, minutes(14)]) },
      { model: "Wan2.1 1.3B", base: { seconds: 175 }, runs: tea([0.05, 117], [0.07, 110], [0.08, 88]) },
      {
        model: "Wan2.1 14B",
        base: { seconds: minutes(55) },
        runs: tea([0.14, minutes(38)], [0.15, minutes(30)], [0.2, minutes(27)]),
      },
      {
        model: "Wan2.1 14B",
        setting: "image to video, 480p",
        base: { seconds: 735 },
        runs: tea([0.13, 464], [0.19, 372], [0.26, 300]),
      },
      {
        model: "Wan2.1 14B",
        setting: "image to video, 720p",
        doubt: "96 % of the peak of one A800",
        base: { seconds: minutes(29) },
        runs: tea([0.18, minutes(17)], [0.2, minutes(15)], [0.3, minutes(12)]),
      },
      {
        model: "Wan2.1 1.3B",
        setting: "second table there",
        device: "not named",
        base: { seconds: 97 },
        runs: tea([0.05, 64], [0.08, 49], ["0.05, first steps kept", 61], ["0.1, first steps kept", 41]),
      },
      {
        model: "Wan2.1 14B",
        setting: "second table there",
        device: "not named",
        base: { seconds: 1829 },
        runs: tea([0.14, 1234], [0.2, 909], ["0.1, first steps kept", 915], ["0.2, first steps kept", 578]),
      },
    ],
  },
  magCacheReadmes,
  {
    title: "diffusers, pull request 11180",
    url: "https://github.com/huggingface/diffusers/pull/11180",
    own: ["firstblockcache"],
    device: "not named",
    note: "It advises to stay below a threshold of 0.2. No quality was published beside these.",
    groups: [
      { model: "CogView4", base: { seconds: 40.51 }, runs: firstBlock([0.05, 24.08], [0.1, 17.55], [0.2, 12.99]) },
      {
        model: "HunyuanVideo",
        setting: "320×512, 61 frames",
        base: { seconds: 121.85 },
        runs: firstBlock([0.05, 62.47], [0.1, 41.84], [0.2, 28.11]),
      },
      {
        model: "LTX-Video",
        base: { seconds: 33.64 },
        runs: firstBlock([0.03, 27.14], [0.05, 21.73], [0.1, 15.1], [0.2, 10.29]),
      },
      { model: "Wan2.1 1.3B", base: { seconds: 222.17 }, runs: firstBlock([0.05, 139.26], [0.1, 89.99], [0.2, 57.01]) },
      { model: "FLUX.1", base: { seconds: 16.47 }, runs: firstBlock([0.05, 12.63], [0.1, 9.27], [0.2, 5.91]) },
    ],
  },
  {
    title: "ParaAttention, guides to FLUX and HunyuanVideo",
    url: repository("chengzeyi/ParaAttention"),
    device: "L20",
    own: ["firstblockcache"],
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "1024², 28 steps",
        base: { seconds: 26.36 },
        runs: firstBlock([0.06, 21.83], [0.08, 17.01], [0.1, 16], [0.12, 13.78]),
      },
      {
        model: "HunyuanVideo",
        setting: "720p, 129 frames, 30 steps",
        base: { seconds: 3675.71 },
        runs: firstBlock([0.06, 2271.06]),
      },
    ],
  },
  {
    title: "EasyCache README",
    url: repository("H-EmbodVis/EasyCache"),
    device: "A800",
    own: ["easycache"],
    note: "On VBench prompts. SVG is a sparse attention of others.",
    groups: [
      {
        model: "Wan2.1 1.3B",
        base: { seconds: 175.35 },
        runs: [
          { method: "pab", speedup: 1.72, seconds: 102.03, psnr: 18.84, ssim: 0.6484, lpips: 0.301 },
          { method: "teacache", speedup: 2, seconds: 87.77, psnr: 22.57, ssim: 0.8057, lpips: 0.1277 },
          { method: "easycache", speedup: 2.54, seconds: 69.11, psnr: 25.24, ssim: 0.8337, lpips: 0.0952 },
        ],
      },
      {
        model: "HunyuanVideo",
        base: { seconds: 1124.3 },
        runs: [
          { method: "pab", speedup: 1.17, seconds: 958.23, psnr: 18.58, ssim: 0.7023, lpips: 0.3827 },
          { method: "teacache", speedup: 1.67, seconds: 674.04, psnr: 23.85, ssim: 0.8185, lpips: 0.173 },
          { method: "easycache", speedup: 2.21, seconds: 507.97, psnr: 32.66, ssim: 0.9313, lpips: 0.0533 },
        ],
      },
      {
        model: "HunyuanVideo",
        setting: "720p",
        device: "H20",
        base: { seconds: 6594 },
        runs: [
          { method: "teacache", at: "with SVG", speedup: 3.18, seconds: 2071, psnr: 22.65 },
          { method: "easycache", at: "with SVG (alone: 1.90, PSNR 27.56)", speedup: 3.33, seconds: 1981, psnr: 27.26 },
        ],
      },
    ],
  },
  {
    title: "EasyCache, READMEs of its models",
    url: repository("H-EmbodVis/EasyCache/tree/main/EasyCache4Wan2.1"),
    device: "H20",
    own: ["easycache"],
    groups: [
      {
        model: "HunyuanVideo",
        setting: "544p",
        base: { seconds: 2327 },
        runs: [{ method: "easycache", seconds: 1025 }],
      },
      {
        model: "HunyuanVideo",
        setting: "720p",
        base: { seconds: 6572 },
        runs: [{ method: "easycache", at: "with SVG", seconds: 1773 }],
      },
      {
        model: "Wan2.1 14B",
        setting: "text to video, 720p",
        base: { seconds: 6862 },
        runs: [{ method: "easycache", seconds: 2884 }],
      },
      {
        model: "Wan2.1 14B",
        setting: "image to video, 720p",
        base: { seconds: 5302 },
        runs: [{ method: "easycache", seconds: 2397 }],
      },
    ],
  },
];

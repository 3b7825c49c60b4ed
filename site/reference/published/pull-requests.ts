import type { Source } from "./table.js";

const pull = (repository: string, number: number): string => `https://github.com/${repository}/pull/${number}`;

/** Measured by those who put a method into another project; nearly all of another's method. */
export const pullRequests: readonly Source[] = [
  {
    title: "diffusers, pull requests 9562 and 10163",
    url: pull("huggingface/diffusers", 9562),
    device: "not named",
    note: "Peak memory reserved during inference.",
    groups: [
      {
        model: "Latte",
        setting: "16 frames, 512², 50 steps",
        base: { seconds: 31.742, gib: 14.344 },
        runs: [
          { method: "fastercache", seconds: 24.288, gib: 22.199 },
          { method: "pab", seconds: 27.531, gib: 20.23 },
        ],
      },
      {
        model: "CogVideoX-5B",
        setting: "480×720, 49 frames, 50 steps",
        base: { seconds: 245.939, gib: 24.426 },
        runs: [
          { method: "fastercache", seconds: 159.031, gib: 40.721 },
          { method: "pab", seconds: 184.013 },
        ],
      },
    ],
  },
  {
    title: "Unsloth, pull request 6703",
    url: pull("unslothai/unsloth", 6703),
    device: "B200",
    note: "On top of torch.compile.",
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "1024², 28 steps",
        base: { seconds: 2.83 },
        runs: [{ method: "firstblockcache", at: "threshold 0.08", speedup: 1.4, seconds: 2.03, lpips: 0.08 }],
      },
    ],
  },
  {
    title: "mold, pull request 939",
    url: pull("utensils/mold", 939),
    device: "RTX 4090",
    note: "At 0.05 the threshold was never met.",
    groups: [
      {
        model: "Wan2.2",
        base: { seconds: 605.6 },
        runs: [
          { method: "firstblockcache", at: "threshold 0.05", seconds: 620.5 },
          { method: "firstblockcache", at: "threshold 0.1", seconds: 327.4 },
        ],
      },
    ],
  },
  {
    title: "xDiT, pull request 453",
    url: pull("xdit-project/xDiT", 453),
    device: "H20",
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "not compiled",
        doubt: "231 % of the peak of one H20; fewer steps or a smaller image are not named",
        base: { seconds: 6.1 },
        runs: [
          { method: "teacache", seconds: 4.67 },
          { method: "firstblockcache", seconds: 2.51 },
        ],
      },
      {
        model: "FLUX.1-dev",
        setting: "compiled",
        doubt: "281 % of the peak of one H20; fewer steps or a smaller image are not named",
        base: { seconds: 5.02 },
        runs: [
          { method: "teacache", seconds: 3.92 },
          { method: "firstblockcache", seconds: 2.09 },
        ],
      },
      {
        model: "FLUX.1-dev",
        setting: "not compiled",
        device: "4 × H20",
        doubt: "174 % of the peak of four H20; fewer steps or a smaller image are not named",
        base: { seconds: 2.02 },
        runs: [
          { method: "teacache", seconds: 1.6 },
          { method: "firstblockcache", seconds: 0.93 },
        ],
      },
      {
        model: "FLUX.1-dev",
        setting: "compiled",
        device: "4 × H20",
        doubt: "195 % of the peak of four H20; fewer steps or a smaller image are not named",
        base: { seconds: 1.81 },
        runs: [
          { method: "teacache", seconds: 1.5 },
          { method: "firstblockcache", seconds: 0.85 },
        ],
      },
    ],
  },
  {
    title: "TensorRT-LLM, pull request 12007",
    url: pull("NVIDIA/TensorRT-LLM", 12007),
    device: "H200",
    note: "10 prompts. The share of reused steps was published, no time.",
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "50 steps",
        runs: [
          { method: "teacache", at: "threshold 0.25, 42 % of the steps reused", psnr: 24.7 },
          { method: "teacache", at: "threshold 0.4, 55 % of the steps reused", psnr: 20.6 },
          { method: "teacache", at: "threshold 0.6, 64 % of the steps reused", psnr: 19.1 },
        ],
      },
    ],
  },
  {
    title: "nunchaku, thread 234",
    url: "https://github.com/nunchaku-tech/nunchaku/issues/234",
    device: "A100",
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "50 steps",
        base: { seconds: 14.9 },
        runs: [{ method: "teacache", seconds: 4.9 }],
      },
    ],
  },
  {
    title: "SGLang, pull request 18498",
    url: pull("sgl-project/sglang", 18498),
    device: "not named",
    groups: [
      {
        model: "Wan2.1 1.3B",
        runs: [
          { method: "magcache", speedup: 1.88 },
          { method: "teacache", speedup: 1.74 },
        ],
      },
    ],
  },
  {
    title: "vLLM-Omni, pull request 5561",
    url: pull("vllm-project/vllm-omni", 5561),
    device: "a processor",
    note: "27 of 50 steps reused; no time was published.",
    groups: [
      {
        model: "DiT-XL/2",
        setting: "256², 50 steps",
        runs: [
          { method: "magcache", at: "first class", psnr: 29.6 },
          { method: "magcache", at: "second class and seed", psnr: 24.6 },
        ],
      },
    ],
  },
  {
    title: "stable-diffusion.cpp, pull request 940",
    url: pull("leejet/stable-diffusion.cpp", 940),
    device: "not named",
    note: "The variant that compares with the last computed step.",
    groups: [
      {
        model: "FLUX and Qwen-Image",
        device: "CUDA",
        runs: [{ method: "easycache", at: "threshold 0.2", speedup: 1.85 }],
      },
      {
        model: "Chroma",
        base: { seconds: 355.8 },
        runs: [
          { method: "easycache", at: "threshold 0.1", seconds: 176.2 },
          { method: "easycache", at: "threshold 0.3", seconds: 142.1 },
        ],
      },
    ],
  },
  {
    title: "cache-dit, pull request 1053",
    url: pull("vipshop/cache-dit", 1053),
    note: "Forecasts of the middle blocks' residual, 12 DrawBench prompts, about 3.2 times the speed.",
    groups: [
      {
        model: "FLUX.1-dev",
        setting: "50 steps",
        runs: [
          { method: "dbcache", at: "with a DMD forecast", lpips: 0.38, psnr: 19.8, clip: 32 },
          { method: "dbcache-taylorseer", lpips: 0.78, psnr: 11.8, clip: 27 },
        ],
      },
    ],
  },
  {
    title: "maxdiffusion, pull request 433",
    url: pull("AI-Hypercomputer/maxdiffusion", 433),
    device: "TPU",
    note: "About these ratios; no quality was published.",
    groups: [
      {
        model: "Wan",
        runs: [
          { method: "cfgcache", speedup: 1.2 },
          { method: "sencache", speedup: 1.4 },
          { method: "magcache", at: "1.75 to 1.9", speedup: 1.75 },
        ],
      },
    ],
  },
];

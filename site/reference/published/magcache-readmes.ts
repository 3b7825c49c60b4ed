import { by, minutes } from "./runs.js";
import type { Source } from "./table.js";

const mag = (...rows: readonly (readonly [setting: string, seconds: number])[]) => by("magcache", "", rows);
const tea = (...rows: readonly (readonly [threshold: number, seconds: number])[]) => by("teacache", "threshold ", rows);

export const magCacheReadmes: Source = {
  title: "MagCache READMEs",
  url: "https://github.com/Zehong-Ma/MagCache",
  device: "A800",
  own: ["magcache"],
  note: "E024K5R01 stands for a threshold of 0.24, at most 5 reuses in a row and a warm-up of 0.1.",
  groups: [
    {
      model: "HunyuanVideo",
      setting: "540p",
      base: { seconds: minutes(20, 10) },
      runs: [...tea([0.15, minutes(8, 53)]), ...mag(["E012K4R02", minutes(8, 50)], ["E024K6R02", minutes(7, 17)])],
    },
    {
      model: "HunyuanVideo",
      setting: "720p",
      base: { seconds: minutes(54, 5) },
      runs: [...tea([0.15, minutes(23, 49)]), ...mag(["E012K4R02", minutes(23, 50)], ["E024K6R02", minutes(19, 33)])],
    },
    {
      model: "Wan2.1 14B",
      setting: "text to video, 720p",
      base: { seconds: minutes(60, 4) },
      runs: [{ method: "teacache", seconds: minutes(30, 1) }, ...mag(["E024K6R02", minutes(21, 40)])],
    },
    {
      model: "Wan2.1 1.3B",
      base: { seconds: 189 },
      runs: [{ method: "teacache", seconds: 95 }, ...mag(["E012K2R02", 87], ["E012K4R02", 68])],
    },
    {
      model: "Wan2.2 5B",
      setting: "720p",
      device: "L20",
      base: { seconds: minutes(10, 39) },
      runs: mag(["E006K2R02", minutes(5, 24)]),
    },
    {
      model: "Wan2.2 A14B",
      setting: "480p",
      device: "L20",
      base: { seconds: minutes(27, 9) },
      runs: mag(["E006K2R04", minutes(18, 10)]),
    },
    {
      model: "FLUX.1-dev",
      base: { seconds: 14.26 },
      runs: [...tea([0.6, 5.65]), ...mag(["E024K5R01", 5.05])],
    },
    { model: "Qwen-Image", base: { seconds: 75 }, runs: mag(["E006K2R02", 50]) },
    { model: "Qwen-Image-Edit", base: { seconds: 120 }, runs: mag(["E006K2R02", 80]) },
    { model: "FLUX.1 Kontext", device: "L20", base: { seconds: 30 }, runs: mag(["E005K4R02", 15]) },
    {
      model: "FramePack",
      setting: "5 s",
      device: "L20",
      base: { seconds: minutes(9) },
      runs: [
        { method: "teacache", seconds: minutes(4, 40) },
        ...mag(["E010K3R02", minutes(4, 20)], ["E015K4R02", minutes(4)]),
      ],
    },
    {
      model: "FramePack-F1",
      setting: "5 s",
      device: "L20",
      base: { seconds: minutes(9) },
      runs: [
        { method: "teacache", seconds: minutes(4) },
        ...mag(["E010K3R02", minutes(4, 20)], ["E015K4R02", minutes(3, 40)]),
      ],
    },
  ],
};

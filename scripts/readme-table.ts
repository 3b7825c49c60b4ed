// Writes the recorded quality of the methods into the README, between its marks. Part of npm run record:quality.
import { readFileSync } from "node:fs";
import { qualityCaption, qualityFigures, qualityReportFromJson, readInfinity } from "../dist/lib/index.js";
import { firstModel } from "../site/model/live-models.ts";
import { writeWhole } from "./script.mjs";

const recorded = `site/public/recorded/quality/${firstModel}-28.json`;
const report = qualityReportFromJson(JSON.parse(readFileSync(recorded, "utf8"), readInfinity), recorded);
const decibels = (psnr: number | undefined): string =>
  psnr === undefined ? "" : Number.isFinite(psnr) ? psnr.toFixed(1) : "equal";
const signed = (gain: number): string => `${gain < 0 ? "−" : "+"}${Math.abs(gain).toFixed(1)}`;
const rows = qualityFigures(report)
  .toSorted((a, b) => a.evaluations - b.evaluations)
  .map(({ row, evaluations, psnr, fewer, reused, aboveFewer, aboveReused }): string => {
    const figures = [psnr.median, fewer?.median, reused?.median].map(decibels);
    const above =
      aboveFewer === undefined || aboveReused === undefined ? "" : signed(Math.min(aboveFewer, aboveReused));
    const cache = `${(row.cacheBytes / 1024).toFixed(0)} KiB`;
    return `| ${[row.method, evaluations.toFixed(1), ...figures, above, cache].join(" | ")} |`;
  });
const table = [
  `${qualityCaption(report)} The gain on the better rival is the median of the prompts' own differences, which need not be the difference of the medians beside it.`,
  "",
  `| Method | Evaluations of ${report.steps} | PSNR, dB | Fewer steps, dB | Prediction reused, dB | Gain on the better, dB | Cache |`,
  "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
  ...rows,
];
const readme = readFileSync("README.md", "utf8");
const filled = readme.replace(/(<!-- table -->\n)[\s\S]*?(\n<!-- \/table -->)/, `$1\n${table.join("\n")}\n$2`);
if (filled === readme && !readme.includes(table.join("\n"))) throw new Error("README.md has no <!-- table --> marks.");
writeWhole("README.md", filled);

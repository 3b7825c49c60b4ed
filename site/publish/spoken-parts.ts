import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCodes, type MethodName, qualityMarkdown } from "diffusion-cache";
import { ways } from "../landing/ways.js";
import { benchText } from "../measurements/benchmarks.js";
import { usualForecasts } from "../measurements/forecast-choice.js";
import { recordedMeasurement } from "../measurements/measured.js";
import { inWords, type Kind } from "../measurements/measurement-kinds.js";
import { methodFacts } from "../methods/method-facts.js";
import { optionsOf } from "../methods/options-of.js";
import { firstModel } from "../model/live-models.js";
import { siteModel } from "../model/model.js";
import type { Spoken } from "../page/plain-text.js";
import { recordedRun } from "../program/recorded-run.js";
import { qualitySources, recordedQuality } from "../quality/recorded-quality.js";
import { methodNames, type Published, published } from "../reference/published.js";
import { memoryText, qualityText, speedText, subjectText, timesText } from "../reference/published-text.js";

// What the live parts of the pages are in words, for readers that are programs.

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

const program = (name: string): string =>
  `Live example: examples/${name}.ts, which the page shows, runs on the reader's device and charts. The program:\n\n${fenced(
    "ts",
    readFileSync(join(process.cwd(), "examples", `${name}.ts`), "utf8"),
  )}`;

/** The masks of a recorded run, one for each that differs. */
const grid = (example: string): string => {
  const { run } = recordedRun(example);
  const masks = new Map<string, string>();
  for (const { site, computed } of run.cached.sites) if (!masks.has(computed)) masks.set(computed, site);
  const rows = [...masks].map(([computed, site]) => `${computed}  ${site}`);
  return `Decision grid with sliders. In a recorded run of ${run.settings.steps} steps (1 computed, 0 not; each line with the first site that has it):\n\n${fenced("text", rows.join("\n"))}`;
};

const card = (method: MethodName): string => {
  const { kept, decides, guidance, calibration, agnostic, source, diffusers } = methodFacts[method];
  return [
    `- What is kept: ${kept}`,
    `- Decides by: ${decides}`,
    `- Needs guidance: ${guidance}`,
    `- Needs calibration: ${calibration}`,
    `- Model-agnostic: ${agnostic}`,
    `- ${source.label}: ${source.text}, ${source.url}`,
    `- In diffusers: ${diffusers.text}`,
  ].join("\n");
};

const options = (method: string): string =>
  optionsOf(method)
    .map(({ name, type, default: standard, text }) => `- \`${name}\` (${type}, default ${standard}): ${text}`)
    .join("\n") || "It has none.";

const figures = (rows: readonly Published[], named: boolean): string =>
  rows
    .map((row) => {
      const said = [speedText(row), timesText(row), qualityText(row), memoryText(row)].filter(Boolean).join("; ");
      const method = named ? `${methodNames[row.method as keyof typeof methodNames]}, ` : "";
      return `- ${method}${subjectText(row)}: ${said}. ${row.source.title}, ${row.source.url}`;
    })
    .join("\n");

const choices = (): string =>
  Object.values(methodFacts)
    .map(({ label, decides, guidance, calibration, fewSteps }) => {
      return `- ${label}. Decides by: ${decides} Guidance: ${guidance}. Calibration: ${calibration}. At 4 to 8 steps: ${fewSteps}.`;
    })
    .join("\n");

export const spokenParts: Spoken = (name, { name: example = "", method = "", kind = "", part = "" }) => {
  if (name === "Example") return `${grid(example)}\n\n${program(example)}`;
  if (name === "MethodCard") return card(method as MethodName);
  if (name === "OptionsTable") return options(method);
  if (name === "Published")
    return figures(
      published.filter((row) => row.method === method),
      false,
    );
  if (name === "AllPublished") return figures(published, true);
  if (name === "ChoosingTable") return choices();
  if (name === "ErrorCodes")
    return Object.entries(errorCodes)
      .map(([code, text]) => `- \`${code}\`: ${text}`)
      .join("\n");
  if (name === "Measurement") {
    const model = siteModel();
    const measured = recordedMeasurement(model.name);
    return `Live measurement. Recorded with ${model.name} on ${measured.on}: ${inWords(kind as Kind, { measured, network: model.network, choice: usualForecasts })}`;
  }
  if (name === "QualityTable" || name === "MethodsPicture")
    return qualityMarkdown(recordedQuality({ model: firstModel, steps: 28 }));
  if (name === "AllQuality")
    return qualitySources()
      .map((source) => qualityMarkdown(recordedQuality(source)))
      .join("\n\n");
  if (name === "Benchmark") return benchText(part);
  if (name === "Ways")
    return ways
      .map(({ name, about, links }) => `- ${name}: ${about} ${links.map(([text]) => text).join("; ")}.`)
      .join("\n");
  if (name === "DevicePanel") return "";
  return undefined;
};

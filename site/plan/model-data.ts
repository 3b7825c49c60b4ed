import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cardNames, modelCard } from "diffusion-cache";
import { settings } from "../settings/settings.js";
import { support } from "../support/support.js";
import { columns, verdict } from "../support/verdict.js";
import type { Comparison } from "./evidence/compared.js";
import type { ModelData } from "./planner-data.js";

/** The plans of published runs beside what was published. */
export const comparison: Comparison = JSON.parse(
  readFileSync(join(process.cwd(), "site/plan/evidence/comparison.json"), "utf8"),
);

const dataOf = (name: string): ModelData => {
  const { pipeline } = modelCard(name);
  const found = support.pipelines.find((one) => one.name === pipeline);
  return {
    fits: found ? Object.fromEntries(columns.map((column) => [column, verdict(support, found, column)])) : {},
    published: comparison.speedUps
      .filter(({ card, method }) => card === name && method !== "fewer steps")
      .map(({ method, settings: said, model, device, published, ideal, source }) => ({
        ...{ method, settings: said, run: model.replace(/^\S+ /, ""), device, published, ideal, source },
      })),
    settings: (settings.find(({ model }) => model === name)?.settings ?? []).map(
      ({ method, options, source: { title, url } }) => ({ method, options, source: { title, url } }),
    ),
  };
};

/** By the name of the card. */
export const modelData: Readonly<Record<string, ModelData>> = Object.fromEntries(
  cardNames.map((name) => [name, dataOf(name)]),
);

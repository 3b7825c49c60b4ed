import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type BenchReport,
  benchReportFromJson,
  type Calibration,
  presetNames,
  presetsFromJson,
  readInfinity,
} from "diffusion-cache";
import type { SiteModel } from "../model/model.js";
import { defaultsOf, type ExampleModule } from "../program/example-module.js";
import { measuredOptions, saidOptions } from "../program/said-options.js";
import type { TableModel } from "./bench-command.js";
import type { MethodOptions } from "./trade-off-methods.js";
import type { MethodPages } from "./trade-off-rows.js";

const file = "site/public/recorded/trade-offs.json";

/** The recorded table: `npx diffusion-cache bench --model site/public/models/latte-motion-nano --preset balanced --repeats 3 --out` this file. */
export const recordedTable = (): BenchReport =>
  benchReportFromJson(JSON.parse(readFileSync(join(process.cwd(), file), "utf8"), readInfinity), file);

type Examples = Readonly<Record<string, ExampleModule>>;

/** The methods that have a page: its name, its title, and the method as its example begins. */
const pagesOf = (examples: Examples, calibration: Calibration) => {
  const folder = join(process.cwd(), "content/docs/methods");
  return readdirSync(folder).flatMap((file) => {
    const name = file.replace(/\.mdx$/, "");
    const example = examples[`/examples/${name}.ts`];
    const [method] = example?.methods(defaultsOf(example.knobs), calibration) ?? [];
    const [, title = name] = /^title: (.+)$/m.exec(readFileSync(join(folder, file), "utf8")) ?? [];
    return method ? [{ name, title, method }] : [];
  });
};

/** Page and title of every method that has an example, by the method's short name. */
export const methodPages = (examples: Examples, calibration: Calibration): MethodPages => {
  const base = import.meta.env.BASE_URL.replace(/\/$/, "");
  return Object.fromEntries(
    pagesOf(examples, calibration).map(({ name, title, method }) => [
      method.name,
      { title, href: `${base}/methods/${name}/` },
    ]),
  );
};

/** The settings with which the pages of the methods begin, without the numbers of a calibration. */
const pageSettings = (examples: Examples, calibration: Calibration): MethodOptions =>
  Object.fromEntries(
    pagesOf(examples, calibration).map(({ method }) => {
      const said = Object.entries(saidOptions(method)).filter(([option]) => !measuredOptions.includes(option));
      return [method.name, Object.fromEntries(said)];
    }),
  );

const presetSettings = (name: string): Readonly<Record<string, MethodOptions>> => {
  const path = join(process.cwd(), "site/public/models", name, "presets.json");
  if (!existsSync(path)) return {};
  const { methods } = presetsFromJson(JSON.parse(readFileSync(path, "utf8")), path);
  const of = (preset: (typeof presetNames)[number]): MethodOptions =>
    Object.fromEntries(
      Object.entries(methods).flatMap(([method, settings]) => {
        const found = settings[preset];
        return found ? [[method, found.options]] : [];
      }),
    );
  return Object.fromEntries(presetNames.map((preset) => [preset, of(preset)]));
};

/** What the table offers on each model of the site. */
export const tableModels = (models: readonly SiteModel[], examples: Examples): readonly TableModel[] =>
  models.map(({ name, address, defaults, calibration }) => ({
    ...{ name, address, defaults },
    settings: { ...presetSettings(name), pages: pageSettings(examples, calibration) },
  }));

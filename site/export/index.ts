import { type Clip, methodFromName, stepsCsv, type Trace, visitsCsv, writeInfinity } from "diffusion-cache";
import type { Outcome } from "../program/example-module.js";
import { pythonSnippet } from "../snippets/snippet-python.js";
import { chartsIn, pngOf, svgOf } from "./chart-image.js";
import { notebook } from "./notebook.js";

/** One file that a finished run can be taken home as. */
export interface Export {
  readonly group: "Numbers" | "Charts" | "Clips" | "Notebook";
  readonly label: string;
  readonly file: string;
  make(): Blob | Promise<Blob>;
}

const json = (value: unknown): Blob =>
  new Blob([`${JSON.stringify(value, writeInfinity, 2)}\n`], { type: "application/json" });
const commas = (text: string): Blob => new Blob([`${text}\r\n`], { type: "text/csv" });
const kebab = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");

const numbers = ({ uncached, cached, quality }: Outcome, name: string): readonly Export[] => [
  {
    group: "Numbers",
    label: "Steps (CSV)",
    file: `${name}-steps.csv`,
    make: () => commas(stepsCsv(uncached.trace, { ...cached.trace, quality })),
  },
  {
    group: "Numbers",
    label: "Decisions (CSV)",
    file: `${name}-decisions.csv`,
    make: () => commas(visitsCsv(cached.trace)),
  },
  {
    group: "Numbers",
    label: "Trace, cached (JSON)",
    file: `${name}-cached.json`,
    make: () => json({ ...cached.trace, quality } satisfies Trace),
  },
  {
    group: "Numbers",
    label: "Trace, uncached (JSON)",
    file: `${name}-uncached.json`,
    make: () => json(uncached.trace),
  },
];

const charts = (root: ParentNode, name: string): readonly Export[] =>
  chartsIn(root).flatMap(({ title, figure }): Export[] => [
    {
      group: "Charts",
      label: `${title} (SVG)`,
      file: `${name}-${kebab(title)}.svg`,
      make: () => new Blob([svgOf(figure).text], { type: "image/svg+xml" }),
    },
    {
      group: "Charts",
      label: `${title} (PNG)`,
      file: `${name}-${kebab(title)}.png`,
      make: () => pngOf(figure),
    },
  ]);

/** Encoders are loaded with the first file that needs them. */
const clip = (which: "Uncached" | "Cached", clip: Clip, name: string): readonly Export[] => [
  {
    group: "Clips",
    label: `${which} clip (GIF)`,
    file: `${name}-${which.toLowerCase()}.gif`,
    make: async () => (await import("./gif.js")).gif(clip),
  },
  {
    group: "Clips",
    label: `${which} clip (WebM)`,
    file: `${name}-${which.toLowerCase()}.webm`,
    make: async () => (await import("./webm.js")).webm(clip),
  },
];

const python = ({ uncached, cached, quality }: Outcome, name: string): Export => ({
  group: "Notebook",
  label: "Jupyter, in Python",
  file: `${name}.ipynb`,
  make() {
    const { methods, prompt, seed, steps, guidance } = cached.trace;
    const snippet = pythonSnippet(
      methods.map((method) => methodFromName(method.name, method.options)),
      { prompt: prompt ?? "", seed: seed ?? 0, steps, guidance },
    );
    if (snippet === undefined)
      throw new Error(`There is no Python version: diffusers has no ${methods.map((one) => one.name).join(" and ")}.`);
    const content = notebook(snippet, { uncached: uncached.trace, cached: cached.trace }, quality);
    return new Blob([`${JSON.stringify(content, null, 1)}\n`], { type: "application/x-ipynb+json" });
  },
});

/**
 * Every file that a finished pair of runs can be taken home as.
 * @param root where its charts are shown
 * @param example starts the names of the files
 */
export const exportsOf = (root: ParentNode, outcome: Outcome, example: string): readonly Export[] => {
  const { model, seed, steps } = outcome.cached.trace;
  const name = [example, model.name, `seed-${seed}`, `${steps}-steps`].join("-");
  return [
    ...numbers(outcome, name),
    ...charts(root, name),
    ...clip("Uncached", outcome.uncached.clip, name),
    ...clip("Cached", outcome.cached.clip, name),
    python(outcome, name),
  ];
};

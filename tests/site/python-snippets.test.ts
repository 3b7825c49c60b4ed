import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { calibrationFromJson } from "diffusion-cache";
import { describe, expect, test } from "vitest";
import { defaultsOf, type ExampleModule } from "../../site/program/example-module.js";
import { pythonForms } from "../../site/snippets/snippet-python.js";

// The Python that every example shows with its default settings, and what came of running it: after a change, write the
// snippets anew with -u, then run scripts/check-python-snippets.py, which writes the report.

const json = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
const examples = Object.entries(import.meta.glob<ExampleModule>("../../examples/*.ts", { eager: true }));

const snippets = ["latte-motion-nano", "flux-shapes-nano"].flatMap((model) => {
  const calibration = calibrationFromJson(json(`site/public/models/${model}/calibration.json`), model);
  const { prompt, guidance } = json(`site/public/models/${model}/manifest.json`).defaults;
  const { steps } = calibration.calibratedFor;
  return examples.flatMap(([file, example]) =>
    pythonForms(
      example.methods(defaultsOf(example.knobs), calibration),
      { prompt, seed: 0, steps, guidance },
      model,
    ).map(({ id, exact, code }) => ({
      snippet: `${basename(file, ".ts")}, ${model}, ${id}`,
      exact,
      code: code.split("\n"),
    })),
  );
});

interface Report {
  readonly versions: Readonly<Record<string, string>>;
  readonly snippets: readonly { readonly snippet: string; readonly sha256: string; readonly checked: string }[];
}
const report: Report = json("tests/fixtures/python-snippets-report.json");

describe("Python snippets", () => {
  test("are the ones that were checked", async () => {
    await expect(`${JSON.stringify(snippets, null, 1)}\n`).toMatchFileSnapshot("../fixtures/python-snippets.json");
  });

  test("ran with the real libraries, every one of them", () => {
    expect(Object.keys(report.versions)).toEqual(["python", "torch", "diffusers", "cache-dit"]);
    const hashes = snippets.map(({ snippet, code }) => ({
      snippet,
      sha256: createHash("sha256").update(code.join("\n")).digest("hex"),
    }));
    expect(report.snippets.map(({ snippet, sha256 }) => ({ snippet, sha256 }))).toEqual(hashes);
    for (const { checked } of report.snippets) expect(checked).not.toBe("");
  });

  test("there is one for every example, and more than half say it exactly in some library", () => {
    const named = (model: string, exact: boolean) =>
      new Set(
        snippets
          .filter((one) => one.snippet.includes(model) && (one.exact || !exact))
          .map(({ snippet }) => snippet.split(",")[0]),
      );
    for (const model of ["latte-motion-nano", "flux-shapes-nano"])
      expect(named(model, false).size).toBe(examples.length);
    expect([...named("latte-motion-nano", true)].toSorted()).toEqual([
      "cfg-cache",
      "db-cache",
      "db-prune",
      "faster-cache",
      "first-block-cache",
      "mag-cache",
      "pyramid-attention-broadcast",
      "sea-cache",
      "step-mask",
      "taylor-seer",
      "text-kv",
    ]);
  });
});

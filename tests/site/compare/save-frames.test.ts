import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const report = JSON.parse(readFileSync("tests/fixtures/own-clips/report.json", "utf8"));

test("the Python of the page is what scripts/check-save-frames.py ran with diffusers", () => {
  const [, code = ""] = /^```python\n(.*?)^```$/ms.exec(readFileSync("content/docs/compare.mdx", "utf8")) ?? [];
  expect(createHash("sha256").update(code).digest("hex")).toBe(report.sha256);
  expect(report.versions.diffusers).toBe("0.42.1");
});

test("it saved the folder that the page takes: frames in their order, for each clip", () => {
  for (const name of ["uncached", "pab"])
    expect(readdirSync(`tests/fixtures/own-clips/clips/${name}`).toSorted()).toEqual([
      "0000.png",
      "0001.png",
      "0002.png",
      "0003.png",
    ]);
});

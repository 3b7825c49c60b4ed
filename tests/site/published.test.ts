import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { figures } from "../../site/reference/published/figures.js";
import { methodNames, published } from "../../site/reference/published.js";
import {
  deviceText,
  memoryText,
  qualityText,
  speedText,
  subjectText,
  timesText,
} from "../../site/reference/published-text.js";

// Figures of the literature stand once, say where they are from, and do not contradict themselves.

const name = (row: (typeof published)[number]): string => `${row.source.title}: ${row.method}, ${subjectText(row)}`;

test("every figure has a method with a name, a model, an address and a number", () => {
  expect(published.length).toBeGreaterThanOrEqual(399);
  for (const row of published) {
    expect(methodNames, name(row)).toHaveProperty([row.method]);
    expect(row.model, name(row)).not.toBe("");
    expect(row.source.url, name(row)).toMatch(
      /^https:\/\/(arxiv\.org\/abs\/\d{4}\.\d{5}|github\.com\/[\w.-]+\/[\w.-]+)/,
    );
    expect(speedText(row) + timesText(row) + qualityText(row) + memoryText(row), name(row)).not.toBe("");
  }
});

test("a table is read as its source prints it: times, ratios, gaps, what is uncached", () => {
  const [group, ...others] = figures(`
    method    at    seconds  gib        psnr
    # Latte | 16 frames, 512² | device: A100
    none      ·     1:02     2048/1024
    teacache  slow  31       ·          22.09
  `);
  expect(others).toEqual([]);
  expect(group).toEqual({
    ...{ model: "Latte", setting: "16 frames, 512²", device: "A100" },
    base: { seconds: 62, gib: 2 },
    runs: [{ method: "teacache", at: "slow", seconds: 31, psnr: 22.09 }],
  });
});

test.each([
  ["3,5 is no number", "method  seconds\n# m\nfora  3,5"],
  ["no column for 2", "method  seconds\n# m\nfora  1  2"],
  ["no column for 1", "method  second\n# m\nfora  1"],
  ["before the first model", "method  seconds\nfora  1"],
])("a damaged table is refused: %s", (says, table) => {
  expect(() => figures(table)).toThrow(says);
});

test("no figure stands twice", () => {
  const keys = published.map((row) => `${row.source.title}|${row.method}|${subjectText(row)}|${row.device}`);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});

test("a speed-up that is given is the ratio of the times beside it, to what its source rounds", () => {
  for (const row of published) {
    if (row.seconds === undefined || row.base.seconds === undefined || row.speedup === undefined) continue;
    expect(Math.abs(row.base.seconds / row.seconds / row.speedup - 1), name(row)).toBeLessThan(0.03); // PAB on Open-Sora-Plan is 2.3 % off in its source
  }
});

test("scores lie within their scales", () => {
  for (const { quality, base, ...row } of published)
    for (const run of [quality, base]) {
      expect(run.psnr ?? 20).toBeGreaterThan(5);
      expect(run.psnr ?? 20).toBeLessThan(60);
      for (const share of [run.ssim, run.lpips]) {
        expect(share ?? 0.5, row.source.title).toBeGreaterThan(0);
        expect(share ?? 0.5, row.source.title).toBeLessThan(1);
      }
      expect(run.vbench ?? 80).toBeGreaterThan(50);
      expect(run.vbench ?? 80).toBeLessThan(100);
    }
});

test("how a figure is written", () => {
  const row = published.find(
    ({ source, method, model }) =>
      source.title.startsWith("diffusers, pull requests") && method === "pab" && model === "Latte",
  );
  if (!row) throw new Error("the figures of diffusers for PAB are gone");
  expect(subjectText(row)).toBe("Latte, 16 frames, 512², 50 steps");
  expect([timesText(row), speedText(row), memoryText(row)]).toEqual(["31.74 s → 27.53 s", "1.15", "14.3 → 20.2 GiB"]);
  const judged = published.find(({ method, quality }) => method === "l2c" && quality.fid === 2.269);
  expect(judged && qualityText(judged)).toBe("FID 2.27 (base 2.26)");
});

test("a device is the one that the source names", () => {
  const devices = (model: string, title: string) => [
    ...new Set(
      published.filter((row) => row.model === model && row.source.title === title).map(({ device }) => device),
    ),
  ];
  expect(devices("Lumina-Image-2", "TeaCache READMEs")).toEqual(["RTX 4090"]);
  expect(devices("Lumina-Next", "TeaCache READMEs")).toEqual(["A800"]);
  for (const model of ["Wan2.2 5B", "Wan2.2 A14B", "FramePack", "FramePack-F1", "FLUX.1 Kontext"])
    expect(devices(model, "MagCache READMEs"), model).toEqual(["L20"]);
  expect(devices("Wan2.1 14B", "MagCache READMEs")).toEqual(["A800"]);
});

test("times beyond what their GPU can do are marked, with the share, and said beside the device", () => {
  const doubted = published.filter(({ doubt }) => doubt !== undefined);
  expect(new Set(doubted.map((row) => `${row.source.title}, ${row.model}, ${row.setting}`))).toEqual(
    new Set([
      "xDiT, pull request 453, FLUX.1-dev, not compiled",
      "xDiT, pull request 453, FLUX.1-dev, compiled",
      "SeaCache READMEs, HunyuanVideo, 720p",
      "TeaCache READMEs, Wan2.1 14B, image to video, 720p",
    ]),
  );
  for (const row of doubted) {
    expect(row.doubt).toMatch(/^\d+ % of the peak of (one|four) /);
    expect(deviceText(row)).toBe(`${row.device}; doubtful: ${row.doubt}`);
  }
});

test("memory is in GiB, or in the GB of its source, of both runs where it is of one", () => {
  const measured = published.filter(({ gib, gb }) => gib !== undefined || gb !== undefined);
  expect(measured.length).toBeGreaterThanOrEqual(13);
  for (const row of measured) {
    expect(row.gib === undefined || row.gb === undefined, name(row)).toBe(true);
    expect(row.gib ?? row.gb, name(row)).toBeLessThan(192);
  }
  const [first] = measured.filter(({ source }) => source.title === "diffusers, pull request 12648").slice(1);
  expect(first && memoryText(first)).toBe("33.8 → 33.9 GB");
});

test("a page shows published figures from this data, and writes none by hand", () => {
  for (const file of readdirSync("content/docs/methods").filter((one) => one.endsWith(".mdx"))) {
    const [, section = ""] = readFileSync(`content/docs/methods/${file}`, "utf8").split("\n## Published numbers\n");
    expect(section, file).not.toMatch(/^\|/m);
  }
});

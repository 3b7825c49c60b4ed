import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { qualityLines, qualitySources, qualityVerdict, recordedQuality } from "../../site/quality/recorded-quality.js";
import { median } from "../../src/engine/metrics/median.js";

const reports = qualitySources().map((source) => ({ source, report: recordedQuality(source) }));

it("what is published rests on at least 16 prompts, each with a seed of its own", () => {
  expect(reports.length).toBeGreaterThan(0);
  for (const { source, report } of reports) {
    expect([report.model, report.steps]).toEqual([source.model, source.steps]);
    expect(report.clips.length).toBeGreaterThanOrEqual(16);
    expect(new Set(report.clips.map(({ seed }) => seed)).size).toBe(report.clips.length);
  }
});

it("the verdict counts the methods that are above a rival in the median of the clips", () => {
  for (const { report } of reports) {
    const above = (psnr: readonly number[], kind: string, count: number): boolean | undefined => {
      const rival = report.rows.find((row) => row.kind === kind && row.options.for === count);
      return (
        rival && median(psnr.map((one, at) => (one === rival.psnr[at] ? 0 : one - (rival.psnr[at] as number)))) > 0
      );
    };
    const cached = report.rows
      .filter(({ kind }) => kind === "cached")
      .map(({ psnr, evaluations }) => {
        const count = Math.max(1, Math.ceil(median(evaluations) - 0.05));
        return { fewer: above(psnr, "fewer-steps", count), reused: above(psnr, "reused", count) };
      })
      .filter(({ fewer }) => fewer !== undefined);
    const over = cached.filter(({ fewer }) => fewer).length;
    const both = cached.filter(({ fewer, reused }) => fewer && reused).length;
    const verdict = qualityVerdict(report);
    expect(verdict).toContain(`${over} of ${cached.length} methods`);
    expect(verdict).toMatch(both === 0 ? /none is closer than both/ : new RegExp(`and ${both} are closer than both`));
    const gains = qualityLines(report).flatMap(({ gain }) => (gain === undefined ? [] : [gain]));
    expect(gains).toEqual(gains.toSorted((a, b) => b - a));
  }
});

it("the README says the verdicts at 28 steps", () => {
  const readme = readFileSync("README.md", "utf8");
  for (const { source, report } of reports)
    if (source.steps === 28) expect(readme).toContain(`- ${qualityVerdict(report)}\n`);
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type MethodsPicture, methodsPicture } from "../../site/landing/methods-picture.js";
import { qualityLines, qualitySources, recordedQuality } from "../../site/quality/recorded-quality.js";

const sizes = [
  [1060, 540],
  [344, 520],
] as const;
const cases = qualitySources().flatMap((source) =>
  sizes.map(([width, height]) => ({ ...source, width, height, report: recordedQuality(source) })),
);

/** Corners of a name as it is written, a little narrower than its letters may be. */
const boxOf = ({ name, label: { x, y, anchor } }: MethodsPicture["methods"][number]) => {
  const width = 6.5 * name.length;
  const left = x - { start: 0, middle: width / 2, end: width }[anchor];
  return { left, right: left + width, top: y - 6, bottom: y + 6 };
};

describe.each(cases)("$model, $steps steps, $width px", ({ report, width, height }) => {
  const picture = methodsPicture(report, width, height);

  it("draws every method whose clips differ, where its figures say, and both rivals", () => {
    const lines = qualityLines(report).filter(({ psnr }) => Number.isFinite(psnr.median));
    expect(picture.methods.map(({ name }) => name)).toEqual(lines.map(({ label }) => label));
    const order = (values: readonly number[]): number[] =>
      values.map((_, at) => at).toSorted((a, b) => (values[a] as number) - (values[b] as number));
    expect(order(picture.methods.map(({ x }) => x))).toEqual(order(lines.map(({ evaluations }) => -evaluations)));
    expect(order(picture.methods.map(({ y }) => y))).toEqual(order(lines.map(({ psnr }) => -psnr.median)));
    expect(picture.rivals.map(({ kind }) => kind)).toEqual(["fewer-steps", "reused"]);
    for (const { line } of picture.rivals) expect(line.length).toBeGreaterThan(3);
  });

  it("writes no name over another or outside of the picture", () => {
    const boxes = picture.methods.map(boxOf);
    for (const [at, one] of boxes.entries()) {
      expect(one.left >= 0 && one.right <= width && one.top >= 0 && one.bottom <= height).toBe(true);
      for (const other of boxes.slice(at + 1))
        expect(
          one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top,
          `${picture.methods[at]?.name}, ${picture.methods[boxes.indexOf(other)]?.name}`,
        ).toBe(true);
    }
  });
});

it("the first page says of how many steps and prompts its picture is", () => {
  const { steps, clips } = recordedQuality({ model: "latte-motion-nano", steps: 28 });
  const page = readFileSync("content/docs/index.mdx", "utf8");
  expect(page).toContain(`in ${steps} steps of a small video model`);
  expect(page).toContain(`the median over ${clips.length} prompts`);
});

import { expect, test } from "vitest";
import { dearest, fastAndGood, fastAndSmall } from "../../../site/story/exercises.js";
import { recordedStory } from "../../../site/story/recorded-story.js";

const { kept, losses, computed } = recordedStory();
const all = kept.flatMap(({ name, settings }) => settings.map((setting) => ({ name, ...setting })));

test("each place goes from no cache to more reuse: faster, and computed less often", () => {
  for (const { settings } of kept) {
    const [none, ...rest] = settings;
    expect(none).toMatchObject({ speedUp: 1, cacheBytes: 0, psnr: Number.POSITIVE_INFINITY });
    expect(rest.length).toBeGreaterThan(2);
    for (const [at, { speedUp, cacheBytes, computed }] of rest.entries()) {
      expect(speedUp).toBeGreaterThan(settings[at]?.speedUp as number);
      expect(cacheBytes).toBe(rest[0]?.cacheBytes);
      expect(computed).toHaveLength(20);
      expect(computed).toMatch(/^1.*0/);
    }
  }
});

test("the picture shows what FORA's recorded run computed", () => {
  expect(computed).toBe("11001001001001001001");
});

test("every exercise has right answers and wrong ones, and says why", () => {
  const said = (ask: typeof fastAndGood) =>
    all.filter((one) => ask(one).right).map(({ name, setting }) => `${name}: ${setting}`);
  expect(said(fastAndGood)).toContain("fora: interval 3");
  expect(said(fastAndGood)).not.toContain("fora: interval 4");
  expect(new Set(said(fastAndSmall).map((one) => one.split(":")[0]))).toEqual(new Set(["magcache", "cfgcache"]));
  expect(fastAndGood({ ...(all[0] as (typeof all)[number]) }).words).toMatch(/^Not yet: 1\.00× at no damage/);
  expect(fastAndSmall(all.find(({ setting }) => setting === "interval 3") as never).words).toMatch(/^No: 5\.6/);
});

test("the step that must not be skipped is the second", () => {
  const right = losses.map((_, at) => at + 2).filter((step) => dearest(losses, step).right);
  expect(right).toEqual([2]);
  expect(dearest(losses, 3).words).toMatch(/one step loses more/);
});

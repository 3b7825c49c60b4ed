import fc from "fast-check";
import { expect, it } from "vitest";
import { inTurn, placeInWords } from "../../site/device/turns.js";

/** A run that ends when told to. */
const run = () => {
  const control = new AbortController();
  const places: number[] = [];
  const state = { began: false, end: (_failed?: Error): void => {} };
  const done = inTurn(
    () =>
      new Promise<void>((resolve, reject) => {
        state.began = true;
        state.end = (failed) => (failed ? reject(failed) : resolve());
      }),
    { signal: control.signal, onPlace: (ahead) => places.push(ahead) },
  );
  done.catch(() => {});
  return { state, places, done, stop: () => control.abort() };
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("runs one at a time, in order, and tells each its place", async () => {
  const [a, b, c] = [run(), run(), run()];
  expect([a, b, c].map(({ state }) => state.began)).toEqual([true, false, false]);
  a.state.end(new Error("failed"));
  await expect(a.done).rejects.toThrow("failed");
  await settled();
  expect([b, c].map(({ state }) => state.began)).toEqual([true, false]);
  expect(a.places).toEqual([]);
  expect(c.places).toEqual([2, 1]);
  b.state.end();
  await settled();
  c.state.end();
  await c.done;
});

it("lets a waiting run leave, and those behind it move up", async () => {
  const [a, b, c] = [run(), run(), run()];
  b.stop();
  await expect(b.done).rejects.toMatchObject({ code: "stopped" });
  expect(c.places).toEqual([2, 1]);
  a.state.end();
  await settled();
  expect([b.state.began, c.state.began]).toEqual([false, true]);
  c.state.end();
  await c.done;
});

it("never runs two at once and never forgets one, however they come, end and leave", async () => {
  const action = fc.record({ what: fc.constantFrom("come", "end", "leave"), which: fc.nat(9) });
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
      const runs: ReturnType<typeof run>[] = [];
      const over = new Set<object>();
      const active = () => runs.filter((one) => one.state.began && !over.has(one));
      const end = async (one: ReturnType<typeof run> | undefined) => {
        if (!one) return;
        over.add(one);
        one.state.end();
        await settled();
      };
      for (const { what, which } of actions) {
        if (what === "come") runs.push(run());
        else if (what === "end") await end(active()[0]);
        else {
          const one = runs[which % Math.max(1, runs.length)];
          if (one && !one.state.began) {
            over.add(one);
            one.stop();
            await settled();
          }
        }
        expect(active().length).toBeLessThanOrEqual(1);
      }
      while (active().length > 0) await end(active()[0]);
      expect(runs.filter((one) => !over.has(one))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

it("says the place in words", () => {
  expect([1, 2].map(placeInWords)).toEqual([
    "Waiting for its turn: 1 run goes first",
    "Waiting for its turn: 2 runs go first",
  ]);
});

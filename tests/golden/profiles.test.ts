import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { readReal } from "./real.js";

// In SD3 and Qwen-Image nothing lies between some sub-layers, so that a piece of the pass computes nothing.
test.each(["sd3", "qwenimage", "wan"])("a profile of %s: blocks hold their sub-layers", async (name) => {
  const { folder, inputs, guidance } = readReal(name, "real");
  const engine = await createEngine({ model: folder, backend: "wasm" });
  const { passMs, siteMs, blockMs } = await engine.profile({ inputs, guidance });
  const [total, within] = [blockMs, Object.entries(siteMs).flatMap(([id, ms]) => (id.endsWith(".text") ? [] : ms))].map(
    (all) => all.reduce((sum, ms) => sum + ms, 0),
  ) as [number, number];
  for (const ms of [...blockMs, ...Object.values(siteMs)]) expect(ms).toBeGreaterThanOrEqual(0);
  expect(within).toBeGreaterThan(0);
  expect(total).toBeGreaterThanOrEqual(within);
  expect(passMs).toBeGreaterThanOrEqual(total * (1 - 1e-9));
  await engine.dispose();
});

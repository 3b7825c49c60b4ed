import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pab } from "../../src/engine/cache/methods/pyramid-attention-broadcast.js";
import type { CreateEngineOptions } from "../../src/engine/run/create-engine.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { engineRejection } from "../error.js";
import { relativeError } from "../golden/fixture.js";

const model = fileURLToPath(new URL("../../site/public/models/latte-motion-nano", import.meta.url));
const cache = [pab({ spatialAttentionBlockSkipRange: 2 })];

test("W8A8 is near float32, decides the same, keeps a quarter of the weights, and says so", async () => {
  const runs = [];
  for (const activations of [undefined, "int8"] as const) {
    const engine = await createEngine({ model, backend: "wasm", ...(activations && { activations }) });
    runs.push(await engine.generate({ steps: 4, cache }));
    await engine.dispose();
  }
  const [exact, near] = runs as [(typeof runs)[0], (typeof runs)[0]];
  const error = relativeError(near.clip.data, exact.clip.data);
  expect(error).toBeGreaterThan(1e-4);
  expect(error).toBeLessThan(0.5);
  expect(near.trace.sites).toEqual(exact.trace.sites);
  expect(near.trace.totals.bytes.peak.weights).toBeLessThan(0.35 * exact.trace.totals.bytes.peak.weights);
  expect(near.trace.notes?.join(" ")).toMatch(/W8A8.*: weights 0\.\d+ % \(RMS\) from those of the file/);
  expect(exact.trace.notes?.join(" ") ?? "").not.toContain("W8A8");
});

test.each([
  [{ activations: "int4" }, 'activations is "int4"'],
  [{ activations: "int8", backend: "webgpu" }, "run on WASM alone"],
])("%o is refused", async (options, says) => {
  const asked = createEngine({ model, ...(options as Partial<CreateEngineOptions>) });
  expect((await engineRejection("input-invalid", asked)).message).toContain(says);
});

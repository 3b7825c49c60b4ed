import fc from "fast-check";
import * as ort from "onnxruntime-web";
import { expect, it } from "vitest";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { type MethodName, methodFromName } from "../../src/engine/cache/methods/index.js";
import type { GenerateOptions } from "../../src/engine/engine.js";
import { openFiles } from "../../src/engine/models/files.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { engineOf } from "../../src/engine/run/engine-of.js";
import { readFixture } from "../golden/fixture.js";
import { recordedRequest, smallModels } from "../small-models.js";

const device = { backend: "wasm", description: "WebAssembly", ladder: [] } as const;

it("a run stopped at any moment ends as stopped, or whole, and the next one is bit for bit a fresh one", async () => {
  const { folder, tensor, scheduler } = readFixture("latte-a");
  const checkpoint = { ...(await loadCheckpoint(await openFiles(folder))), schedulerConfig: scheduler("ddim") };
  // Moments are calls of the backend: whatever a run does between two of them is one piece.
  let calls = 0;
  let atCall = (_: number): void => {};
  const base = wasmBackend(ort);
  const counted = Object.fromEntries(
    Object.entries(base).map(([name, value]) => [
      name,
      typeof value !== "function"
        ? value
        : (...request: unknown[]) => {
            atCall(++calls);
            return (value as (...all: unknown[]) => unknown)(...request);
          },
    ]),
  ) as unknown as typeof base;
  const engine = await engineOf(checkpoint, counted, device);
  const request = (name: MethodName, options: GenerateOptions = {}): GenerateOptions => ({
    ...recordedRequest(smallModels[0], tensor, 6),
    cache: [methodFromName(name, {})],
    ...options,
  });
  const names = ["pab", "taylorseer", "fastercache", "easycache", "dbcache"] as const;
  const fresh = new Map<string, { clip: Float32Array; sites: unknown; calls: number }>();
  for (const name of names) {
    calls = 0;
    const { clip, trace } = await engine.generate(request(name));
    fresh.set(name, { clip: clip.data, sites: trace.sites, calls });
  }
  let [stopped, whole] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.double({ min: 0, max: 1, noNaN: true }), async (name, share) => {
      const wanted = fresh.get(name) as { clip: Float32Array; sites: unknown; calls: number };
      const control = new AbortController();
      const moment = Math.ceil(share * wanted.calls);
      if (moment === 0) control.abort();
      calls = 0;
      atCall = (call) => call === moment && control.abort();
      const outcome = await engine.generate(request(name, { signal: control.signal })).then(
        ({ clip }) => clip.data,
        ({ code }) => code,
      );
      atCall = () => {};
      if (outcome === "stopped") stopped++;
      else {
        whole++; // stopped after its last graph had run
        expect(outcome).toEqual(wanted.clip);
      }
      const { clip, trace } = await engine.generate(request(name));
      expect(clip.data).toEqual(wanted.clip);
      expect(trace.sites).toEqual(wanted.sites);
      expect(trace.totals.bytes.now.cache).toBe(0);
    }),
    { numRuns: 60 },
  );
  expect(stopped).toBeGreaterThan(3 * whole);
  await engine.dispose();
});

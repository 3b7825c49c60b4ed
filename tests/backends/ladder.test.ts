import { expect, it } from "vitest";
import { chooseBackend } from "../../src/engine/backends/ladder.js";
import { engineRejection } from "../error.js";

it("in Node the WASM rung is taken, and the ladder says why no other is", async () => {
  const { backend, report } = await chooseBackend({ prefer: "auto" });
  expect(backend.name).toBe("wasm");
  expect(report.ladder).toEqual([
    { rung: "WebGPU, captured graphs", taken: false, reason: expect.stringContaining("no WebGPU here") },
    { rung: "WebGPU", taken: false, reason: expect.stringContaining("no WebGPU here") },
    { rung: "WASM", taken: true, reason: "Works everywhere." },
  ]);
  await backend.dispose();
});

it("in Node WebGPU cannot be insisted on", async () => {
  const { message, hint } = await engineRejection("backend-missing", chooseBackend({ prefer: "webgpu" }));
  expect(message).toContain("no WebGPU here");
  expect(hint).toContain('"wasm"');
});

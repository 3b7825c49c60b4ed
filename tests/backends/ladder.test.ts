import { expect, it } from "vitest";
import { chooseBackend } from "../../src/engine/backends/ladder.js";
import { engineRejection } from "../error.js";

it("in Node the WASM rung is taken unless WebGPU is asked for, and the ladder says so", async () => {
  const { backend, report } = await chooseBackend({ prefer: "auto" });
  expect(backend.name).toBe("wasm");
  expect(report.ladder).toEqual([
    { rung: "WebGPU, captured graphs", taken: false, reason: expect.stringContaining("In Node WebGPU is opened only") },
    { rung: "WebGPU", taken: false, reason: expect.stringContaining("In Node WebGPU is opened only") },
    { rung: "WASM", taken: true, reason: "Needs no GPU." },
  ]);
  await backend.dispose();
});

it("an insistence on WebGPU that fails says why and what to do", async () => {
  const surroundings = { gpu: undefined, secureContext: true, canSuspend: false };
  const { message, hint } = await engineRejection("backend-missing", chooseBackend({ prefer: "webgpu", surroundings }));
  expect(message).toContain("JSPI is missing");
  expect(hint).toContain('"wasm"');
});

import * as ort from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { decodeFloat16, encodeFloat16 } from "../../src/engine/files/float16.js";
import type { Graph } from "../../src/engine/graph/builder.js";
import { openFiles } from "../../src/engine/models/files.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { engineOf } from "../../src/engine/run/engine-of.js";
import { beside } from "../beside.js";
import { readFixture } from "../golden/fixture.js";
import { recordedRequest, runEverySegment, smallModels } from "../small-models.js";

const device = { backend: "wasm", description: "WebAssembly", ladder: [] } as const;

/** Half of the distance between neighbours in half precision, relative: what rounding one weight may change. */
const roundoff = 2 ** -11;

describe.each(smallModels)("$name with weights in half precision", (model) => {
  it("is within four roundings of itself in single precision, in every segment of every method", async () => {
    const { folder, tensor, scheduler } = readFixture(model.name);
    const schedulerConfig = scheduler(model.scheduler);
    const checkpoint = { ...(await loadCheckpoint(await openFiles(folder))), schedulerConfig };
    const half = {
      ...checkpoint,
      weights: new Map(
        [...checkpoint.weights].map(([key, weight]) => [
          key,
          { ...weight, data: decodeFloat16(encodeFloat16(weight.data)) },
        ]),
      ),
    };

    // The engine on rounded weights makes the same graphs; they are then run on the inputs of the other's.
    const graphs = new Map<string, Graph>();
    const halfBackend = wasmBackend(ort);
    const collecting = {
      ...halfBackend,
      compile(graph: Graph) {
        graphs.set(graph.key, graph);
        return halfBackend.compile(graph);
      },
    };
    const pair = beside(wasmBackend(ort), {
      backend: halfBackend,
      graphOf: ({ key }) => graphs.get(key) as Graph,
    });
    const engines = [
      await engineOf(half, collecting, device),
      await engineOf(checkpoint, pair.backend, device),
    ] as const;
    await runEverySegment(engines, model, recordedRequest(model, tensor, 6));
    const errors = [...pair.errors];
    expect(errors.length).toBeGreaterThan(40);
    expect(errors.filter(([, error]) => !(error < 4 * roundoff))).toEqual([]);
    expect(Math.max(...pair.errors.values())).toBeGreaterThan(roundoff / 8); // the weights did differ
    for (const engine of engines) await engine.dispose();
  });
});

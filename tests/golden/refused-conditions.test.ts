import { expect, test } from "vitest";
import type { RunInputs } from "../../src/engine/engine.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { engineRejection } from "../error.js";
import { readReal } from "./real.js";

// Conditions that a pipeline may have and the graphs do not cover are refused by name, before anything is computed.

const ones = (...dims: readonly number[]): Tensor => ({
  dims,
  data: new Float32Array(dims.reduce((product, dim) => product * dim, 1)).fill(1),
});
const mask = (...data: readonly number[]): Tensor => ({ dims: [1, data.length], data: Float32Array.from(data) });

const refused: readonly (readonly [string, "real" | "networks", string, (inputs: RunInputs) => object, string])[] = [
  [
    ...(["mochi-masked", "networks", "a mask with a gap"] as const),
    () => ({ mask: mask(1, 0, 1, 1, 0, 0) }),
    "The mask of the text is none of ones followed by zeros",
  ],
  [
    ...(["hunyuan-replaced", "networks", "no picture"] as const),
    () => ({ image: undefined }),
    "The model makes clips from a picture",
  ],
  [
    ...(["ltx-masked", "networks", "a mask of frames that condition a clip"] as const),
    ({ noise }) => ({
      conditioning_mask: ones(
        1,
        noise.dims.slice(2).reduce((product, dim) => product * dim, 1),
      ),
    }),
    '"conditioning_mask"',
  ],
];

test.each(refused)("%s (%s) with %s", async (name, room, _, more, says) => {
  const { folder, inputs } = readReal(name, room);
  const engine = await createEngine({ model: folder, backend: "wasm" });
  const given = Object.entries({ ...inputs.cond, ...more(inputs) }).filter(([, tensor]) => tensor !== undefined);
  const cond = Object.fromEntries(given) as Readonly<Record<string, Tensor>>;
  const run = engine.generate({ steps: 2, guidance: 1, inputs: { ...inputs, cond } });
  expect((await engineRejection("input-invalid", run)).message).toContain(says);
  await engine.dispose();
});

test("z-image takes two prompts of different lengths that fill up to as many rows, and refuses others", async () => {
  const { folder, inputs } = readReal("z-image-masked", "networks");
  const engine = await createEngine({ model: folder, backend: "wasm" });
  const { noise, cond } = inputs;
  const [, rows, columns] = (cond.text as Tensor).dims as [number, number, number];
  const run = (texts: Tensor, masks: Tensor) => {
    const both = { dims: [2, ...noise.dims.slice(1)], data: Float32Array.from([...noise.data, ...noise.data]) };
    return engine.generate({ steps: 2, guidance: 1, inputs: { noise: both, cond: { text: texts, mask: masks } } });
  };
  const reads = (length: number, ...counts: readonly number[]): Tensor => ({
    dims: [counts.length, length],
    data: Float32Array.from(counts.flatMap((count) => Array.from({ length }, (_unused, row) => (row < count ? 1 : 0)))),
  });
  const { latents } = await run(
    {
      dims: [2, rows, columns],
      data: Float32Array.from([...(cond.text as Tensor).data, ...(cond.text as Tensor).data]),
    },
    reads(rows, rows, rows - 3),
  );
  const half = latents.data.length / 2;
  const alone = await engine.generate({
    ...{ steps: 2, guidance: 1 },
    inputs: { noise, cond: { text: cond.text as Tensor, mask: reads(rows, rows - 3) } },
  });
  for (const [index, value] of alone.latents.data.entries()) expect(latents.data[half + index]).toBeCloseTo(value, 4);
  const long = ones(2, 40, columns);
  const error = await engineRejection("input-invalid", run(long, reads(40, 40, 9)));
  expect(error.message).toContain("has 9 rows of 40");
  await engine.dispose();
});

import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { engineRejection } from "../error.js";
import { readReal } from "../golden/real.js";

const { folder, inputs, guidance } = readReal("ltx-placed", "networks");
const coords = inputs.cond.video_coords as { readonly dims: readonly number[]; readonly data: Float32Array };

test("positions move what is predicted, and serve both branches unless the second has its own", async () => {
  const engine = await createEngine({ model: folder, backend: "wasm" });
  const { video_coords: _, ...unplaced } = inputs.cond;
  const run = async (of: typeof inputs) => [
    ...(await engine.generate({ steps: 1, guidance, inputs: of })).latents.data,
  ];
  const placed = await run(inputs);
  const twice = await run({ ...inputs, uncond: { ...inputs.uncond, video_coords: coords } });
  const usual = await run({ ...inputs, cond: unplaced });
  await engine.dispose();
  expect(twice).toEqual(placed);
  expect(usual).not.toEqual(placed);
});

test.each([
  [[1, 3, 8], "cond"],
  [[3, 24], "cond"],
  [[1, 2, 12 * 3], "uncond"],
] as const)("positions of the shape %j of %s are refused", async (dims, branch) => {
  const engine = await createEngine({ model: folder, backend: "wasm" });
  const odd = { dims, data: new Float32Array(dims.reduce((product, dim) => product * dim, 1)) };
  const of = { ...inputs, [branch]: { ...inputs[branch], video_coords: odd } };
  const error = await engineRejection("input-invalid", engine.generate({ steps: 1, guidance, inputs: of }));
  await engine.dispose();
  expect(error.message).toBe(`The input "video_coords" has the shape [${dims.join(", ")}]; expected [1, 3, 24].`);
});

import { expect, test } from "vitest";
import { filledRows, zImagePositions } from "../../src/engine/architectures/z-image-rows.js";
import { engineError } from "../error.js";

test.each([
  [1, 32],
  [32, 32],
  [33, 64],
])("%d rows are filled up to %d", (rows, wanted) => {
  expect(filledRows(rows)).toBe(wanted);
});

// ids of diffusers 0.42.1's ZImageTransformer2DModel.patchify_and_embed for 33 rows and latents of 4 × 66.
test("the picture is behind the text that is filled up, and what fills up the picture at the origin", () => {
  const { image, text } = zImagePositions([33, 2, 33], [66, 2, 33]);
  expect(text).toHaveLength(64);
  expect([text[0], text[32], text[63]]).toEqual([
    [1, 0, 0],
    [33, 0, 0],
    [64, 0, 0],
  ]);
  expect(image).toHaveLength(96);
  expect([image[0], image[33], image[65], image[66], image[95]]).toEqual([
    [65, 0, 0],
    [65, 1, 0],
    [65, 1, 32],
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test.each([[[65, 2, 33]], [[66, 1, 33]], [[66, 2, 32]]] as const)("positions of %j are too few", (longest) => {
  engineError("input-invalid", () => zImagePositions([33, 2, 33], longest));
});

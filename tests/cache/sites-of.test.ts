import { expect, test } from "vitest";
import { architectureOf } from "../../src/engine/architectures/index.js";
import { sitesOf } from "../../src/engine/cache/sites-of.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { openFiles } from "../../src/engine/models/files.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { readFixture } from "../golden/fixture.js";
import { readReal } from "../golden/real.js";

const small = ["cogvideox", "dit", "pixart", "qwenimage", "sd3", "wan"].map((name) => [name, "real"] as const);

test.each([
  ["latte-a", "a"],
  ["flux-a", "a"],
  ...small,
  ["chroma-deep", "networks"],
  ["flux2-dev", "networks"],
  ["hunyuan-told", "networks"],
  ["ltx-affine", "networks"],
  ["mochi-narrow", "networks"],
  ["z-image-bare", "networks"],
] as const)("%s: the sites said without weights are those of the model", async (name, room) => {
  const { folder, tensor } = room === "a" ? readFixture(name) : readReal(name, room);
  const { config, weights } = await loadCheckpoint(await openFiles(folder));
  const dims = tensor("noise").dims;
  const [clips, channels, frames, height, width] = (
    dims.length === 4 ? [...dims.slice(0, 2), 1, ...dims.slice(2)] : dims
  ) as [number, number, number, number, number];
  const geometry = { clips, channels, frames, height, width, tokens: 4 };
  const { sites: built } = (await architectureOf(config)).build(config, weightStore(weights), geometry);
  const said = sitesOf(config);
  const ids = (sites: typeof said) => sites.all().map(({ id, kind, values, keeps }) => ({ id, kind, values, keeps }));
  expect(ids(said)).toEqual(ids(built));
  expect(said.all("text-kv")).toHaveLength(built.all("text-kv").length);
  expect(said.depth).toBe(built.depth);
  const inside = (sites: typeof said) =>
    Array.from({ length: sites.depth }, (_, block) => {
      const { id, from, to, values } = sites.blocks(block, block + 1);
      return { id, values, holds: sites.all().flatMap((one) => (from <= one.from && one.to <= to ? [one.id] : [])) };
    });
  expect(inside(said)).toEqual(inside(built));
});

test("an architecture that is not there is refused with those that are", () => {
  expect(() => sitesOf({ _class_name: "toString" })).toThrow(
    expect.objectContaining({ code: "model-unknown", hint: expect.stringContaining("FluxTransformer2DModel") }),
  );
});

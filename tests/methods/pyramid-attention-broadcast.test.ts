import { describe, expect, test } from "vitest";
import { pab } from "../../src/engine/cache/methods/pyramid-attention-broadcast.js";
import { expectContract, grid, mask } from "../contract.js";

// arXiv:2408.12588. Masks as diffusers' hook made them: 20 steps 951 … 1, window (100, 800).

describe("Pyramid Attention Broadcast", () => {
  test.each([
    [2, "11111010101010101011"],
    [3, "11110010010010010011"],
    [4, "11111000100010001011"],
  ])("skip range %i: diffusers' mask", (range, golden) => {
    expect(mask(pab({ spatialAttentionBlockSkipRange: range }), "spatial-attention")).toBe(golden);
    expect(mask(pab({ crossAttentionBlockSkipRange: range }), "cross-attention")).toBe(golden);
  });

  test("the pyramid: cross-attention rests longest, feed-forward never", () => {
    const pyramid = pab({
      spatialAttentionBlockSkipRange: 2,
      temporalAttentionBlockSkipRange: 4,
      crossAttentionBlockSkipRange: 6,
    });
    expect(grid(pyramid)).toMatchInlineSnapshot(`
      "#####·#·#·#·#·#·#·## transformer_blocks.0.attn1
      ####··#·····#·····## transformer_blocks.0.attn2
      #################### transformer_blocks.0.ff
      #####···#···#···#·## temporal_transformer_blocks.0.attn1
      #################### temporal_transformer_blocks.0.ff"
    `);
  });

  test("a kind with null is left alone; with all three null, spatial attention gets 2", () => {
    expect(grid(pab())).toBe(grid(pab({ spatialAttentionBlockSkipRange: 2 })));
    expect(pab().options.spatialAttentionBlockSkipRange).toBe(2);
    expect(mask(pab({ crossAttentionBlockSkipRange: 3 }), "spatial-attention")).toBe("1".repeat(20));
  });

  test("both ends of the window lie outside: the reference's comparisons are strict", () => {
    const at = (window: [number, number]) =>
      mask(pab({ spatialAttentionBlockSkipRange: 2, spatialAttentionTimestepSkipRange: window }), "spatial-attention");
    expect(at([101, 901])).toBe("11101010101010101111"); // 901 is step 1, 101 is step 17
    expect(at([100, 902])).toBe("10101010101010101011");
  });

  test("a range of 1 computes everything", () => {
    expect(mask(pab({ spatialAttentionBlockSkipRange: 1 }), "spatial-attention")).toBe("1".repeat(20));
  });

  test.each([[[800, 100]], [[100, 100]], [[951, 951]]] as const)(
    "no timestep lies in %j, as in diffusers",
    (window) => {
      const method = pab({ temporalAttentionBlockSkipRange: 3, temporalAttentionTimestepSkipRange: window });
      expect(mask(method, "temporal-attention")).toBe("1".repeat(20));
      const [low, high] = window;
      expect(method.notes).toEqual([
        `No timestep lies above ${low} and below ${high}, so temporalAttentionTimestepSkipRange allows nothing.`,
      ]);
    },
  );

  test("keeps the contract", () => expectContract(pab({ temporalAttentionBlockSkipRange: 3 })));

  test.each([
    [{ spatialAttentionBlockSkipRange: 0 }, "option-invalid", "0"],
    [{ temporalAttentionBlockSkipRange: 1.5 }, "option-invalid", "1.5"],
    [{ crossAttentionBlockSkipRange: "2" }, "option-invalid", '"2"'],
    [{ spatialAttentionTimestepSkipRange: [100, Number.NaN] }, "option-invalid", "NaN"],
    [{ crossAttentionTimestepSkipRange: [100] }, "option-invalid", "[100]"],
    [{ spatialAttentionBlockSkipRange: undefined }, "option-invalid", "undefined"],
    [{ skipRange: 2 }, "option-unknown", "skipRange"],
  ])("%j is refused with its value", (options, code, part) => {
    expect(() => pab(options as object)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(part) }),
    );
  });
});

test("feed-forward broadcast: computed where an entry begins, then reused for its count, in its blocks", () => {
  // Timesteps 951, 901 … at 20 steps; 720 is first reached at 701, step 5.
  const method = pab({
    mlpBroadcast: [
      { timestep: 720, blocks: [0], skipCount: 2 },
      { timestep: 401, blocks: [0], skipCount: 1 },
    ],
  });
  expect(mask(method, "feed-forward")).toBe("11111100111101111111");
  const other = pab({
    mlpBroadcast: [{ timestep: 720, blocks: [3], skipCount: 2 }],
    spatialAttentionBlockSkipRange: 2,
  });
  expect(mask(other, "feed-forward")).toBe("1".repeat(20));
});

test("feed-forward broadcast may begin at the first step", () => {
  const method = pab({ mlpBroadcast: [{ timestep: 1000, blocks: [0], skipCount: 2 }] });
  expect(mask(method, "feed-forward")).toBe("1001".padEnd(20, "1"));
});

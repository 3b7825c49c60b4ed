import { expect, test } from "vitest";
import { fora } from "../../src/engine/cache/methods/fora.js";
import { expectContract, grid, mask } from "../contract.js";

// arXiv:2407.01425.

test("interval 3 over 20 steps: the countdown index is N − 1 or divisible by 3", () => {
  const countdown = Array.from({ length: 20 }, (_, step) => 19 - step);
  const reference = countdown.map((index) => (index === 19 || index % 3 === 0 ? "1" : "0")).join("");
  expect(reference).toBe("11001001001001001001");
  expect(mask(fora({ interval: 3 }), "spatial-attention")).toBe(reference);
});

test("all sub-layers rest together", () => {
  expect(
    new Set(
      grid(fora({ interval: 4 }))
        .split("\n")
        .map((line) => line.slice(0, 20)),
    ),
  ).toEqual(new Set(["#··#···#···#···#···#"]));
});

test("keeps the contract", () => expectContract(fora()));

test.each([[{ interval: 0 }], [{ interval: 2.5 }], [{ interval: null }]])("%j is refused", (options) => {
  expect(() => fora(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
});

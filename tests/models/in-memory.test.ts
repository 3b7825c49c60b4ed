import { expect, test } from "vitest";
import { downloads } from "../../src/engine/models/downloads.js";
import { engineRejection } from "../error.js";
import { serve } from "./serve.js";

test("what no memory holds in one piece is refused after one try", async () => {
  let asked = 0;
  const base = await serve((_, response) => {
    asked++;
    response.write("the beginning");
  });
  const expected = { bytes: 2 ** 34, sha256: "0".repeat(64) };
  const error = await engineRejection("out-of-memory", downloads(base).read("a", { expected }));
  expect(error.message).toContain("17.2 GB");
  expect(error.hint).toContain("--dtype q8");
  expect(asked).toBe(1);
});

import { expect, test } from "vitest";
import { failureOf } from "../../../site/notebook/cell/failure.js";
import { checkedError } from "../../../site/notebook/output/checked-output.js";

const thrown = (message: string, stack: string): Error => Object.assign(new Error(message), { stack });

test("an error's place is the topmost frame in a program, whatever its message says", () => {
  const worker = `    at o (data:text/javascript,${"x".repeat(300_000)}:1:2)`;
  const stack = `Error: in cell-9.ts:9:9 it is\n    at f (cell-1.ts:3:7)\n${worker}\n    at cell-2.ts:1:2`;
  expect(failureOf(thrown("in cell-9.ts:9:9 it is", stack)).at).toEqual({ program: "cell-1", line: 3, column: 7 });
  expect(failureOf(thrown("x", `ReferenceError: x\n${worker}\nf@cell-2.ts:4:5`)).at).toMatchObject({ line: 4 });
});

test.each([
  ["a message of 20 million letters", thrown("x".repeat(2e7), `Error: ${"x".repeat(2e7)}\n  at cell-1.ts:2:1`), 2],
  ["a stack of 20 million letters", thrown("short", `${"x".repeat(2e7)}\n  at cell-1.ts:4:1`), 4],
])("%s is read, and cut", (_, error, line) => {
  const { at, message } = failureOf(error);
  expect(at?.line).toBe(line);
  expect(message.length).toBeLessThanOrEqual(20_000);
});

test.each([
  ["a place that is none", thrown("x", "Error: x\n  at cell-1.ts:0:0")],
  [
    "a proxy that throws",
    new Proxy(new Error("x"), {
      getPrototypeOf: () => {
        throw new Error("no");
      },
    }),
  ],
  ["an object without text", Object.create(null)],
  [
    "a name that throws",
    Object.defineProperty(new Error("x"), "name", {
      get: () => {
        throw new Error("no");
      },
    }),
  ],
  ["a symbol", Symbol("s")],
])("%s is an error without a place", (_, error) => {
  expect(failureOf(error).at).toBeUndefined();
  expect(failureOf(error).message).not.toBe("");
});

test("the page takes an error as data: bounded texts, and a place that can be one", () => {
  expect(checkedError({ name: 1, message: "x".repeat(5000), at: { program: "cell-1", line: 0, column: 1 } })).toEqual({
    name: "1",
    message: `${"x".repeat(2000)} … 3000 more signs`,
  });
  expect(checkedError({ message: {}, hint: "h", at: { program: "../a", line: 1, column: 1 } })).toEqual({
    ...{ name: "Error", message: "", hint: "h" },
  });
  expect(checkedError(null)).toEqual({ name: "Error", message: "" });
});

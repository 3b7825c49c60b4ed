import { describe, expect, test } from "vitest";
import { EngineError, printable, shown } from "../src/engine/errors.js";

const deep = (depth: number): unknown => {
  let value: unknown = 0;
  for (let at = 0; at < depth; at++) value = [value];
  return value;
};

describe("a value in a message", () => {
  test("is JSON, or what JSON cannot say in words", () => {
    const cases: [unknown, string][] = [
      ["a", '"a"'],
      [3, "3"],
      [Number.NaN, "NaN"],
      [2n, "2"],
      [undefined, "undefined"],
      [null, "null"],
      [{ a: [1] }, '{"a":[1]}'],
      [() => 1, "a function"],
      [Symbol("s"), "a symbol"],
      [[2n], "a value of the type object that JSON cannot say"],
      [deep(100_000), "a value of the type object that JSON cannot say"],
    ];
    for (const [value, said] of cases) expect(shown(value)).toBe(said);
  });

  test("is cut, however long it is, and holds no control characters", () => {
    expect(shown("x".repeat(1e7))).toHaveLength(201);
    expect(shown(Array.from({ length: 1000 }, (_, at) => at))).toMatch(/^\[0,1,2.{194}…$/);
    expect(shown("\u001b[31m\u202e\u009b")).toBe('"\\u001b[31m\\u202e\\u009b"');
  });
});

test("an error is one line of bounded length without control characters, and so is its hint", () => {
  const { message, hint } = new EngineError("file-invalid", `a\n b\u001b]8;;x\u0007${"y".repeat(1e6)}`, {
    hint: "c\r\nd\u009b",
  });
  expect(message).toMatch(/^a b\\u001b\]8;;x\\u0007y+ …$/);
  expect(message.length).toBeLessThan(1520);
  expect(hint).toBe("c d\\u009b");
});

test("text of somebody else keeps its lines and tabs", () => {
  expect(printable("a\n\tb\u001b[2J")).toBe("a\n\tb\\u001b[2J");
});

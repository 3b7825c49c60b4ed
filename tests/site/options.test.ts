import { type MethodName, methods } from "diffusion-cache";
import { describe, expect, it } from "vitest";
import { optionsOf } from "../../site/methods/options-of.js";

describe.each(Object.keys(methods) as MethodName[])("the table of options of %s", (method) => {
  it("has a row for every option that the method resolves, each with a type, a default and a meaning", () => {
    const rows = optionsOf(method);
    const names = rows.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names.length > 0).toBe(method !== "textkv"); // the only method that has none
    for (const row of rows) expect(Object.values(row).every((cell) => cell !== "")).toBe(true);
  });
});

it("says what the code says", () => {
  expect(optionsOf("fora")).toEqual([
    { name: "interval", type: "number", default: "3", text: "Compute 1 step of this many." },
  ]);
});

it("refuses a method that is not there", () => {
  expect(() => optionsOf("nothing")).toThrow(/no method "nothing"/);
});

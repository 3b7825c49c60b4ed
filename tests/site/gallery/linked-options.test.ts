import { expect, test } from "vitest";
import { linkedOptions } from "../../../site/gallery/linked-options.js";
import type { Knob } from "../../../site/program/example-module.js";

const scale = { min: 1, max: 8, step: 1, help: "" };
const knobs: readonly Knob[] = [
  { ...scale, type: "range", name: "every", label: "Every", default: 2 },
  { ...scale, max: 1000, type: "window", name: "window", label: "Window", default: [100, 800] },
  { type: "select", name: "by", label: "By", default: "line", choices: ["line", "taylor"], help: "" },
  { type: "toggle", name: "lite", label: "Lite", default: true, help: "" },
];
const all = { every: 4, window: [50, 900], by: "taylor", lite: false, order: 1 };

test("every control gets the method's value, not its own default", () => {
  const options = { every: 4, window: [50, 900], by: "taylor", lite: false };
  expect(linkedOptions(knobs, { every: 4 }, all)).toEqual({ options });
});

test("a range that is off is one that computes every step", () => {
  expect(linkedOptions(knobs, {}, { ...all, every: null })).toMatchObject({ options: { every: 1 } });
});

test("a choice that is off is none, where there is such a choice", () => {
  const offered = knobs.map((knob) =>
    knob.type === "select" ? { ...knob, choices: [...knob.choices, "none"] } : knob,
  );
  expect(linkedOptions(offered, {}, { ...all, by: null })).toMatchObject({ options: { by: "none" } });
});

test.each([
  ["above a range", { ...all, every: 9 }, "every"],
  ["below a range", { ...all, every: 0.5 }, "every"],
  ["a range of another kind", { ...all, every: "4" }, "every"],
  ["outside a window", { ...all, window: [0, 900] }, "window"],
  ["an empty window", { ...all, window: [900, 900] }, "window"],
  ["no window", { ...all, window: null }, "window"],
  ["no choice of the list", { ...all, by: "hermite" }, "by"],
  ["no choice at all", { ...all, by: null }, "by"],
  ["no toggle", { ...all, lite: 1 }, "lite"],
])("%s cannot be set", (_, options, name) => {
  expect(linkedOptions(knobs, {}, options)).toEqual({ cannot: [name] });
});

test("an option without a control cannot be set, unless it is at its default", () => {
  expect(linkedOptions(knobs, { order: 2 }, { ...all, order: 2 })).toEqual({ cannot: ["order"] });
  expect(linkedOptions(knobs, {}, all)).toHaveProperty("options");
});

test("of options that exclude each other the one that was set is named", () => {
  expect(linkedOptions(knobs, { every: 9 }, { ...all, every: 9, by: null })).toEqual({ cannot: ["every"] });
});

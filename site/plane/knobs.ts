import type { Knob } from "../program/example-module.js";
import type { Choice } from "./experiment.js";

/** What the page shows first. */
export const usual: Choice = { steps: 16, interval: 4, order: 2, distance: 2.4, width: 0.3 };

/** The controls of a choice. */
export const knobs: readonly (Knob & { readonly type: "range"; readonly name: keyof Choice })[] = [
  {
    type: "range",
    name: "steps",
    label: "Steps",
    help: "In the whole run.",
    min: 6,
    max: 40,
    step: 1,
    default: usual.steps,
  },
  {
    type: "range",
    name: "interval",
    label: "Compute every",
    help: "1 computes every step.",
    min: 1,
    max: 6,
    step: 1,
    default: usual.interval,
  },
  {
    type: "range",
    name: "order",
    label: "Order",
    help: "For Taylor and Hermite; 0 is reuse.",
    min: 0,
    max: 3,
    step: 1,
    default: usual.order,
  },
  {
    type: "range",
    name: "distance",
    label: "Distance of clusters",
    help: "From the centre.",
    min: 0.4,
    max: 3,
    step: 0.1,
    default: usual.distance,
  },
  {
    type: "range",
    name: "width",
    label: "Width of a cluster",
    help: "Narrow and far apart: paths bend sharply.",
    min: 0.05,
    max: 0.8,
    step: 0.05,
    default: usual.width,
  },
];

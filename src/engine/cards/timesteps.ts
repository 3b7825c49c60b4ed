import { EngineError } from "../errors.js";
import { empiricalMu } from "../schedulers/pipeline-sigmas.js";
import { trailing } from "../schedulers/spacing.js";
import type { TimestepRule } from "./card.js";

const training = 1000;

/** σ of each step of Mochi's schedule (linear_quadratic_schedule in diffusers). */
const linearQuadratic = (steps: number, threshold: number): number[] => {
  const linear = Math.floor(steps / 2);
  const rest = steps - linear;
  if (linear === 0) return [1];
  const difference = linear - threshold * steps;
  const square = difference / (linear * rest ** 2);
  const slope = threshold / linear - (2 * difference) / rest ** 2;
  return Array.from({ length: steps }, (_, i) =>
    i < linear ? 1 - (i * threshold) / linear : 1 - (square * i ** 2 + slope * i + square * linear ** 2),
  );
};

type Shift = Extract<TimestepRule, { readonly kind: "flow" }>["shift"];

const shiftOf = (shift: Shift, steps: number, tokens: number): number => {
  if (typeof shift === "number") return shift;
  if (shift === "empirical") return Math.exp(empiricalMu(tokens, steps));
  const [fewest, most] = shift.tokens;
  return Math.exp(shift.base + ((shift.most - shift.base) * (tokens - fewest)) / (most - fewest));
};

/**
 * The timesteps of a run as its pipeline in diffusers passes them, 1000 … 0, near enough for windows of timesteps and
 * the boundary of experts: rounding and solvers that add a step are left out.
 * @param tokens of the image or video, which the shift of some pipelines grows with
 * @param sigmas in place of the pipeline's, before the shift; as many as steps
 * @throws EngineError "input-invalid" for the number of steps
 */
export const cardTimesteps = (
  rule: TimestepRule,
  steps: number,
  tokens: number,
  sigmas?: readonly number[],
): readonly number[] => {
  if (!Number.isSafeInteger(steps) || steps < 1 || steps > training)
    throw new EngineError("input-invalid", `The number of steps is ${steps}; expected a whole number from 1 to 1000.`, {
      hint: "20 to 50 steps are usual.",
    });
  if (sigmas?.some((sigma) => !(sigma >= 0 && sigma <= 1)) || (sigmas && sigmas.length !== steps))
    throw new EngineError("input-invalid", "sigmas are not one number from 0 to 1 for each step.", {
      hint: "Write them noise first, before the shift: 1,0.75,0.5,0.25.",
    });
  if (rule.kind === "diffusion") {
    if (sigmas)
      throw new EngineError("input-invalid", "The model's scheduler counts timesteps and takes no sigmas.", {
        hint: "Give timesteps, or leave them out.",
      });
    if (rule.spacing === "trailing") return trailing(steps, training);
    const each = Math.floor(training / steps);
    return Array.from({ length: steps }, (_, i) => (steps - 1 - i) * each + rule.offset);
  }
  if (rule.kind === "linear-quadratic")
    return (sigmas ?? linearQuadratic(steps, rule.threshold)).map((sigma) => sigma * training);
  const { shift, laid = "pipeline" } = rule;
  const factor = shiftOf(shift, steps, tokens);
  const shifted = (sigma: number): number => (factor * sigma) / (1 + (factor - 1) * sigma);
  const least = shifted(1 / training);
  const sigmaAt = (i: number): number => {
    if (sigmas) return sigmas[i] as number;
    if (laid === "euler") return steps === 1 ? 1 : 1 - (i / (steps - 1)) * (1 - least);
    return 1 - (i / steps) * (laid === "unipc" ? 1 - 1 / training : 1);
  };
  const timesteps = Array.from({ length: steps }, (_, i) => training * shifted(sigmaAt(i)));
  // UniPC keeps whole timesteps, and its first σ just below 1.
  return laid === "unipc" ? timesteps.map((one) => Math.floor(Math.min(one, training - 1e-3))) : timesteps;
};

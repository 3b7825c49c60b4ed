import { dpCachePlan, type JumpErrors, type StepPlan } from "diffusion-cache";

/** What a reader asks a plan for. */
export interface PlanChoice {
  readonly numFullSteps: number;
  readonly objective: "sum" | "minimax";
  readonly estimate: "line" | "reuse";
}

/** One jump of the picture, from a computed step to the next; the last one leads to the end of the run. */
export interface Cell {
  readonly from: number;
  readonly to: number;
  readonly cost: number;
  /** 0 for the cheapest jump that loses anything, 1 for the dearest; by logarithms. */
  readonly heat: number;
}

/** What a jump loses where the step before it was computed too. */
const lossOf = ({ line, reuse }: JumpErrors, estimate: PlanChoice["estimate"], from: number, to: number): number => {
  const row = estimate === "line" && from > 0 ? line[from - 1]?.[0] : reuse[from];
  return (row ?? []).slice(0, to - from - 1).reduce((sum, one) => sum + one, 0);
};

/** Every jump of two steps and more, with its cost. */
export const cellsOf = (errors: JumpErrors, estimate: PlanChoice["estimate"]): readonly Cell[] => {
  const steps = errors.reuse.length + 1;
  const jumps = Array.from({ length: steps }, (_, from) =>
    Array.from({ length: Math.max(0, steps - 1 - from) }, (_, way) => {
      const to = from + 2 + way;
      return { from, to, cost: lossOf(errors, estimate, from, to) };
    }),
  ).flat();
  const logs = jumps.map(({ cost }) => Math.log(Math.max(cost, Number.MIN_VALUE)));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  return jumps.map((jump, at) => ({ ...jump, heat: high > low ? ((logs[at] as number) - low) / (high - low) : 0 }));
};

/** The plan of a choice, and the loss of the best plan of every budget from the smallest on. */
export const plansOf = (
  errors: JumpErrors,
  choice: PlanChoice,
): { readonly plan: StepPlan; readonly losses: readonly { readonly budget: number; readonly loss: number }[] } => {
  const steps = errors.reuse.length + 1;
  const planned = (numFullSteps: number): StepPlan => dpCachePlan({ errors, ...choice, numFullSteps }, steps);
  return {
    plan: planned(choice.numFullSteps),
    losses: Array.from({ length: steps - 2 }, (_, at) => ({ budget: at + 3, loss: planned(at + 3).loss })),
  };
};

/** What a plan of computed steps is made of. */
export interface StepPlanRequest {
  /** Denoising steps of the run. */
  readonly steps: number;
  /** How many of them are computed. */
  readonly budget: number;
  /** Steps from the first on that are computed in any plan. */
  readonly leading: number;
  /** Compute the last step too. */
  readonly last: boolean;
  /** Most steps from a computed one to the next, and from the last to the end of the run. */
  readonly maxGap: number;
  /** "sum" of the costs of all jumps; "minimax": the largest first, where equal the second largest, and so on. */
  readonly objective: "sum" | "minimax";
  /**
   * What it costs to jump from a computed step `at` to the next one, `to`; `to` is `steps` at the end of the run.
   * @param before the computed step before `at`; −1 where there is none
   */
  cost(before: number, at: number, to: number): number;
}

/** Which steps are computed, and what is expected to be lost. */
export interface StepPlan {
  /** Ascending. */
  readonly computed: readonly number[];
  /** Of each jump between computed steps behind the leading ones, and of the one to the end, in order. */
  readonly jumps: readonly { readonly from: number; readonly to: number; readonly cost: number }[];
  /** Sum of the costs of all jumps. */
  readonly loss: number;
}

/** The smallest budget with which a plan keeps its gaps. */
export const fewestSteps = ({
  steps,
  leading,
  last,
  maxGap,
}: Omit<StepPlanRequest, "budget" | "objective" | "cost">): number =>
  leading + Math.ceil((steps - leading + (last ? 0 : 1)) / maxGap) - (last ? 0 : 1);

/** The best way to a pair of computed steps that follow each other. */
interface Way {
  readonly before: number;
  readonly at: number;
  readonly cost: number;
  readonly sum: number;
  /** Costs of its jumps, largest first; only where the objective compares them. */
  readonly sorted: readonly number[];
  readonly from?: Way;
}

const withCost = (sorted: readonly number[], cost: number): readonly number[] => {
  const place = sorted.findIndex((one) => one < cost);
  return place === -1 ? [...sorted, cost] : sorted.toSpliced(place, 0, cost);
};

/** Both hold equally many costs. */
const lexicographicallyLess = (a: readonly number[], b: readonly number[]): boolean => {
  const differs = a.findIndex((cost, index) => cost !== b[index]);
  return differs !== -1 && (a[differs] as number) < (b[differs] as number);
};

/**
 * The exact plan of least cost, by dynamic programming over pairs of computed steps that follow each other (the planner
 * of DPCache, arXiv:2602.22654, as SGLang makes it exact: a cost depends on both). All ways to a pair have equally many
 * jumps, and one more jump changes neither of two sums nor two sorted lists of costs in their order, so the best way to a
 * pair is enough for either objective. Of equal ways the one whose earlier pair comes first is kept.
 *
 * @returns undefined where no plan keeps the gaps
 */
export const planSteps = (request: StepPlanRequest): StepPlan | undefined => {
  const { steps, budget, leading, last, maxGap, objective, cost } = request;
  const byList = objective === "minimax";
  const better = (one: Way, other: Way | undefined): boolean =>
    !other || (byList ? lexicographicallyLess(one.sorted, other.sorted) : one.sum < other.sum);
  const onward = (way: Way, to: number): Way => {
    const jump = cost(way.before, way.at, to);
    const sorted = byList ? withCost(way.sorted, jump) : way.sorted;
    return { before: way.at, at: to, cost: jump, sum: way.sum + jump, sorted, from: way };
  };
  let ways: readonly Way[] = [{ before: leading - 2, at: leading - 1, cost: 0, sum: 0, sorted: [] }];
  for (let count = leading; count < budget; count++) {
    const next = new Map<number, Way>();
    for (const way of ways)
      for (let to = way.at + 1; to < Math.min(steps, way.at + maxGap + 1); to++) {
        const there = onward(way, to);
        const pair = way.at * steps + to;
        if (better(there, next.get(pair))) next.set(pair, there);
      }
    ways = [...next].toSorted(([a], [b]) => a - b).map(([, way]) => way);
  }
  let best: Way | undefined;
  for (const way of ways) {
    if ((last && way.at !== steps - 1) || steps - way.at > maxGap) continue;
    const there = onward(way, steps);
    if (better(there, best)) best = there;
  }
  return best && planOf(best, leading);
};

const planOf = (end: Way, leading: number): StepPlan => {
  const ways: Way[] = [];
  for (let way: Way | undefined = end; way; way = way.from) ways.unshift(way);
  const jumps = ways.slice(1).map(({ before, at, cost }) => ({ from: before, to: at, cost }));
  return {
    computed: [...Array.from({ length: leading }, (_, step) => step), ...ways.slice(1, -1).map(({ at }) => at)],
    jumps,
    loss: end.sum,
  };
};

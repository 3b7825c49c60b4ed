import {
  type CacheMethod,
  compute,
  methodFromName,
  modelCard,
  type PlanRequest,
  planRun,
  type Readings,
  type RunPlan,
  type SiteKind,
} from "diffusion-cache";

/** A method of a published run: one of the engine's, or a name of its own with the kinds of sub-layers it skips. */
export interface PublishedMethod {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** A key of mag-ratios.json. */
  readonly ratios?: string;
  readonly kinds?: readonly SiteKind[];
  /** Steps that the authors compute whatever they measured. */
  readonly computed?: readonly number[];
}

/** The settings of a published run, as far as its source says them. */
export interface PublishedPlan
  extends Pick<PlanRequest, "width" | "height" | "frames" | "shares" | "modules" | "dtype"> {
  readonly card: string;
  readonly steps: number;
  readonly methods?: readonly PublishedMethod[];
  readonly secondExpert?: readonly PublishedMethod[];
  /** An uncached run of so many steps. */
  readonly fewer?: number;
  /** Every measured change was below the threshold: what was decided then follows from the settings. */
  readonly readings?: "below";
}

/** Ratios of each pass of guidance, by model. */
export type MagRatios = Readonly<
  Record<string, { readonly cond: readonly number[]; readonly uncond?: readonly number[] }>
>;

/** A method that a source describes and this engine does not have, skipping sub-layers of some kinds or whole blocks. */
const foreign = ({ name, kinds }: PublishedMethod): CacheMethod => ({
  name,
  options: {},
  sites: (model) => (kinds ? model.all(...kinds) : [model.blocks()]),
  start: () => () => compute,
});

/** A published run's method as the planner takes it. */
export const methodOf =
  (ratios: MagRatios) =>
  (method: PublishedMethod): CacheMethod => {
    const { name, options = {}, ratios: key } = method;
    if (name === "dbprune" || name.startsWith("l2c")) return foreign(method);
    if (key === undefined) return methodFromName(name, options);
    const { cond, uncond = cond } = ratios[key] as MagRatios[string];
    const [first, second] = [cond, uncond].map((magRatios) => methodFromName(name, { ...options, magRatios }));
    return {
      ...(first as CacheMethod),
      start(run) {
        const decide = ((run.branch === "cond" ? first : second) as CacheMethod).start(run);
        return (visit) => {
          const forced = method.computed?.includes(visit.step) ?? false;
          const decision = decide({ ...visit, forced });
          return forced ? compute : decision;
        };
      },
    };
  };

const below: Readings = () => [{ change: 0, magnitude: 1, present: 1, rms: 0 }];

/** The plan of a published run, and what it gains by operations. */
export const recompute = (
  plan: PublishedPlan,
  ratios: MagRatios,
): { readonly plan: RunPlan; readonly ideal: number } => {
  const { card: name, methods = [], secondExpert, fewer, readings, ...run } = plan;
  const card = modelCard(name);
  const make = methodOf(ratios);
  const planned = planRun({
    ...run,
    card,
    methods: methods.map(make),
    ...(secondExpert ? { secondExpert: secondExpert.map(make) } : {}),
    ...(readings ? { readings: below } : {}),
  });
  if (fewer === undefined) return { plan: planned, ideal: planned.idealSpeedUp };
  const short = planRun({ ...run, card, steps: fewer });
  return { plan: short, ideal: run.steps / short.steps };
};

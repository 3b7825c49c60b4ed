import { type CacheMethod, latteSites, type MethodName, methodToPlan, takesNumbers } from "diffusion-cache";

// What a method needs, asked of the method itself.

/** How far into the network it reaches: not at all, around the blocks, or into every block. */
export type Reach = "outputs" | "blocks" | "sub-layers";

export interface MethodNeeds {
  readonly reach: Reach;
  /** What it decides by: the step alone, numbers measured once per model, or numbers of the run itself. */
  readonly decidesBy: "step" | "calibration" | "data";
  readonly guidance: boolean;
  readonly calibration: boolean;
}

const reachOf = (kinds: ReadonlySet<string>): Reach => {
  if ([...kinds].every((kind) => ["output", "guided", "uncond"].includes(kind))) return "outputs";
  return [...kinds].every((kind) => kind === "blocks") ? "blocks" : "sub-layers";
};

export const methodNeeds = (name: MethodName): MethodNeeds => {
  const method: CacheMethod = methodToPlan(name, {}, 2);
  const parts = method.parts ?? [method];
  const sites = latteSites(8);
  const kinds = new Set(parts.flatMap((part) => part.sites(sites).map(({ kind }) => kind as string)));
  const measures = parts.some(({ probes }) => probes !== undefined);
  const calibration = takesNumbers(name);
  return {
    reach: reachOf(kinds),
    decidesBy: measures ? "data" : calibration ? "calibration" : "step",
    guidance: kinds.has("uncond"),
    calibration,
  };
};

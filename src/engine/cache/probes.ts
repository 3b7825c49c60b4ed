import type { Backend, Handle } from "../backends/backend.js";
import { EngineError } from "../errors.js";
import { type CacheMethod, compute, type Decision, type Probe, type Reading } from "../method.js";
import type { Model, Tap } from "../models/model.js";
import { type ActiveSite, probesOf } from "./decide.js";
import type { frameMotion } from "./frame-motion.js";
import type { HandleCounts } from "./history.js";
import type { SeaFilter } from "./sea-filter.js";

interface Older {
  step?: Handle;
  /** Of computed steps, newest first. */
  computed: Handle[];
}

interface Probed {
  readonly probe: Probe;
  /** Of a filtered probe a tap of its own, whose value before the network is the filtered one. */
  readonly tap: Tap;
}

/**
 * The probes of all methods of one branch: which taps a pass must hand out, their older selves, and the readings.
 * A tap behind the whole network is read after the pass and its reading is told at the next visit.
 */
export const probeBench = (
  backend: Backend,
  counts: HandleCounts,
  model: Model,
  filter: SeaFilter,
  active: readonly ActiveSite[],
) => {
  const methods = [...new Set(active.map(({ method }) => method))];
  const taps = new Map<string, Tap>();
  const tapOf = (method: CacheMethod, probe: Probe): Tap => {
    const key = probe.filter ? `${probe.tap} filtered, ${probe.filter.powerExp}` : probe.tap;
    const tap = taps.get(key) ?? { ...model.tap(probe.tap), id: key };
    if (probe.filter && tap.after > 0)
      throw new EngineError("site-missing", `${method.name} filters ${probe.tap}, which lies inside the network.`, {
        hint: 'Filter "latents", or probe without a filter.',
      });
    if (probe.since === "estimate" && tap.since === undefined)
      throw new EngineError("site-missing", `${method.name} verifies ${probe.tap}, which is no run of blocks.`, {
        hint: 'Verify what blocks add, "blocks.7-8".',
      });
    taps.set(key, tap);
    return tap;
  };
  const probes = new Map<CacheMethod, readonly Probed[]>(
    methods.map((method) => [
      method,
      probesOf(method, model.sites).map((probe) => ({ probe, tap: tapOf(method, probe) })),
    ]),
  );
  const older = new Map<string, Older>();
  const now = new Map<string, Handle>();
  const late = new Map<string, Reading>();
  const end = model.parts.length;
  /** Read behind the decision, and told at the next visit. */
  const isLate = ({ probe, tap }: Probed): boolean => tap.after === end || probe.told === "next-visit";
  /** Probes of one tap share what is older, but for those that are for different sites. */
  const memoryOf = (method: CacheMethod, { probe, tap }: Probed): string =>
    `${method.name} ${tap.id} ${probe.site ?? ""}`;
  const lateOf = (method: CacheMethod, entry: Probed): string => `${memoryOf(method, entry)} ${entry.probe.since}`;
  const olderOf = (key: string): Older => {
    const found = older.get(key) ?? { computed: [] };
    older.set(key, found);
    return found;
  };
  const reference = (method: CacheMethod, entry: Probed): Handle | undefined => {
    const { probe } = entry;
    const { step, computed } = olderOf(memoryOf(method, entry));
    const older = { "last-step": step, "last-compute": computed[0], "compute-before-last": computed[1] };
    return probe.since === "estimate" || probe.since === "frame-before" ? undefined : older[probe.since];
  };
  /** Loaded on demand: one method asks. */
  let frames: ReturnType<typeof frameMotion> | undefined;
  const motion = async (tensor: Handle, tap: string): Promise<Reading | undefined> => {
    const { frameMotion } = await import("./frame-motion.js");
    frames ??= frameMotion(backend, model);
    return frames(tensor, tap);
  };
  const readingOf = async (
    method: CacheMethod,
    entry: Probed,
    present: Handle | undefined,
  ): Promise<Reading | undefined> => {
    if (!present) return undefined;
    if (entry.probe.since === "frame-before") return motion(present, entry.probe.tap);
    const past = reference(method, entry);
    return past ? backend.measure(present, past) : undefined;
  };
  const verified = new Map<Tap, readonly [Handle, Handle]>();
  /** Probes that are read for a site: its own, and those of all sites of its method. */
  const at = ({ method, site }: ActiveSite): readonly Probed[] =>
    (probes.get(method) ?? []).filter(({ probe }) => (probe.site ?? site.id) === site.id);

  /** Lets go of what belongs to one pass. */
  const drop = (): void => {
    for (const handle of [...now.values(), ...[...verified.values()].flat()]) counts.drop(handle);
    now.clear();
    verified.clear();
  };

  return {
    /** Takes in what lies before the network. */
    async begin(step: number, inputs: ReadonlyMap<string, Handle>): Promise<void> {
      for (const { probe, tap } of [...probes.values()].flat()) {
        if (tap.after > 0 || now.has(tap.id)) continue;
        const value = inputs.get(tap.value) as Handle;
        now.set(tap.id, probe.filter ? await filter.apply(value, step, probe.filter.powerExp) : counts.hold(value));
      }
    },
    /** Taps that are needed before `one` is decided. */
    needed: (one: ActiveSite): readonly Tap[] =>
      at(one)
        .filter((entry) => entry.probe.since !== "estimate" && !isLate(entry))
        .map(({ tap }) => tap),
    /** Taps inside the network that are read where `one` is computed. */
    whereComputed: (one: ActiveSite): readonly Tap[] =>
      at(one)
        .filter((entry) => isLate(entry) && entry.tap.after < end)
        .map(({ tap }) => tap),
    /** Taps whose blocks are to be computed beside their estimate. */
    toVerify: (one: ActiveSite): readonly Tap[] =>
      at(one)
        .filter(({ probe }) => probe.since === "estimate")
        .map(({ tap }) => tap),
    /** Takes over the caller's hold on both. */
    putVerified(tap: Tap, computed: Handle, estimated: Handle): void {
      verified.set(tap, [computed, estimated]);
    },
    has: (tap: Tap): boolean => now.has(tap.id),
    /** Takes over the caller's hold. */
    put(tap: Tap, handle: Handle): void {
      now.set(tap.id, handle);
    },
    /** Measures what was declared for `one`, in the method's order. */
    async read(one: ActiveSite): Promise<(Reading | undefined)[]> {
      const { method } = one;
      const readings: (Reading | undefined)[] = [];
      for (const entry of at(one)) {
        const { probe, tap } = entry;
        if (isLate(entry) || probe.since === "estimate") readings.push(late.get(lateOf(method, entry)));
        else readings.push(await readingOf(method, entry, now.get(tap.id)));
      }
      return readings;
    },
    /** Ends a pass: taps of this step become older ones. `output` is the prediction if the network ran. */
    async settle(decisions: ReadonlyMap<ActiveSite, Decision>, output: Handle | undefined): Promise<void> {
      const answered = [...decisions];
      /** Whether it was computed where the probe is read for; a site that was left out was not. */
      const computes = (method: CacheMethod, { probe: { site } }: Probed): boolean => {
        const last = answered.findLast(([one]) => one.method === method && (site ?? one.site.id) === one.site.id);
        return last ? last[1] === compute : site === undefined;
      };
      for (const [method, entries] of probes) {
        for (const entry of entries) {
          const { probe, tap } = entry;
          const key = lateOf(method, entry);
          if (probe.since === "estimate") {
            const both = verified.get(tap);
            if (both) late.set(key, await backend.measure(...both));
            else late.delete(key);
            continue;
          }
          const present = tap.after === end ? output : now.get(tap.id);
          if (!isLate(entry) || !computes(method, entry)) continue;
          const reading = await readingOf(method, entry, present);
          if (reading) late.set(key, reading);
        }
        for (const key of new Set(entries.map((entry) => memoryOf(method, entry)))) {
          const group = entries.filter((entry) => memoryOf(method, entry) === key);
          const [entry] = group as [Probed];
          const present = entry.tap.after === end ? output : now.get(entry.tap.id);
          if (!present) continue;
          const memory = olderOf(key);
          const wanted = group.map(({ probe }) => probe.since);
          if (wanted.includes("last-step")) {
            if (memory.step) counts.drop(memory.step);
            memory.step = counts.hold(present);
          }
          if (!computes(method, entry)) continue;
          const depth = wanted.includes("compute-before-last") ? 2 : wanted.includes("last-compute") ? 1 : 0;
          memory.computed.unshift(counts.hold(present));
          for (const old of memory.computed.splice(depth)) counts.drop(old);
        }
      }
      drop();
    },
    handles: (): Handle[] =>
      [...older.values()].flatMap(({ step, computed }) => (step ? [step, ...computed] : computed)),
    clear(): void {
      drop();
      for (const { step, computed } of older.values())
        for (const one of step ? [step, ...computed] : computed) counts.drop(one);
      older.clear();
    },
  };
};

export type ProbeBench = ReturnType<typeof probeBench>;

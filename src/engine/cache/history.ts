import type { Backend, Handle } from "../backends/backend.js";
import type { compute, Decision, Site } from "../method.js";
import { loadDecomposition } from "./decomposition.js";
import type { featureProducts } from "./feature-products.js";

/**
 * Counts who still needs a handle, so that one tensor can be latents, probe and feature at once without a copy.
 * Whoever gets a fresh handle holds it once.
 */
export const handleCounts = (backend: Pick<Backend, "release">) => {
  const counts = new Map<Handle, number>();
  const count = (handle: Handle): number => counts.get(handle) ?? 1;
  return {
    hold(handle: Handle): Handle {
      counts.set(handle, count(handle) + 1);
      return handle;
    },
    drop(handle: Handle): void {
      const left = count(handle) - 1;
      if (left > 0) counts.set(handle, left);
      else {
        counts.delete(handle);
        backend.release(handle);
      }
    },
  };
};

export type HandleCounts = ReturnType<typeof handleCounts>;

/** One kept feature: a handle per tensor of the site, or its low and high band. */
export type Feature = readonly Handle[];

/** The kept features of one branch, newest first, and what they weigh. */
export const featureHistory = (backend: Pick<Backend, "combine" | "read">, counts: HandleCounts) => {
  const kept = new Map<string, Feature[]>();
  const recent = new Map<string, Feature[]>();
  const add = (to: Map<string, Feature[]>, { id }: Site, feature: Feature, limit: number): void => {
    const features = [feature, ...(to.get(id) ?? [])];
    for (const old of features.splice(limit)) for (const handle of old) counts.drop(handle);
    to.set(id, features);
  };
  let productsOf: ReturnType<typeof featureProducts> | undefined;
  return {
    /** Takes over the caller's hold on `feature`; the oldest beyond `limit` goes. */
    push: (site: Site, feature: Feature, limit: number): void => add(kept, site, feature, limit),
    /** Keeps the newest two values of a site, computed or estimated. Takes over the caller's hold. */
    pushRecent: (site: Site, feature: Feature): void => add(recent, site, feature, 2),
    /** Σ weights · kept for each tensor of the site. The caller holds the result. */
    estimate(site: Site, decision: Exclude<Decision, typeof compute>): Feature {
      const features = [...(kept.get(site.id) as Feature[]), ...(recent.get(site.id) ?? [])];
      const { weights } = decision;
      if ("low" in weights) {
        const [low, high] = features[0] as [Handle, Handle];
        return [
          backend.combine([
            { handle: low, weight: weights.low },
            { handle: high, weight: weights.high },
          ]),
        ];
      }
      return (features[0] as Feature).map((newest, index) =>
        weights.length === 1 && weights[0] === 1
          ? counts.hold(newest)
          : backend.combine(
              weights.map((weight, age) => ({ handle: (features[age] as Feature)[index] as Handle, weight })),
            ),
      );
    },
    /** Those kept at a site, newest first. */
    newest: (site: Site): readonly Feature[] => kept.get(site.id) ?? [],
    /** Of each kept feature with each, newest first. */
    async products(site: Site): Promise<readonly (readonly number[])[]> {
      await loadDecomposition(); // which makes weights of them
      const { featureProducts } = await import("./feature-products.js"); // few runs need either
      productsOf ??= featureProducts((handle) => backend.read(handle));
      return productsOf(kept.get(site.id) ?? []);
    },
    /** Distinct handles held here. */
    handles: (): Set<Handle> => new Set([...kept.values(), ...recent.values()].flat(2)),
    clear(): void {
      for (const handle of [...kept.values(), ...recent.values()].flat(2)) counts.drop(handle);
      kept.clear();
      recent.clear();
    },
  };
};

export type FeatureHistory = ReturnType<typeof featureHistory>;

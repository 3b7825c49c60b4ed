import { type CacheMethod, compute, reuse } from "../../src/engine/method.js";

/** Computes where `mask` has a 1; one site. */
export const masked = (mask: string, sites: CacheMethod["sites"], extra: Partial<CacheMethod> = {}): CacheMethod => ({
  name: "mask",
  options: {},
  sites,
  start:
    () =>
    ({ step }) =>
      mask[step] === "1" ? compute : reuse,
  ...extra,
});

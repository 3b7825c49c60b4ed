import type { Flag } from "./arguments.js";

/** Flags that several verbs have. */
export const methodFlags: Readonly<Record<string, Flag>> = {
  method: { value: "NAME", repeated: true, help: "caching method; may be repeated to compose (default: none)" },
  options: {
    value: "KEY=VALUE,…",
    repeated: true,
    help: "its options, or @file.json, or JSON; the k-th belongs to the k-th --method",
  },
  calibration: {
    value: "FILE.json",
    help: "numbers for magcache, teacache, smoothcache, dpcache, meancache and the forecast l2p (default: the model's)",
  },
};

/** For verbs that load a model. */
export const presetFlag: Readonly<Record<string, Flag>> = {
  preset: { value: "NAME", help: "gentle, balanced or strong: the model's settings of each --method" },
};

export const commonFlags: Readonly<Record<string, Flag>> = {
  json: { help: "print machine-readable JSON" },
  help: { help: "print this help" },
};

import { EngineError, shown } from "../../errors.js";
import type { CacheMethod } from "../../method.js";
import { type Forecast, type Guards, guarded, withForecast } from "../compose.js";
import { checks } from "../options.js";
import { adaCache } from "./ada-cache.js";
import { cfgCache } from "./cfg-cache.js";
import { dbCache } from "./db-cache.js";
import { dbPrune } from "./db-prune.js";
import { diCache } from "./di-cache.js";
import { dpCache } from "./dp-cache.js";
import { easyCache } from "./easy-cache.js";
import { fasterCache } from "./faster-cache.js";
import { firstBlockCache } from "./first-block-cache.js";
import { fora } from "./fora.js";
import { lazyCache } from "./lazy-cache.js";
import { magCache } from "./mag-cache.js";
import { meanCache } from "./mean-cache.js";
import { pab } from "./pyramid-attention-broadcast.js";
import { seaCache } from "./sea-cache.js";
import { senCache } from "./sen-cache.js";
import { smoothCache } from "./smooth-cache.js";
import { speca } from "./speca.js";
import { spectrum } from "./spectrum.js";
import { stepMask } from "./step-mask.js";
import { taylorSeer } from "./taylor-seer.js";
import { teaCache } from "./tea-cache.js";
import { textKvCache } from "./text-kv.js";

/** Every method by its name on the command line. One line per method. */
export const methods = {
  adacache: adaCache,
  cfgcache: cfgCache,
  dbcache: dbCache,
  dbprune: dbPrune,
  dicache: diCache,
  dpcache: dpCache,
  easycache: easyCache,
  fastercache: fasterCache,
  firstblockcache: firstBlockCache,
  fora,
  lazycache: lazyCache,
  magcache: magCache,
  mask: stepMask,
  meancache: meanCache,
  pab,
  seacache: seaCache,
  sencache: senCache,
  smoothcache: smoothCache,
  speca,
  spectrum,
  taylorseer: taylorSeer,
  teacache: teaCache,
  textkv: textKvCache,
} as const;

/** A key of {@link methods}. */
export type MethodName = keyof typeof methods;

/** @throws EngineError "method-unknown" */
export const methodName = (name: unknown): MethodName => {
  if (typeof name === "string" && Object.hasOwn(methods, name)) return name as MethodName;
  throw new EngineError("method-unknown", `There is no caching method ${shown(name)}.`, {
    hint: `Choose one of: ${Object.keys(methods).join(", ")}.`,
  });
};

/**
 * A method said as data, as a trace, a worker message or a command line has it. Any method also takes `guards` and
 * `forecast` (see `guarded` and `withForecast`).
 * @throws EngineError "method-unknown", "option-unknown", "option-invalid"
 */
export const methodFromName = (name: string, options: object = {}): CacheMethod => {
  const build = methods[methodName(name)] as (options: object) => CacheMethod;
  checks(name).record("options", options);
  const { guards, forecast, ...own } = options as { readonly guards?: Guards; readonly forecast?: Forecast };
  const method = build(own);
  const forecasting = (forecast ?? null) === null ? method : withForecast(method, forecast as Forecast);
  return (guards ?? null) === null ? forecasting : guarded(forecasting, guards as Guards);
};

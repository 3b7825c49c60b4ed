import { EngineError } from "../../errors.js";
import type { CacheMethod } from "../method.js";
import { cfgCache } from "./cfg-cache.js";
import { fasterCache } from "./faster-cache.js";
import { firstBlockCache } from "./first-block-cache.js";
import { fora } from "./fora.js";
import { magCache } from "./mag-cache.js";
import { pab } from "./pyramid-attention-broadcast.js";
import { taylorSeer } from "./taylor-seer.js";

/** Every method by its name on the command line. One line per method. */
export const methods = {
  cfgcache: cfgCache,
  fastercache: fasterCache,
  firstblockcache: firstBlockCache,
  fora,
  magcache: magCache,
  pab,
  taylorseer: taylorSeer,
} as const;

export type MethodName = keyof typeof methods;

/**
 * A method said as data, as a trace, a worker message or a command line has it.
 * @throws EngineError "method-unknown", "option-unknown", "option-invalid"
 */
export const methodFromName = (name: string, options: object = {}): CacheMethod => {
  if (!Object.hasOwn(methods, name))
    throw new EngineError("method-unknown", `There is no caching method "${name}".`, {
      hint: `Choose one of: ${Object.keys(methods).join(", ")}.`,
    });
  return (methods as Record<string, (options: object) => CacheMethod>)[name]?.(options) as CacheMethod;
};

import type { ModelCard } from "../cards/card.js";
import { cardFromJson, cardToJson } from "../cards/card-from-json.js";
import {
  aFunction,
  aMethod,
  aNumber,
  anAmount,
  anObject,
  aText,
  type Check,
  fields,
  listOf,
  mapOf,
  oneOf,
  wholeFrom,
} from "../expect.js";
import { dtypes } from "./dtypes.js";

// What the public functions of planning take.

/** A model card. */
export const aCard: Check = (value, path) => {
  const wrong = anObject(value, path);
  if (wrong !== undefined) return wrong;
  try {
    cardFromJson(cardToJson(value as ModelCard));
    return undefined;
  } catch (cause) {
    return `${path} is no model card: ${(cause as Error).message}`;
  }
};

const size = wholeFrom(1, 65_536);
const someMethods = listOf(aMethod, { most: 100 });

/** Of `planRun`. */
export const aRequest = fields({
  card: aCard,
  "width?": size,
  "height?": size,
  "frames?": size,
  "steps?": wholeFrom(1, 1000),
  "guidance?": anAmount,
  "text?": wholeFrom(0, 1e6),
  "references?": wholeFrom(0, 64),
  "clips?": wholeFrom(1, 1000),
  "dtype?": oneOf(...dtypes),
  "methods?": someMethods,
  "secondExpert?": someMethods,
  "timesteps?": listOf(aNumber, { least: 1, most: 1000 }),
  "sigmas?": listOf(aNumber, { least: 1, most: 1000 }),
  "shares?": anObject, // each is checked where it is used
  "readings?": aFunction,
  "modules?": aText,
});

/** What `planRun` gives. */
export const aRunPlan = fields({
  card: aCard,
  size: fields({ width: size, height: size, frames: size }),
  steps: wholeFrom(1, 1000),
  timesteps: listOf(aNumber, { most: 1000 }),
  tokens: mapOf(aNumber),
  branches: wholeFrom(1, 2),
  passes: wholeFrom(1, 9),
  clips: wholeFrom(1, 1000),
  dtype: oneOf(...dtypes),
  flopsPerPass: anAmount,
  passFlops: fields({ products: anAmount, attention: anAmount }),
  kinds: listOf(fields({ kind: aText, flops: anAmount, skipped: aNumber })),
  sites: listOf(fields({ site: aText, kind: aText, computed: aText, bytes: anAmount })),
  computedShare: anAmount,
  idealSpeedUp: anAmount,
  stepShares: listOf(anAmount, { most: 1000 }),
  ...{ cacheBytes: anAmount, hiddenBytes: anAmount, weightsBytes: anAmount },
  decidedBy: anObject,
});

/** A device as `gpus` has them. */
export const aGpu = fields({
  memoryGib: anAmount,
  peakTflops: anAmount,
  evidence: aText,
  efficiency: fields({ products: anAmount, attention: anAmount }),
});

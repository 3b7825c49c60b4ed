import { cardNames, modelCard } from "diffusion-cache";
import { choiceOf } from "./choice.js";
import { candidatesFor } from "./search.js";

export { cardNames };

/** What is asked: a model, and its side lengths as a share of the usual ones. */
export interface Asked {
  readonly card: string;
  readonly scale: number;
}

/** What each method keeps of a run of that size. */
export interface CacheCosts {
  readonly asked: Asked;
  readonly size: { readonly width: number; readonly height: number; readonly frames: number };
  readonly weightsBytes: number;
  readonly rows: readonly { readonly method: string; readonly bytes: number }[];
}

/** Divides what every card's patch and autoencoder ask for. */
const grain = 32;
const scaled = (side: number, scale: number): number =>
  scale === 1 ? side : Math.max(1, Math.round((side * scale) / grain)) * grain;

/** The methods with their usual settings, the leanest first, in bfloat16. A method that keeps nothing there is left out. */
export const cacheCosts = async (asked: Asked): Promise<CacheCosts> => {
  const { card, scale } = asked;
  const usual = choiceOf(card, { method: "none" });
  const size = { width: scaled(usual.width, scale), height: scaled(usual.height, scale), frames: usual.frames };
  const rows: CacheCosts["rows"][number][] = [];
  for await (const { method, cacheBytes } of candidatesFor({ ...usual, ...size }, false, () => undefined))
    rows.push({ method, bytes: cacheBytes });
  return {
    ...{ asked, size, weightsBytes: 2 * modelCard(card).parameters },
    rows: rows.toSorted((a, b) => a.bytes - b.bytes),
  };
};

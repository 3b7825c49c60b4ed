import type { MethodName } from "diffusion-cache";
import { aroundBlocks } from "./facts/around-blocks.js";
import { atTheOutput } from "./facts/at-the-output.js";
import type { MethodFacts } from "./facts/facts.js";
import { insideBlocks } from "./facts/inside-blocks.js";

export type { MethodFacts } from "./facts/facts.js";

/** What the cards and tables say of every method. */
export const methodFacts: Readonly<Record<MethodName, MethodFacts>> = {
  ...atTheOutput,
  ...aroundBlocks,
  ...insideBlocks,
};

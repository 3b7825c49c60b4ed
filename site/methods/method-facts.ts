import type { MethodName } from "diffusion-cache";
import { aroundBlocks } from "./around-blocks.js";
import { atTheOutput } from "./at-the-output.js";
import type { MethodFacts } from "./facts.js";
import { insideBlocks } from "./inside-blocks.js";

export type { MethodFacts } from "./facts.js";

/** What the cards and tables say of every method. */
export const methodFacts: Readonly<Record<MethodName, MethodFacts>> = {
  ...atTheOutput,
  ...aroundBlocks,
  ...insideBlocks,
};

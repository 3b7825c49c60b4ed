import { createWorkerEngine } from "diffusion-cache";
import { middleHalf } from "./cell-1";

export const engine = await createWorkerEngine({ model: "/models/latte-motion-nano" });
export const asked = { prompt: "a large red circle moving right on a black background", seed: 7, steps: 12 };

export const uncached = await engine.generate(asked);
export const own = await engine.generate({ ...asked, cache: [middleHalf] });
display(uncached, own);

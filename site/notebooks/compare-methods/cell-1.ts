import { createWorkerEngine } from "diffusion-cache";

// The page's own engine. The model loads with the first run and stays for all cells.
export const engine = await createWorkerEngine({ model: "/models/latte-motion-nano" });

export const asked = { prompt: "a large red circle moving right on a black background", seed: 7, steps: 12 };
export const uncached = await engine.generate(asked);
display(uncached);

import { type MethodName, methodFromName, methods } from "../src/engine/cache/methods/index.js";
import type { Engine, GenerateOptions } from "../src/engine/engine.js";
import type { Tensor } from "../src/engine/tensor.js";
import { strong } from "./strong.js";

/** The small models of tests/fixtures, one of each architecture, with the methods that find no place in them. */
export const smallModels = [
  { name: "latte-a", scheduler: "ddim", guidance: 3, refused: [] },
  { name: "flux-a", scheduler: "flow", guidance: 1, refused: ["cfgcache", "fastercache", "textkv"] },
] as const;

type SmallModel = (typeof smallModels)[number];

/** A run from the recorded noise and conditions of a model. */
export const recordedRequest = (
  { name, guidance }: SmallModel,
  tensor: (key: string) => Tensor,
  steps: number,
): GenerateOptions => {
  const text = (key: string) => ({ text: tensor(key) });
  const inputs =
    name === "latte-a"
      ? { noise: tensor("noise"), cond: text("cond"), uncond: text("uncond") }
      : { noise: tensor("noise"), cond: { ...text("text"), pooled: tensor("pooled") } };
  return { steps, sigmas: "scheduler", guidance, inputs };
};

/** Makes each engine run every segment of every method, and every sub-layer as a segment. The first one calibrates. */
export const runEverySegment = async (
  engines: readonly Engine[],
  { refused }: SmallModel,
  request: GenerateOptions,
): Promise<void> => {
  const calibration = await (engines[0] as Engine).calibrate(request);
  for (const engine of engines) {
    await engine.profile(request); // cuts at every sub-layer
    for (const method of Object.keys(methods) as MethodName[]) {
      if ((refused as readonly string[]).includes(method)) continue;
      const cache = [methodFromName(method, { ...calibration[method as "magcache"], ...strong[method] })];
      await engine.generate({ ...request, cache });
    }
  }
};

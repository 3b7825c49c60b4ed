import { EngineError } from "../errors.js";
import { accept, is, listOf } from "../expect.js";
import type { LatentDrift } from "../trace/trace.js";

/** Both relative distances of one tensor from another; 0 between equal ones, infinite from one that is all zeros. */
export const relativeDistances = (
  one: Float32Array,
  reference: Float32Array,
): { readonly l1: number; readonly l2: number } => {
  let [apart, size, squares, norm] = [0, 0, 0, 0];
  for (let at = 0; at < reference.length; at++) {
    const [a, b] = [one[at] as number, reference[at] as number];
    apart += Math.abs(a - b);
    size += Math.abs(b);
    squares += (a - b) ** 2;
    norm += b * b;
  }
  return { l1: apart === 0 ? 0 : apart / size, l2: squares === 0 ? 0 : Math.sqrt(squares / norm) };
};

export const aStep = is("a Float32Array", (value) => value instanceof Float32Array);
const someSteps = listOf(aStep, { most: 1000 });

/**
 * Drift of the latents in each step: relative L1 and L2 between the latents of a run and those of the uncached run of the
 * same noise, after every step. 0 … ∞, lower is better; not symmetric, since it is relative to the reference. 0 until the
 * method first skips something. Ask both runs for `stepLatents`.
 *
 * @throws EngineError "input-invalid" when the runs differ in steps or in the size of their latents
 */
export const latentDrift = (reference: readonly Float32Array[], latents: readonly Float32Array[]): LatentDrift => {
  accept("latentDrift", { reference: [reference, someSteps], latents: [latents, someSteps] });
  if (reference.length !== latents.length || latents.some((one, step) => one.length !== reference[step]?.length))
    throw new EngineError(
      "input-invalid",
      `Latents of ${reference.length} and of ${latents.length} steps cannot be compared, or they differ in size.`,
      { hint: "Compare runs of the same model, steps and size." },
    );
  const found = latents.map((one, step) => relativeDistances(one, reference[step] as Float32Array));
  return { l1: found.map(({ l1 }) => l1), l2: found.map(({ l2 }) => l2) };
};

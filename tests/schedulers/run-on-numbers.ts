import type { Scheduler, StepWeights } from "../../src/engine/schedulers/scheduler.js";

/** A run of a scheduler on a few numbers: what `run/advance.ts` does with tensors. */
export const runOnNumbers = (
  { timesteps, inputScale = () => 1, history = 0, initNoiseSigma, step }: Scheduler,
  noise: readonly number[],
  model: (input: readonly number[], step: number) => readonly number[],
  draw: () => readonly number[] = () => noise.map(() => 0),
) => {
  const { fround } = Math;
  let sample: readonly number[] = noise.map((value) => fround(value * initNoiseSigma));
  let past: (readonly number[])[] = [];
  let last = sample;
  const steps: { readonly sample: readonly number[]; readonly clean: readonly number[] }[] = [];
  for (const i of timesteps.keys()) {
    const { clean, output, corrected, next, draws = 0 } = step(i);
    const prediction = model(
      sample.map((value) => fround(value * inputScale(i))),
      i,
    );
    let drawn: readonly number[] = [];
    for (let k = 0; k < draws; k++) drawn = draw();
    const bound = clean.clamp ?? Number.POSITIVE_INFINITY;
    const cleans = sample.map((x, k) =>
      fround(Math.min(bound, Math.max(-bound, clean.sample * x + clean.prediction * (prediction[k] as number)))),
    );
    const kept = output
      ? sample.map((x, k) => fround(output.sample * x + output.prediction * (prediction[k] as number)))
      : cleans;
    const sum = (weights: StepWeights, from: readonly number[]) =>
      from.map((x, k) => {
        const terms = [
          [weights.sample, x],
          [weights.prediction, prediction[k] as number],
          [weights.clean, kept[k] as number],
          ...(weights.past ?? []).map((weight, at) => [weight, past[at]?.[k] as number]),
          ...(weights.last === undefined ? [] : [[weights.last, last[k] as number]]),
          ...(weights.noise === undefined ? [] : [[weights.noise, drawn[k] as number]]),
        ] as [number, number][];
        return fround(terms.reduce((total, [weight, value]) => (weight === 0 ? total : total + weight * value), 0));
      });
    const from = corrected ? sum(corrected, sample) : sample;
    sample = sum(next, from);
    past = [kept, ...past].slice(0, history);
    last = from;
    steps.push({ sample, clean: cleans });
  }
  return steps;
};

// What the engine adds to plain onnxruntime-web, and what handing out features costs.
import { pab } from "../dist/lib/cache/methods/pyramid-attention-broadcast.js";
import { cutsOf } from "../dist/lib/measure/profile.js";
import { type Effort, inTurn, type Measured, ratioTo, spread } from "./report.ts";
import { guidance, nanoSize, ort, type Subject, smallSize, subject } from "./subject.ts";

/** The same run written by hand over one session: both branches, guidance and the scheduler's step in one loop. */
const plainRun = async ({ whole, model, noise, text, scheduler }: Subject, steps: number) => {
  const session = await ort.InferenceSession.create(whole.serialize("initializers"), { executionProviders: ["wasm"] });
  const { timesteps, step } = scheduler(steps);
  const tensorOf = (data: Float32Array, dims: readonly number[]) => new ort.Tensor("float32", data, dims);
  return async () => {
    let sample = noise.data;
    for (const [index, timestep] of timesteps.entries()) {
      const embedded = model.embedTimestep(timestep);
      const shared = { latents: tensorOf(sample, noise.dims), timestep: tensorOf(embedded.data, embedded.dims) };
      const predict = async ({ data, dims }: typeof noise) =>
        (await session.run({ ...shared, text: tensorOf(data, dims) }))[model.output]?.data as Float32Array;
      const [cond, uncond] = [await predict(text.cond), await predict(text.uncond)];
      const { clean, next } = step(index);
      const clamp = clean.clamp ?? Number.POSITIVE_INFINITY;
      const moved = new Float32Array(sample.length);
      for (let k = 0; k < moved.length; k++) {
        const x = sample[k] as number;
        const guided = (1 - guidance) * (uncond[k] as number) + guidance * (cond[k] as number);
        const x0 = Math.max(-clamp, Math.min(clamp, clean.sample * x + clean.prediction * guided));
        moved[k] = next.sample * x + next.prediction * guided + next.clean * x0;
      }
      sample = moved;
    }
    return sample;
  };
};

const everything = pab({
  spatialAttentionBlockSkipRange: 1,
  temporalAttentionBlockSkipRange: 1,
  crossAttentionBlockSkipRange: 1,
});

export const tax = async ({ quick, open }: Effort): Promise<Measured> => {
  const backend = await open();
  const rows: (string | number)[][] = [];
  for (const [name, size, steps, rounds] of [
    ["nano", nanoSize, 5, quick ? 4 : 15],
    ["small", smallSize, 1, quick ? 2 : 7],
  ] as const) {
    const one = subject(size, backend);
    const times = await inTurn(
      {
        "onnxruntime-web by hand": await plainRun(one, steps),
        "engine, uncached": () => one.run(steps, []),
        "engine, PAB with everything computed": () => one.run(steps, [everything]),
        ...(name === "nano"
          ? { "engine, every sub-layer a graph": () => one.run(steps, [], { cuts: cutsOf(one.model.sites) }) }
          : {}),
      },
      rounds,
    );
    const [plain, uncached] = [...times.values()] as [number[], number[]];
    for (const [way, ms] of times)
      rows.push([name, way, steps, spread(ms), ratioTo(plain, ms).toFixed(3), ratioTo(uncached, ms).toFixed(3)]);
  }
  await backend.dispose();
  return {
    id: "tax",
    title: "What the engine adds, and what cutting costs",
    says: "The same denoising loop by hand over one onnxruntime-web session of the whole network (two passes, guidance and scheduler step in every step), and through the engine; then with every attention output handed out and kept, and with every sub-layer a graph of its own. Time is the whole run's, median (least–most); ratios are medians over rounds.",
    columns: ["Model", "Way", "Steps", "Time, ms", "To plain", "To uncached"],
    rows,
  };
};

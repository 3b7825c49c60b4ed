import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { schedulerFromConfig } from "../../src/engine/schedulers/index.js";
import { type Sigmas, scheduleOf } from "../../src/engine/schedulers/pipeline-sigmas.js";
import { engineError } from "../error.js";
import { readFixture } from "../golden/fixture.js";

const flow = (fields: object = {}) => ({ _class_name: "FlowMatchEulerDiscreteScheduler", ...fields });

const laid = (network: string, scheduler: object, steps: number, sigmas?: Sigmas, size?: object) => {
  const fields = { _class_name: network, in_channels: 64 };
  const found = scheduleOf({ sigmas, defaultSteps: steps, network: fields, scheduler, size: size as undefined });
  return schedulerFromConfig(scheduler, found.steps, found.schedule).timesteps;
};
const at = (timesteps: readonly number[], ...places: readonly number[]) => places.map((place) => timesteps.at(place));
const close = (wanted: readonly number[]) => wanted.map((one) => expect.closeTo(one, 3));

// diffusers 0.42.1: set_timesteps(sigmas=…, mu=…) with what each pipeline passes.
describe("what a pipeline passes to its scheduler", () => {
  test("FluxPipeline: linspace(1, 1 / N), where the scheduler alone lays 1000, 667, 334, 1", () => {
    expect(laid("FluxTransformer2DModel", flow(), 4)).toEqual([1000, 750, 500, 250]);
    expect(laid("FluxTransformer2DModel", flow(), 4, "scheduler")).toEqual(close([1000, 667, 334, 1]));
    expect(laid("FluxTransformer2DModel", flow(), 1)).toEqual([1000]);
    expect(laid("LatteTransformer3DModel", flow(), 4)).toEqual(close([1000, 667, 334, 1]));
  });

  const dynamic = { use_dynamic_shifting: true, shift: 3 };
  const large = { channels: 16, frames: 1, height: 128, width: 128 };
  test.each([
    ["FluxTransformer2DModel", dynamic, large, [1000, 988.4086, 759.511, 104.7209]],
    ["FluxTransformer2DModel", dynamic, undefined, [1000, 988.4086, 759.511, 104.7209]],
    ["Flux2Transformer2DModel", dynamic, large, [1000, 995.7105, 895.8036, 241.5146]],
    [
      "QwenImageTransformer2DModel",
      { ...dynamic, shift: 1, shift_terminal: 0.02, max_shift: 0.9, max_image_seq_len: 8192 },
      { ...large, height: 166, width: 166 },
      [1000, 983.1678, 678.0149, 20],
    ],
  ])("%s with %j shifts by the size of its image %j", (network, fields, size, wanted) => {
    expect(at(laid(network, flow(fields), 28, undefined, size), 0, 1, 14, 27)).toEqual(close(wanted));
  });

  test("MochiPipeline: steps that are even at first and grow then", () => {
    const wanted = [0, 6.25, 12.5, 18.75, 25, 90.625, 275, 578.125];
    expect(laid("MochiTransformer3DModel", flow({ invert_sigmas: true }), 8)).toEqual(close(wanted));
  });

  test("timesteps that count upwards begin with noise all the same", () => {
    const { timesteps, sigmas } = schedulerFromConfig(flow({ invert_sigmas: true }), 3, { sigmas: [1, 0.5, 0.25] });
    expect(timesteps).toEqual([0, 500, 750]);
    expect(sigmas).toEqual([1, 0.5, 0.25]);
  });

  test("HunyuanVideoPipeline: linspace(1, 0) without its end", () => {
    expect(laid("HunyuanVideoTransformer3DModel", flow(), 4)).toEqual([1000, 750, 500, 250]);
  });

  test("numbers take the place of both, and say how many steps there are", () => {
    expect(laid("FluxTransformer2DModel", flow({ shift: 3 }), 20, [1, 0.5])).toEqual(close([1000, 750]));
  });

  test("a pipeline that tells no mu cannot run a scheduler that wants one", () => {
    const error = engineError("scheduler-config", () => laid("LatteTransformer3DModel", flow(dynamic), 4));
    expect(error.message).toContain("use_dynamic_shifting");
  });

  test("sigmas for a scheduler that takes none are refused with the way out", () => {
    const error = engineError("input-invalid", () =>
      laid("FluxTransformer2DModel", { _class_name: "DDIMScheduler" }, 4),
    );
    expect(error.hint).toContain("--sigmas scheduler");
  });

  test.each([["all"], [[]], [["1"]], [{}], [[Number.NaN]], [[1.5, 0.5]], [[1, 0]]])(
    "sigmas %j are refused",
    (sigmas) => {
      engineError("input-invalid", () => laid("FluxTransformer2DModel", flow(), 4, sigmas as Sigmas));
    },
  );
});

const dynamic16 = { use_dynamic_shifting: true };

describe("flux-a, as FluxPipeline runs it", () => {
  const fixture = readFixture("flux-a");
  const inputs = {
    noise: fixture.tensor("noise"),
    cond: { text: fixture.tensor("text"), pooled: fixture.tensor("pooled") },
  };
  let engines: readonly Engine[];
  // The first numbers of diffusers' packed latents after four steps, by the scheduler's config.
  const golden = [
    [{}, [0.725827, 0.933092, -0.180991, 0.76367, 1.277393, -0.240414]],
    [dynamic16, [0.511914, 0.728862, -0.070766, 0.677477, 1.194717, -0.315078]],
    [{ ...dynamic16, shift: 3, shift_terminal: 0.02 }, [0.692654, 0.799566, -0.154769, 0.653194, 1.172976, -0.213843]],
  ] as const;
  beforeAll(async () => {
    engines = await Promise.all(
      golden.map(([fields]) => createEngine({ model: fixture.folder, backend: "wasm", scheduler: flow(fields) })),
    );
  });
  afterAll(() => Promise.all(engines.map((engine) => engine.dispose())));

  test.each(golden.map(([fields, wanted], index) => [JSON.stringify(fields), wanted, index] as const))(
    "with the scheduler %s",
    async (_, wanted, index) => {
      const { latents } = await (engines[index] as Engine).generate({ steps: 4, guidance: 1, inputs });
      for (const [at, value] of wanted.entries()) expect(latents.data[at]).toBeCloseTo(value, 4);
    },
  );

  test("steps that contradict the sigmas are refused, sigmas alone say how many", async () => {
    const engine = engines[0] as Engine;
    const { trace } = await engine.generate({ sigmas: [1, 0.5], guidance: 1, inputs });
    expect(trace.timesteps).toEqual([1000, 500]);
    await expect(engine.generate({ steps: 3, sigmas: [1, 0.5], guidance: 1, inputs })).rejects.toMatchObject({
      code: "input-invalid",
    });
  });
});

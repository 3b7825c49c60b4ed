import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import { cardFromConfig } from "../../src/engine/cards/build.js";
import { diffusersCacheBytes } from "../../src/engine/plan/in-diffusers.js";
import { planRun } from "../../src/engine/plan/plan-run.js";

interface HookRun {
  readonly class: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly calls: 1 | 2;
  readonly batch: number;
  readonly latent: readonly [number, number, number];
  readonly text: number;
  readonly method: string;
  readonly flops: readonly number[];
  readonly bytes: number;
}

// Written by scripts/plan-hooks.py: what the hooks of diffusers 0.42.1 compute and hold on small random networks.
const runs: readonly HookRun[] = JSON.parse(readFileSync("tests/fixtures/planner/hooks.json", "utf8"));
const options: Readonly<Record<string, object>> = {
  pab: { spatialAttentionBlockSkipRange: 2 },
  magcache: { threshold: 10, maxSkipSteps: 2, retentionRatio: 0.2, magRatios: [1, 1, 1, 1, 1, 1] },
  taylorseer: { cacheInterval: 3, disableCacheBeforeStep: 2, maxOrder: 1 },
  firstblockcache: { threshold: 10 },
};

test.each(runs)("$method on a small $class computes and holds what diffusers' hooks do", (run) => {
  const [frames, height, width] = run.latent;
  const card = cardFromConfig(
    { ...run.config, _class_name: run.class },
    {
      ...{ guidance: run.calls === 2 ? "classifier-free" : "none", batched: false, text: run.text },
      latent: { channels: 4, space: 8, time: 4 },
    },
  );
  const method = methodFromName(run.method, options[run.method] ?? {});
  const plan = planRun({
    ...{ card, width: width * 8, height: height * 8, frames: (frames - 1) * 4 + 1, clips: run.batch, dtype: "fp32" },
    ...{ methods: [method], timesteps: [900, 700, 600, 500, 400, 300] },
    readings: () => [{ change: 0, magnitude: 1, present: 1, rms: 0 }],
  });
  const flops = plan.stepShares.map((share) => share * plan.flopsPerPass * plan.passes * run.batch);
  expect(flops.map(Math.round)).toEqual(run.flops);
  const bytes = diffusersCacheBytes(plan, [method]) ?? plan.cacheBytes;
  // MagCache's hook may leave out the residual of the text.
  const text = run.method === "magcache" && run.class !== "WanTransformer3DModel" ? bytes / 2 : 0;
  expect(run.bytes).toBeLessThanOrEqual(bytes);
  expect(run.bytes).toBeGreaterThanOrEqual(bytes - text);
});

import { describe, expect, test } from "vitest";
import { cli } from "./cli.js";

describe("plan --card", () => {
  test("prints the plan of a real model with the fields that scripts depend on", async () => {
    const { stdout, code } = await cli(
      "plan",
      "--card",
      "flux.1-dev",
      "--size",
      "1024x1024",
      "--steps",
      "28",
      "--method",
      "pab",
      "--gpu-gib",
      "24",
      "--seconds",
      "25",
      "--json",
    );
    expect(code).toBe(0);
    const plan = JSON.parse(stdout);
    expect(plan).toMatchObject({
      card: "FLUX.1-dev",
      tokens: 4096,
      parameters: 11901408320,
      weightsBytes: 2 * 11901408320,
    });
    expect(plan.flopsPerPass).toBeCloseTo(74.384653418496e12, -3);
    expect(plan.sites[0]).toMatchObject({ site: "transformer_blocks.0.attn", kind: "spatial-attention" });
    expect(plan.computedShare * plan.idealSpeedUp).toBeCloseTo(1, 12);
    expect(plan.cacheBytes).toBe(57 * (4096 + 512) * 3072 * 2);
    expect(plan.memory.fits).toBe("no");
    expect(plan.seconds.uncached).toEqual([25, 25]);
  });

  test.each([
    [["--card", "flux dev"], "FLUX.1-dev"],
    [["--card", "Wan2.1-14B", "--size", "830x480"], "The nearest are 816 and 832."],
    [["--card", "Wan2.1-14B", "--frames", "80"], "The nearest are 77 and 81."],
    [["--card", "Wan2.1-14B", "--size", "big"], "Write it like 832x480."],
    [["--card", "FLUX.1-dev", "--method", "fora", "--options", '{"threshold": 1}'], 'fora has no option "threshold"'],
    [["--card", "FLUX.1-dev", "--method", "easycache"], "--share"],
    [["--card", "FLUX.1-dev", "--method", "pab", "--share", "0.5"], "Leave it out"],
    [["--card", "FLUX.1-dev", "--dtype", "int3"], "bf16"],
    [["--card", "FLUX.1-dev", "--sigmas", "scheduler"], "--scheduler DIR"],
    [["--card", "FLUX.1-dev", "--sigmas", "1,0.5", "--steps", "3"], "Leave --steps out"],
    [["--card", "CogVideoX-5b", "--sigmas", "1,0.5"], "takes no sigmas"],
    [["--size", "832x480", "--method", "pab", "--steps", "20"], "without --card"],
    [["--config", "package.json"], "of which no card can be made"],
  ])("%j is refused in one line that says what to do", async (args, said) => {
    const { stderr, code } = await cli("plan", ...args);
    expect(code).not.toBe(0);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(said);
  });

  test("lays timesteps as the pipeline does, with its own scheduler or another one, or from sigmas", async () => {
    const timesteps = async (...args: string[]): Promise<number[]> =>
      JSON.parse((await cli("plan", "--card", "FLUX.1-dev", "--json", ...args)).stdout).timesteps;
    const four = [1000, 904.53, 759.51, 512.84];
    for (const args of [
      ["--steps", "4"],
      ["--sigmas", "1,0.75,0.5,0.25"],
    ])
      for (const [at, one] of (await timesteps(...args)).entries()) expect(one).toBeCloseTo(four[at] as number, 2);
    const scheduler = ["--scheduler", "tests/fixtures/real/sd3/scheduler"];
    expect(await timesteps("--steps", "4", ...scheduler)).toHaveLength(4);
    expect(await timesteps("--sigmas", "1,0.5", ...scheduler)).toHaveLength(2);
  });

  test("plans on the configuration of a checkpoint", async () => {
    const { stdout } = await cli(
      "plan",
      "--config",
      "site/public/models/flux-shapes-nano/transformer/config.json",
      "--size",
      "256x256",
      "--method",
      "fora",
      "--json",
    );
    expect(JSON.parse(stdout)).toMatchObject({ class: "FluxTransformer2DModel", card: "FluxTransformer2DModel" });
  });
});

describe("plan --card --speedup", () => {
  test("finds settings of many methods within the memory, the leanest first, each as its own plan says", async () => {
    const args = ["plan", "--card", "Wan2.1-14B", "--json"];
    const found = JSON.parse((await cli(...args, "--speedup", "2", "--cache-gib", "1")).stdout);
    expect(new Set(found.map(({ method }: { method: string }) => method)).size).toBeGreaterThan(2);
    const bytes = found.map(({ cacheBytes }: { cacheBytes: number }) => cacheBytes);
    expect(bytes).toEqual(bytes.toSorted((a: number, b: number) => a - b));
    expect(Math.max(...bytes)).toBeLessThanOrEqual(2 ** 30);
    // One whose decisions follow from its settings: the others were planned with a share.
    const { method, options, ideal, cacheBytes } = found.find((one: { share?: number }) => one.share === undefined);
    const own = await cli(...args, "--method", method, "--options", JSON.stringify(options));
    expect(JSON.parse(own.stdout)).toMatchObject({ idealSpeedUp: ideal, cacheBytes });
  });

  test("says so where nothing reaches the wish, and refuses a method beside it", async () => {
    const args = ["plan", "--card", "FLUX.1-dev", "--cache-gib", "0"];
    expect((await cli(...args)).stdout).toContain("No method reaches that.");
    const both = await cli(...args, "--method", "fora");
    expect(both.code).toBe(2);
    expect(both.stderr).toContain("--method cannot be given with --speedup or --cache-gib");
  });
});

test("cards lists them all", async () => {
  const { stdout } = await cli("cards");
  for (const name of [
    "FLUX.1-dev",
    "FLUX.2-dev",
    "Chroma1-HD",
    "Wan2.1-14B",
    "Wan2.2-TI2V-5B",
    "CogVideoX-5b",
    "CogVideoX1.5-5B",
    "HunyuanVideo",
    "Qwen-Image",
  ])
    expect(stdout).toContain(`${name} `);
  const json = JSON.parse((await cli("cards", "--json")).stdout);
  expect(json[0]).toMatchObject({ format: "diffusion-cache/card", name: "FLUX.1-dev" });
});

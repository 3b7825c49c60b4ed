import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { methods } from "../../src/engine/cache/methods/index.js";
import type { MethodInfo } from "../../src/engine/cli/methods.js";
import type { QualityReport } from "../../src/engine/measure/quality-report.js";
import { readInfinity } from "../../src/engine/metrics/quality.js";
import { cli } from "./cli.js";

// The verbs that look for settings, on the model that ships.

const model = "site/public/models/latte-motion-nano";
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "diffusion-cache-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("methods", () => {
  test("lists every method with what it needs and where it is from", async () => {
    const { stdout } = await cli("methods", "--json");
    const listed = JSON.parse(stdout) as readonly MethodInfo[];
    expect(listed.map(({ name }) => name)).toEqual(Object.keys(methods));
    for (const { source, needs } of listed) {
      expect(source).not.toBe("");
      expect(needs.length).toBeGreaterThan(0);
    }
    const needing = (need: string) => listed.filter(({ needs }) => needs.includes(need)).map(({ name }) => name);
    expect(needing("calibration")).toEqual(["dpcache", "magcache", "meancache", "smoothcache", "teacache"]);
    expect(needing("guidance")).toEqual(["cfgcache", "fastercache"]);
    expect(listed.find(({ name }) => name === "fora")?.options).toEqual({ interval: 3 });
  });

  test("prints them for people", async () => {
    const { stdout } = await cli("methods");
    expect(stdout).toContain("teacache  (arXiv:2411.19108)");
    expect(stdout).toContain("coefficients: from a calibration");
  });
});

describe("calibrate", () => {
  test("writes numbers that plan and run take, and that another run is refused with", async () => {
    const [file, prompts] = [join(folder, "calibration.json"), join(folder, "prompts.txt")];
    await writeFile(
      prompts,
      "a small blue ring orbiting on a white background\n\na large red star moving left on a grey background\n",
    );
    const made = await cli("calibrate", "--model", model, "--steps", "6", "--prompts", prompts, "--out", file);
    expect(made).toEqual({ code: 0, stdout: "", stderr: "" });
    const { prompts: used, magcache } = JSON.parse(await readFile(file, "utf8"));
    expect(used).toHaveLength(2);
    expect(magcache.magRatios).toHaveLength(6);
    const planned = await cli("plan", "--method", "magcache", "--calibration", file, "--steps", "6");
    expect(planned.stdout).toContain("blocks.0-2");
    const run = (steps: string) =>
      cli("run", "--model", model, "--steps", steps, "--method", "teacache", "--calibration", file);
    expect((await run("6")).code).toBe(0);
    expect((await run("7")).stderr).toContain("[calibration-mismatch]");
  });

  test("of one method and from tensors, for a checkpoint without a vocabulary", async () => {
    const latte = "tests/fixtures/latte-a";
    const file = join(folder, "ratios.json");
    const source = ["--model", latte, "--scheduler", `${latte}/scheduler-flow`, "--guidance", "3", "--steps", "8"];
    const tensors = ["--inputs", `${latte}/reference.safetensors`];
    const made = await cli("calibrate", ...source, ...tensors, "--method", "magcache", "--out", file);
    expect(made).toEqual({ code: 0, stdout: "", stderr: "" });
    const { magcache, teacache, calibratedFor } = JSON.parse(await readFile(file, "utf8"));
    expect(magcache.magRatios).toHaveLength(8);
    expect(teacache).toBeUndefined();
    expect(calibratedFor).toMatchObject({ scheduler: "FlowMatchEulerDiscreteScheduler", steps: 8 });
    const run = await cli("run", ...source, ...tensors, "--method", "magcache", "--calibration", file);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const other = await cli("run", ...source, ...tensors, "--method", "teacache", "--calibration", file);
    expect(other.stderr).toContain("[option-invalid]");
  });

  test.each([
    [["--steps", "3"], "input-invalid"],
    [["--prompts", "nowhere.txt"], "file-missing"],
    [["--out", "calibration.txt"], "argument-invalid"],
  ])("%j: %s", async (args, code) => {
    const { stderr, code: exit } = await cli("calibrate", "--model", model, ...args);
    expect(exit).not.toBe(0);
    expect(stderr).toMatch(new RegExp(`^diffusion-cache: [^\\n]+ \\[${code}\\]\\n$`));
  });
});

describe("autotune", () => {
  test("finds a setting above the floor, and shows what it tried", async () => {
    const { stdout, stderr } = await cli(
      "autotune",
      ...["--model", model, "--steps", "6", "--psnr", "20", "--methods", "mask,textkv", "--json"],
    );
    expect(stderr).toBe("");
    const { trials, leftOut } = JSON.parse(stdout, readInfinity);
    expect(leftOut).toEqual({});
    const last = trials.filter(({ method }: { method: string }) => method === "mask");
    for (const trial of last.slice(0, -1)) expect(trial.reachesFloor).toBe(true); // a ladder ends where one fails
    expect(trials.filter(({ finalist }: { finalist: boolean }) => finalist).length).toBeLessThanOrEqual(3);
    expect(trials.find(({ method }: { method: string }) => method === "textkv").psnr).toBe(Number.POSITIVE_INFINITY);
  });

  test("takes a bound of a measure that is better low, and shows it", async () => {
    const { stdout } = await cli(
      "autotune",
      ...["--model", model, "--steps", "4", "--latent-drift", "0.0001", "--methods", "textkv"],
    );
    const [head, , row] = stdout.split("\n") as [string, string, string];
    expect(head).toContain("Latent drift");
    expect(row).toMatch(/0\.0000 *\| reached/);
  });

  test("finds the setting nearest to a speed-up, of methods that a plan answers for", async () => {
    const { stdout } = await cli(
      "autotune",
      ...["--model", model, "--steps", "8", "--speedup", "2", "--methods", "fora,mask,textkv", "--json"],
    );
    const { settings, leftOut } = JSON.parse(stdout);
    expect(leftOut).toEqual({});
    expect(settings.map(({ method }: { method: string }) => method)).toEqual(["fora", "mask", "textkv"]);
    for (const { method, ideal } of settings.slice(0, 2)) expect(ideal, method).toBeGreaterThan(1.5);
    for (const { method, ideal } of settings.slice(0, 2)) expect(ideal, method).toBeLessThan(2.7);
  });

  test.each([
    [[], "argument-invalid"],
    [["--psnr", "20", "--methods", "pubcache"], "method-unknown"],
    [["--psnr", "20", "--seeds", "a"], "argument-invalid"],
    [["--speedup", "1"], "argument-invalid"],
    [["--speedup", "2", "--psnr", "20"], "argument-invalid"],
    [["--speedup", "2", "--ms-ssim", "0.9"], "argument-invalid"],
    [["--flip", "2"], "argument-invalid"],
  ])("%j: %s", async (args, code) => {
    const { stderr } = await cli("autotune", "--model", model, ...args);
    expect(stderr).toMatch(new RegExp(`^diffusion-cache: [^\\n]+ \\[${code}\\]\\n$`));
  });
});

describe("bench", () => {
  test("writes one report that it reads again, and says what it leaves out", async () => {
    const file = join(folder, "bench.json");
    const args = ["--model", model, "--steps", "4", "--repeats", "1", "--out", file];
    const made = await cli("bench", ...args, "--methods", "mask,textkv");
    expect(made).toEqual({ code: 0, stdout: "", stderr: "" });
    const { stdout } = await cli("bench", "--from", file);
    expect(stdout).toMatch(/^\| method \| options \| steps \| time ms \|/);
    expect(stdout).toContain("| textkv | {} | 4 |");
    expect((await cli("bench", "--from", file, "--format", "csv")).stdout).toContain("cached,mask,");
  });

  test.each([
    [["--model", model, "--repeats", "0"], "argument-invalid"],
    [["--model", model, "--format", "xml"], "argument-invalid"],
    [["--from", "package.json"], "file-invalid"],
    [["--from", "README.md"], "file-invalid"],
    [["--from", "nowhere.json"], "file-missing"],
    [["--model", model, "--methods", "fora", "--out", "bench.txt"], "argument-invalid"],
    [["--model", "site/public/models/flux-shapes-nano", "--methods", "textkv"], "site-missing"],
    [["--model", model, "--steps", "4", "--methods", "magcache"], "calibration-mismatch"],
  ])("%j: %s", async (args, code) => {
    const { stderr, stdout } = await cli("bench", ...args);
    expect(stdout).toBe("");
    expect(stderr).toMatch(new RegExp(`^diffusion-cache: [^\\n]+ \\[${code}\\]\\n$`));
  });
});

describe("quality", () => {
  test("goes on with a report: its rows stay, a method that it lacks is added beside its rivals", async () => {
    const [out, prompts] = [join(folder, "quality.json"), join(folder, "one-prompt.txt")];
    await writeFile(prompts, "a small blue ring orbiting on a white background\n");
    const measure = (methods: string, steps: string) =>
      cli(
        "quality",
        "--model",
        model,
        "--prompts",
        prompts,
        "--steps",
        steps,
        "--out",
        out,
        "--resume",
        ...["--methods", methods],
      );
    const report = async () => JSON.parse(await readFile(out, "utf8"), readInfinity) as QualityReport;
    expect((await measure("mask", "6")).code).toBe(0);
    const before = await report();
    expect((await measure("fora,mask", "6")).code).toBe(0);
    const after = await report();
    expect(after.rows.filter(({ kind }) => kind === "cached").map(({ method }) => method)).toEqual(["fora", "mask"]);
    expect(after.rows).toEqual(expect.arrayContaining([...before.rows]));
    expect((await measure("fora", "7")).stderr).toContain("The earlier report has steps 6; this one has 7.");
    expect(await report()).toEqual(after);
  });

  test("has nothing to go on with where no file is named", async () => {
    const { code, stderr } = await cli("quality", "--model", model, "--prompts", "p.txt", "--resume");
    expect([code, stderr]).toEqual([2, expect.stringContaining("--resume is given without --out.")]);
  });
});

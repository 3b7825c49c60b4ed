import { exec } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { fixtureFolder, relativeError } from "../golden/fixture.js";
import { cli, cliUnder } from "./cli.js";

// The command as people run it: the built bin in a process of its own.

const latte = fixtureFolder("latte-a");
const inputs = [
  "--model",
  latte,
  "--scheduler",
  `${latte}/scheduler-ddim`,
  "--inputs",
  `${latte}/reference.safetensors`,
];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "diffusion-cache-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("run", () => {
  test("writes sample, predictions and trace that equal diffusers'", async () => {
    const [out, trace] = [join(folder, "out.safetensors"), join(folder, "trace.json")];
    const options =
      '{"spatialAttentionBlockSkipRange":2,"temporalAttentionBlockSkipRange":3,"crossAttentionBlockSkipRange":4}';
    const args = [...inputs, "--steps", "20", "--guidance", "3", "--method", "pab", "--options", options];
    const { code, stderr } = await cli("run", ...args, "--out", out, "--trace", trace);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const reference = readSafetensors(await readFile(`${latte}/reference.safetensors`));
    const found = readSafetensors(await readFile(out));
    for (const name of ["sample", "predictions"]) {
      const wanted = reference.get(`ddim.pab_pyramid.${name}`);
      expect(found.get(name)?.dims).toEqual(wanted?.dims);
      expect(relativeError(found.get(name)?.data as Float32Array, wanted?.data as Float32Array)).toBeLessThan(1e-4);
    }
    const { sites, format, version } = JSON.parse(await readFile(trace, "utf8"));
    expect({ format, version }).toEqual({ format: "diffusion-cache/trace", version: 1 });
    expect(sites[0]).toEqual({
      site: "transformer_blocks.0.attn1",
      kind: "spatial-attention",
      computed: "11111010101010101011",
    });
  });

  test("--json prints the trace; --quality compares with uncached; a strip of frames is a PNG", async () => {
    const out = join(folder, "strip.png");
    const { stdout } = await cli(
      "run",
      ...inputs,
      "--steps",
      "4",
      "--guidance",
      "3",
      "--method",
      "fora",
      "--quality",
      "--json",
      "--out",
      out,
    );
    const { quality, steps, methods } = JSON.parse(stdout);
    expect({ steps, methods }).toEqual({ steps: 4, methods: [{ name: "fora", options: { interval: 3 } }] });
    expect(quality.psnr).toBeGreaterThan(5);
    const { width, height } = PNG.sync.read(await readFile(out));
    expect({ width, height }).toEqual({ width: 4 * 16 * 3, height: 16 * 3 });
  });

  test("an animation is a GIF", async () => {
    const out = join(folder, "clip.gif");
    expect((await cli("run", ...inputs, "--steps", "2", "--guidance", "1", "--out", out)).code).toBe(0);
    expect((await readFile(out)).subarray(0, 6).toString()).toBe("GIF89a");
  });
});

describe("plan", () => {
  test("prints the golden grid of PAB without a model", async () => {
    const { stdout } = await cli(
      "plan",
      "--method",
      "pab",
      "--options",
      '{"spatialAttentionBlockSkipRange":3}',
      "--steps",
      "20",
      "--json",
    );
    const { sites, timesteps } = JSON.parse(stdout);
    expect(timesteps.slice(0, 2)).toEqual([951, 901]);
    expect(sites[0]).toMatchObject({ site: "transformer_blocks.0.attn1", computed: "11110010010010010011" });
  });
});

test("plan replays a method that decides by data from a recorded run, and asks for one", async () => {
  const trace = join(folder, "first-block.json");
  const method = ["--method", "firstblockcache", "--options", '{"threshold":0.4}'];
  await cli("run", ...inputs, "--steps", "8", "--guidance", "3", ...method, "--trace", trace);
  const { sites, timesteps } = JSON.parse(await readFile(trace, "utf8"));
  const planned = JSON.parse((await cli("plan", ...method, "--readings", trace, "--json")).stdout);
  expect(planned.sites).toEqual(sites);
  expect(planned.timesteps).toEqual(timesteps);
  const asked = await cli("plan", ...method, "--steps", "8");
  expect(asked.stderr).toContain("--readings TRACE.json [needs-readings]");
  const other = await cli("plan", ...method, "--readings", trace, "--steps", "9");
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("[argument-invalid]") });
});

test("plan takes the blocks of a checkpoint", async () => {
  const args = ["--method", "dbcache", "--options", '{"stepsComputationMask":"1010"}', "--model", latte];
  const { stderr } = await cli("plan", ...args, "--steps", "4");
  expect(stderr).toContain("[needs-readings]");
  const { stdout } = await cli("plan", "--method", "mask", "--model", latte, "--steps", "4", "--json");
  expect(JSON.parse(stdout).sites.at(-1).site).toBe("blocks.0-4");
});

test("bench on tensors: a row for each method, those that cannot act are named", async () => {
  const { stdout, stderr } = await cli(
    "bench",
    ...inputs,
    "--steps",
    "4",
    "--guidance",
    "1",
    "--repeats",
    "1",
    "--json",
  );
  const { rows } = JSON.parse(stdout);
  const names = rows.map(({ method }: { method: string }) => method);
  expect(names).toEqual(expect.arrayContaining(["no cache", "pab", "fora", "mask", "textkv"]));
  for (const name of ["cfgcache", "fastercache", "magcache", "teacache", "smoothcache"])
    expect(stderr).toContain(`${name} is left out: `);
});

test("PAB without a skip range says what it takes", async () => {
  const { code, stderr, stdout } = await cli("plan", "--method", "pab", "--steps", "20");
  expect(code).toBe(0);
  expect(stderr).toBe("pab: No skip range is set, so spatial attention takes 2, as in diffusers.\n");
  expect(stdout).toContain("#####·#·#·#·#·#·#·##");
});

// Without SSE4.1 V8 has no vectors; processors of another kind have no such switch.
const switches = [["no WebAssembly", "--jitless", "There is no WebAssembly here"]];
if (process.arch === "x64") switches.push(["no SIMD", "--no-enable-sse4-1", "WebAssembly has no SIMD here"]);
test.each(switches as [string, string, string][])("with %s one line says so, and what to do", async (_, flag, said) => {
  const { code, stderr } = await cliUnder([flag], "run", ...inputs, "--guidance", "3", "--steps", "2");
  expect(code).not.toBe(0);
  expect(stderr.trim().split("\n").at(-1)).toMatch(new RegExp(`${said}.*\\[webassembly-missing\\]$`));
});

test("a Node without JSPI is told so, before WebGPU is looked for", async () => {
  const without = ["--import", "data:text/javascript,delete WebAssembly.Suspending"];
  const { code, stderr } = await cliUnder(without, "run", ...inputs, "--backend", "webgpu");
  expect(code).toBe(1);
  expect(stderr.trim()).toMatch(/^diffusion-cache: WebAssembly cannot wait.* Node since 24.*\[backend-missing\]$/);
});

describe("bad input is one clear line, a non-zero exit and no file", () => {
  test.each([
    ["a missing folder", ["run", "--model", "/not/there"], "file-missing"],
    ["a missing argument", ["run"], "argument-invalid"],
    ["an unknown argument", ["run", ...inputs, "--bogus"], "argument-invalid"],
    ["an unknown verb", ["walk"], "argument-invalid"],
    ["an unknown method", ["plan", "--method", "abc", "--steps", "4"], "method-unknown"],
    ["an unknown option", ["plan", "--method", "pab", "--options", '{"a":1}', "--steps", "4"], "option-unknown"],
    ["broken JSON", ["plan", "--method", "pab", "--options", "{", "--steps", "4"], "argument-invalid"],
    [
      "a window of one bound",
      ["plan", "--method", "pab", "--options", '{"spatialAttentionTimestepSkipRange":[800]}', "--steps", "4"],
      "option-invalid",
    ],
    ["zero steps", ["run", ...inputs, "--guidance", "3", "--steps", "0"], "input-invalid"],
    ["steps that are no number", ["plan", "--method", "pab", "--steps", "many"], "argument-invalid"],
    [
      "a file that is no safetensors",
      ["run", "--model", latte, "--scheduler", `${latte}/scheduler-ddim`, "--inputs", "package.json"],
      "file-invalid",
    ],
    ["no scheduler", ["run", "--model", latte, "--inputs", `${latte}/reference.safetensors`], "file-missing"],
    ["readings that are no trace", ["plan", "--method", "dicache", "--readings", "package.json"], "file-invalid"],
    ["readings that are not there", ["plan", "--method", "dicache", "--readings", "nowhere.json"], "file-missing"],
    ["a calibration of nothing", ["calibrate", "--model", latte, "--method", "pab"], "argument-invalid"],
    ["an output of another kind", ["run", ...inputs, "--out", "clip.mp4"], "argument-invalid"],
    ["a negative number", ["plan", "--method", "pab", "--steps", "-3"], "input-invalid"],
    ["an argument given twice", ["plan", "--method", "pab", "--steps", "3", "--steps", "4"], "argument-invalid"],
    ["a seed for tensors and a scheduler that draws no noise", ["run", ...inputs, "--seed", "3"], "input-invalid"],
    ["readings that are no JSON", ["plan", "--method", "dicache", "--readings", "README.md"], "file-invalid"],
    ["two formats", ["bench", "--model", latte, "--format", "csv", "--json"], "argument-invalid"],
    ["a saved report and a model", ["bench", "--from", "package.json", "--model", latte], "argument-invalid"],
  ])("%s", async (_, args, code) => {
    const before = await readdir(folder);
    const out = args[0] === "run" && !args.includes("--out") ? ["--out", join(folder, "never.safetensors")] : [];
    const result = await cli(...args, ...out);
    expect(result.code).not.toBe(0);
    expect(result.stdout).toBe("");
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(result.stderr).toContain(`[${code}]`);
    expect(await readdir(folder)).toEqual(before);
  });
});

test("help and version have the short names that people try; without a verb the overview goes to stderr", async () => {
  const help = await cli("run", "--help");
  for (const args of [
    ["help", "run"],
    ["run", "-h"],
  ])
    expect(await cli(...args)).toEqual(help); // prettier-ignore
  expect(await cli("-h")).toEqual(await cli("--help"));
  expect(await cli("-V")).toEqual(await cli("--version"));
  expect(await cli()).toMatchObject({ code: 2, stdout: "", stderr: (await cli("help")).stdout });
});

test("an output that is a folder is refused before the run", async () => {
  await mkdir(join(folder, "taken.json"));
  const { code, stderr } = await cli("run", "--model", "/not/there", "--trace", join(folder, "taken.json"));
  expect(code).toBe(1);
  expect(stderr).toContain("there is a folder of that name. [file-missing]");
});

test.runIf(existsSync("/dev/full"))("a result that cannot be printed is an error", async () => {
  const shell = `"${process.execPath}" bin/diffusion-cache.mjs methods > /dev/full`;
  await expect(promisify(exec)(shell)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^diffusion-cache: Cannot write to standard output: ENOSPC[^\n]*\n$/),
  });
});

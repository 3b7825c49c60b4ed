import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { fixtureFolder } from "../golden/fixture.js";
import { cli } from "./cli.js";

const nano = "site/public/models/latte-motion-nano";
const folder = mkdtempSync(join(tmpdir(), "convert-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a folder is converted to 8 bits, and runs", async () => {
  const out = join(folder, "q8");
  const { stdout, stderr, code } = await cli("convert", nano, "--out", out, "--dtype", "q8", "--shard", "1MiB");
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(stdout).toMatch(/q8: LatteTransformer3DModel, 2\.1 M weights, 9 files, 2\.\d MB; .*0\.53 % off \(RMS\)\n$/);
  const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
  expect(manifest).toMatchObject({ name: "latte-motion-nano", dtype: "Q8" });
  const run = await cli("run", "--model", out, "--steps", "1", "--json");
  expect(run.stderr).toContain("weights in 8 bits, in blocks of 32: 0.53 % (RMS)");
  expect(JSON.parse(run.stdout).totals.bytes.peak.weights).toBeLessThan(2.6e6);
});

test("--json says what was written; the network's own folder will do, and its name is the folder's", async () => {
  const from = join(fixtureFolder("real/dit"), "transformer");
  const { stdout } = await cli("convert", "--model", from, "--out", join(folder, "dit"), "--json");
  const { architecture, dtype, files } = JSON.parse(stdout);
  expect({ architecture, dtype }).toEqual({ architecture: "DiTTransformer2DModel", dtype: "f16" });
  expect(files.map(({ path }: { path: string }) => path)).toEqual([
    "transformer/config.json",
    "transformer/diffusion_pytorch_model.safetensors",
  ]);
  expect(JSON.parse(readFileSync(join(folder, "dit", "manifest.json"), "utf8")).name).toBe("transformer");
});

describe("is refused in one line, and leaves nothing behind", () => {
  const weights = "transformer/diffusion_pytorch_model.safetensors";
  const copy = (name: string, change: (folder: string) => void): string => {
    const to = join(folder, name);
    cpSync(fixtureFolder("real/dit"), to, { recursive: true });
    change(to);
    return to;
  };
  const cut = copy("cut", (to) => truncateSync(join(to, weights), 5000));
  const pickled = copy("pickled", (to) => {
    rmSync(join(to, weights));
    writeFileSync(join(to, "transformer", "diffusion_pytorch_model.bin"), "PK");
  });
  const incomplete = copy("incomplete", (to) => {
    const path = join(to, "transformer/config.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), num_layers: 9 }));
  });
  mkdirSync(join(folder, "full"));
  writeFileSync(join(folder, "full", "thesis.txt"), "");

  test.each([
    ["a shard cut short", [cut], /ends at byte \d+ of a file of 5000: the file was cut short/],
    [
      "pickles",
      [pickled],
      /it has diffusion_pytorch_model\.bin\. .*In Python: from diffusers import DiTTransformer2DModel as M; M\.from_pretrained\(".*pickled", subfolder="transformer"\)\.save_pretrained\(".*pickled\/transformer", safe_serialization=True\)/,
    ],
    ["a layer that is not there", [incomplete, "--dtype", "q8"], /The checkpoint has no weight "transformer_blocks\./],
    ["another type", [nano, "--dtype", "int3"], /--dtype is "int3"; expected f16, q8 or q4/],
    ["a shard without a size", [nano, "--shard", "much"], /--shard is "much"; expected a size from 1MiB to 2GiB/],
    ["a shard of nothing", [nano, "--shard", "1KiB"], /--shard is "1KiB"/],
    ["no model", [], /--model is missing/],
    ["two models", [nano, nano], /--model is given twice/],
    ["no checkpoint", ["tests"], /tests has neither transformer\/config\.json nor config\.json/],
  ])("%s", async (name, args, message) => {
    const out = join(folder, `out ${name}`);
    const before = readdirSync(folder);
    const { code, stdout, stderr } = await cli("convert", ...args, "--out", out);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^diffusion-cache: [^\n]* \[[a-z-]+\]\n$/);
    expect({ stdout, failed: code > 0, there: existsSync(out) }).toEqual({ stdout: "", failed: true, there: false });
    expect(readdirSync(folder)).toEqual(before);
  });

  test.each([
    ["a folder that holds something", "full", /holds something, and nothing is overwritten/],
    ["a folder in none", "none/model", /the folder .*none is not there/],
    ["a file", "full/thesis.txt", /there is a file of that name/],
  ])("an output that is %s", async (_, out, message) => {
    const { code, stderr } = await cli("convert", nano, "--out", join(folder, out));
    expect(stderr).toMatch(message);
    expect(code).toBeGreaterThan(0);
    expect(readdirSync(join(folder, "full"))).toEqual(["thesis.txt"]);
  });
});

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cli } from "./cli.js";

// Command lines that once ended in a stack, in silence, or not at all. Each refusal is one line with a code.

const nano = "site/public/models/latte-motion-nano";
const folder = mkdtempSync(join(tmpdir(), "hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe("is refused in one line", () => {
  const plan = ["plan", "--method", "fora", "--steps", "4"];
  const tune = ["autotune", "--model", nano];
  const measured = ["quality", "--model", nano, "--prompts", file("one.txt", "red square moving right\n")];
  const full = join(folder, "full.json");
  symlinkSync("/dev/full", full);
  test.each([
    ["hexadecimal steps", ["plan", "--method", "fora", "--steps", "0x10"], /--steps is "0x10"; expected a number/],
    ["a preset of every object", [...plan, "--model", nano, "--preset", "__proto__"], /There is no preset "__proto__"/],
    ["a model on another computer", [...plan, "--model", "file://host/model"], /names no file of this computer/],
    [
      "options without their quotes",
      [...plan, "--options", "{interval: 3}"],
      /Write it like interval=3, or @file\.json/,
    ],
    [
      "an order of a thousand",
      ["plan", "--method", "taylorseer", "--steps", "900", "--options", "maxOrder=1000"],
      /maxOrder is 1000/,
    ],
    ["a terminal's escape", ["plan\u001b[2J"], /There is no verb "plan\\u001b\[2J"/],
    [
      "a negative guidance",
      ["run", "--model", nano, "--steps", "1", "--guidance", "-3"],
      /guidance is -3; expected a number from 0/,
    ],
    ["options from a device without an end", [...plan, "--options", "@/dev/zero"], /is longer than 64 MiB/],
    ["a card from a folder", ["plan", "--method", "fora", "--card", "site.json"], /Cannot read "site\.json"/],
    [
      "prompts of a measurement that the model cannot read, before it is loaded",
      ["quality", "--model", nano, "--prompts", file("prompts.txt", "red square moving right\na zebra\n")],
      /prompts\.txt", prompt 2: .*zebra/,
    ],
    ["an address without a server", ["run", "--model", "http://", "--steps", "1"], /"http:\/\/" is no address/],
    ["a plan with negative guidance", [...plan, "--guidance", "-3"], /--guidance is -3; expected a number from 0 up/],
    ["an empty seed", [...tune, "--psnr", "30", "--seeds", ""], /--seeds is ""; expected whole numbers/],
    ["a hexadecimal seed", [...tune, "--psnr", "30", "--seeds", "0,0x1"], /--seeds is "0,0x1"/],
    ["hexadecimal sigmas", [...plan, "--sigmas", "0x1,0"], /--sigmas is "0x1,0"/],
    ["an SSIM that nothing reaches", [...tune, "--ssim", "2"], /--ssim is 2; expected a number from 0 to 1/],
    ["a list of methods with a hole", ["bench", "--model", nano, "--methods", "fora,,pab"], /no caching method ""/],
    ["an empty list of methods", ["bench", "--model", nano, "--methods", ""], /no caching method ""/],
    [
      "a checkpoint beside a card",
      ["plan", "--card", "FLUX.1-dev", "--method", "fora", "--model", "nowhere"],
      /--model is of a checkpoint/,
    ],
    ["a GPU beside a search", ["plan", "--card", "FLUX.1-dev", "--speedup", "2", "--gpu", "none"], /--gpu cannot/],
    [
      "a quality report that cannot be kept, while it is measured",
      [...measured, "--out", full, "--steps", "6", "--methods", "fora,pab,taylorseer"],
      /Cannot write ".*full\.json": ENOSPC/,
    ],
    [
      "options that say one thing twice",
      [...plan, "--options", '{"interval": 2, "interval": 3}'],
      /which says "interval" twice/,
    ],
    [
      "a file of options that does so",
      [...plan, "--options", `@${file("twice.json", '{"interval": 2, "interval": 3}')}`],
      /twice\.json says "interval" twice/,
    ],
    ["an empty name of a model", ["run", "--model", "", "--steps", "1"], /There is no folder ""/],
    ["a protocol of another kind", ["run", "--model", "ftp://host/m"], /There is no folder "ftp:\/\/host\/m"/],
    ["an output inside a file", ["run", "--model", nano, "--out", "package.json/clip.gif"], /package\.json is a file/],
  ] as const)("%s", async (_, args, message) => {
    const { code, stdout, stderr } = await cli(...args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^diffusion-cache: [^\n]* \[[a-z-]+\]\n$/);
    expect(stdout).toBe("");
    expect(code).toBeGreaterThan(0);
  });
});

test("options are taken as pairs and from a file, and say the same as JSON", async () => {
  const plan = (options: string) => cli("plan", "--method", "fora", "--steps", "9", "--options", options);
  const { stdout } = await plan('{"interval": 4}');
  expect(stdout).toContain("#");
  expect(await plan("interval=4")).toMatchObject({ code: 0, stdout });
  expect(await plan(`@${file("options.json", '{"interval": 4}')}`)).toMatchObject({ code: 0, stdout });
});

test("as many steps as the schedule has are planned without its offset", async () => {
  const { stdout } = await cli("plan", "--method", "fora", "--steps", "1000", "--json");
  const { timesteps } = JSON.parse(stdout);
  expect([timesteps.length, timesteps[0], timesteps.at(-1)]).toEqual([1000, 999, 0]);
});

test("a clip too small to be compared is written all the same, in a file named in capitals", async () => {
  const small = join(folder, "small.safetensors");
  const { writeSafetensors } = await import("../../src/engine/files/safetensors.js");
  const zeros = (...dims: number[]) => ({ dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) });
  const reference = JSON.parse(readFileSync(join(nano, "text/vocabulary.json"), "utf8"));
  const columns = reference.slots.reduce((sum: number, { words }: { words: string[] }) => sum + words.length, 1);
  const text = zeros(1, reference.slots.length, columns);
  writeFileSync(
    small,
    writeSafetensors([
      ["noise", zeros(1, 3, 8, 8, 8)],
      ["cond", text],
      ["uncond", text],
    ]),
  );
  const out = join(folder, "CLIP.GIF");
  const { code, stderr } = await cli(
    "run",
    "--model",
    nano,
    "--inputs",
    small,
    "--steps",
    "1",
    "--quality",
    "--out",
    out,
  );
  expect(stderr).toMatch(/SSIM needs frames of at least 11/);
  expect(code).toBe(1);
  expect(readFileSync(out).subarray(0, 6).toString()).toBe("GIF89a");
});

test("a table of numbers goes to standard output as it goes to a file", async () => {
  const out = join(folder, "table.csv");
  const reread = ["bench", "--from", "site/public/recorded/trade-offs.json", "--format", "csv"];
  const { stdout } = await cli(...reread);
  expect(stdout).toContain("machine\r\n");
  await cli(...reread, "--out", out);
  expect(readFileSync(out, "utf8")).toBe(stdout);
});

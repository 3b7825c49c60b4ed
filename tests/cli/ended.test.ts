import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

// What Ctrl-C does in the middle of the work.

const folder = mkdtempSync(join(tmpdir(), "ended-"));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));
const nano = ["--model", "site/public/models/latte-motion-nano"];
const line = (signal: string): string => `diffusion-cache: Ended by ${signal}; no file was left half-written.\n`;

/** Starts a verb, and says how it ended; 130 where its own program says so, a signal where that took it. */
const start = (...args: readonly string[]) => {
  const running = { child: undefined as ReturnType<typeof execFile> | undefined };
  const ended = new Promise<object>((resolve) => {
    running.child = execFile(process.execPath, ["bin/diffusion-cache.mjs", ...args], (error, stdout, stderr) =>
      resolve({ end: error?.code ?? error?.signal, stdout, stderr }),
    );
  });
  return { ended, kill: (signal: NodeJS.Signals) => running.child?.kill(signal) };
};

test.each([
  ["SIGINT", ["run", ...nano, "--inputs", at("pipe"), "--out", at("clip.gif")]],
  ["SIGTERM", ["bench", "--from", at("pipe"), "--out", at("report.csv")]],
] as const)("%s while somebody is waited for who writes into a pipe: one line, and no file", async (signal, args) => {
  execFileSync("mkfifo", [at("pipe")]);
  const { ended, kill } = start(...args);
  const writing = await open(at("pipe"), "w"); // opens when the verb reads
  kill(signal);
  expect(await ended).toEqual({ end: signal, stdout: "", stderr: line(signal) });
  await writing.close();
  expect(readdirSync(folder)).toEqual(["pipe"]);
  rmSync(at("pipe"));
});

test("SIGINT while methods are measured keeps the report of those that are, whole", async () => {
  writeFileSync(at("prompts.txt"), "red square moving right\n");
  const report = new Promise<void>((resolve) => {
    const watching = watch(folder, (_, file) => {
      if (file !== "report.json") return;
      watching.close();
      resolve();
    });
  });
  const args = ["--prompts", at("prompts.txt"), "--steps", "2", "--methods", "fora,pab", "--out", at("report.json")];
  const { ended, kill } = start("quality", ...nano, ...args);
  await report;
  kill("SIGINT");
  expect(await ended).toEqual({ end: 130, stdout: "", stderr: line("SIGINT") });
  expect(readdirSync(folder)).toEqual(["prompts.txt", "report.json"]);
  expect(JSON.parse(readFileSync(at("report.json"), "utf8")).format).toBe("diffusion-cache/quality");
});

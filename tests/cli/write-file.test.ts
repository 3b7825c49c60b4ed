import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { checkOutput, endingOf, writeWhole } from "../../src/engine/cli/write-file.js";
import { engineRejection } from "../error.js";

const folder = mkdtempSync(join(tmpdir(), "write-file-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

describe("an output is refused before the run", () => {
  writeFileSync(at("file.gif"), "old");
  mkdirSync(at("folder.gif"));
  symlinkSync(at("circle.gif"), at("circle.gif"));
  test.each([
    ["clip.mp4", "argument-invalid", /must end in \.gif/],
    ["file.gif/clip.gif", "file-missing", /file\.gif is a file, not a folder/],
    ["none/clip.gif", "file-missing", /the folder .*none is not there/],
    ["folder.gif", "file-missing", /there is a folder of that name/],
    [`${"n".repeat(300)}.gif`, "file-missing", /the name is too long/],
    ["circle.gif", "file-missing", /round in a circle/],
  ] as const)("%s", async (name, code, message) => {
    expect((await engineRejection(code, checkOutput(at(name), [".gif"]))).message).toMatch(message);
  });
  test("and taken in either case, and with a name as long as a name may be", async () => {
    await expect(checkOutput(at("CLIP.GIF"), [".gif"])).resolves.toBeUndefined();
    expect(endingOf("CLIP.GIF")).toBe(".gif");
    const long = `${"n".repeat(251)}.gif`;
    await checkOutput(at(long), [".gif"]);
    await writeWhole(at(long), "new");
    expect(readFileSync(at(long), "utf8")).toBe("new");
  });
});

describe("a file that is there", () => {
  test("keeps its mode", async () => {
    writeFileSync(at("secret.json"), "old");
    chmodSync(at("secret.json"), 0o600);
    await writeWhole(at("secret.json"), "new");
    expect(statSync(at("secret.json")).mode & 0o777).toBe(0o600);
  });
  test.each(["target.json", "not-there-yet.json"])("is written through a link to %s", async (name) => {
    symlinkSync(name, at(`link-to-${name}`)); // a link relative to its own folder
    await checkOutput(at(`link-to-${name}`), [".json"]);
    await writeWhole(at(`link-to-${name}`), "new");
    expect(lstatSync(at(`link-to-${name}`)).isSymbolicLink()).toBe(true);
    expect(readFileSync(at(name), "utf8")).toBe("new");
  });
  test("may be a pipe that somebody reads", async () => {
    execFileSync("mkfifo", [at("pipe.json")]);
    const reading = promisify(execFile)("cat", [at("pipe.json")]);
    await checkOutput(at("pipe.json"), [".json"]);
    await writeWhole(at("pipe.json"), "through");
    expect((await reading).stdout).toBe("through");
    expect(lstatSync(at("pipe.json")).isFIFO()).toBe(true);
  });
});

test.each(["SIGINT", "SIGTERM"])("%s while writing leaves the old file and no draft", async (signal) => {
  const here = at(signal);
  mkdirSync(here);
  writeFileSync(join(here, "clip.gif"), "old");
  const program = `
    import { readdirSync } from "node:fs";
    import { writeWhole } from ${JSON.stringify(resolve("dist/lib/cli/write-file.js"))};
    writeWhole(${JSON.stringify(join(here, "clip.gif"))}, new Uint8Array(4e8));
    const look = () => readdirSync(${JSON.stringify(here)}).length > 1 ? process.kill(process.pid, "${signal}") : setImmediate(look);
    look();`;
  const ended = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]).then(
    () => 0,
    ({ code }: { code: number }) => code,
  );
  expect(ended).toBe(signal === "SIGINT" ? 130 : 143);
  expect(readdirSync(here)).toEqual(["clip.gif"]);
  expect(readFileSync(join(here, "clip.gif"), "utf8")).toBe("old");
});

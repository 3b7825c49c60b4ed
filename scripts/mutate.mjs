// Do the tests notice when a method decides otherwise? node scripts/mutate.mjs [method file …]
//
// In a copy of the repository, changes one operator or constant at a time in the part of each method that decides (from
// `start` on), runs that method's tests, and prints the changes that nobody noticed. Exit code 1 if there are any.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = "src/engine/cache/methods";
const names = process.argv.slice(2).length
  ? process.argv.slice(2)
  : readdirSync(folder)
      .map((file) => file.replace(".ts", ""))
      .filter((name) => name !== "index");

/** What is exchanged for what; each place apart. */
const changes = [
  [/ <= /g, " < "],
  [/ < /g, " <= "],
  [/ >= /g, " > "],
  [/ > (?!\()/g, " >= "],
  [/ === /g, " !== "],
  [/ !== /g, " === "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ % /g, " * "],
  [/ - 1\b/g, " - 0"],
  [/ \+ 1\b/g, " + 0"],
  [/ \+= /g, " = "],
  [/\breturn reuse\b/g, "return compute"],
  [/\? reuse : compute/g, "? compute : reuse"],
  [/\? compute : reuse/g, "? reuse : compute"],
  [/!forced/g, "forced"],
];

const root = mkdtempSync(join(tmpdir(), "mutants-"));
for (const part of ["src", "tests", "scripts", "vitest.config.ts", "package.json", "tsconfig.json"])
  cpSync(part, join(root, part), { recursive: true });
symlinkSync(join(process.cwd(), "node_modules"), join(root, "node_modules"));

let [count, survivors] = [0, 0];
try {
  for (const name of names) {
    const file = join(root, folder, `${name}.ts`);
    const source = readFileSync(file, "utf8");
    const begin = source.search(/\bstart\b|\bexport const easyStart/);
    const tests = [`tests/methods/${name}.test.ts`, "tests/cache/compose.test.ts"];
    if (name === "cfg-cache") tests.push("tests/methods/faster-cache.test.ts"); // CFG-Cache is half of it
    // In threads, so that a change that never ends goes with the process that is ended: it counts as noticed.
    const run = ["node_modules/vitest/vitest.mjs", "run", "--project", "unit", "--pool", "threads", "--bail", "1"];
    const noticed = () =>
      spawnSync(process.execPath, [...run, ...tests], { cwd: root, timeout: 60_000, killSignal: "SIGKILL" }).status !==
      0;
    if (noticed()) throw new Error(`The tests of ${name} fail without any change.`);
    for (const [pattern, to] of changes)
      for (const found of source.matchAll(pattern)) {
        if (found.index < begin) continue;
        const line = source.slice(source.lastIndexOf("\n", found.index) + 1, source.indexOf("\n", found.index)).trim();
        if (/^(\*|\/\/|\/\*)/.test(line)) continue;
        writeFileSync(file, source.slice(0, found.index) + to + source.slice(found.index + found[0].length));
        count += 1;
        if (noticed()) continue;
        survivors += 1;
        console.log(`${name}: "${found[0].trim()}" → "${to.trim()}" in: ${line}`);
      }
    writeFileSync(file, source);
  }
} finally {
  rmSync(root, { recursive: true });
}
console.log(`${count - survivors} of ${count} changes were noticed.`);
process.exit(survivors ? 1 : 0);

// Do the tests notice when the code does something else?
//
//   node scripts/mutate.mjs [method …]            the deciding part of these methods, or of all, against their own tests
//   node scripts/mutate.mjs FILE.ts … TEST.ts …   whole files against the tests that are to hold them
//
// In a copy of the repository, changes one operator, constant or statement at a time, runs the tests, and prints the
// changes that nobody noticed. Exit code 1 if there are any.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { knownNames } from "./script.mjs";

process.removeAllListeners("warning"); // that types are stripped

const methods = "src/engine/cache/methods";
const ofMethod = (name) => ({
  file: `${methods}/${name}.ts`,
  from: /\bstart\b|\bexport const easyStart/,
  tests: [
    `tests/methods/${name}.test.ts`,
    "tests/cache/compose.test.ts",
    ...(name === "cfg-cache" ? ["tests/methods/faster-cache.test.ts"] : []), // CFG-Cache is half of it
  ],
});
const asked = process.argv.slice(2);
const tests = asked.filter((path) => path.startsWith("tests/"));
const files = asked.filter((path) => path.startsWith("src/"));
const names = asked.length ? asked : readdirSync(methods).map((file) => file.replace(".ts", ""));
if (files.length > 0 && tests.length === 0) throw new Error("Name the tests that are to hold these files.");
if (!files.length)
  knownNames(
    "method",
    names,
    readdirSync(methods).map((file) => file.replace(".ts", "")),
  );
const subjects = files.length
  ? files.map((file) => ({ file, from: /^/, tests }))
  : names.filter((name) => name !== "index").map(ofMethod);

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
  [/ \?\? /g, " && "],
  [/ % /g, " * "],
  [/ - 1\b/g, " - 0"],
  [/ - (?!1\b)/g, " + "],
  [/ \+ 1\b/g, " + 0"],
  [/ \+ (?!1\b)/g, " - "],
  [/ \* /g, " / "],
  [/ \/ /g, " * "],
  [/ \*\* 2\b/g, " ** 1"],
  [/ [+-]= /g, " = "],
  [/\bMath\.max\(/g, "Math.min("],
  [/\bMath\.min\(/g, "Math.max("],
  [/\b(Math\.)?(fround|floor|ceil|round|abs|sqrt)\(/g, "("],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  [/\breturn reuse\b/g, "return compute"],
  [/\? reuse : compute/g, "? compute : reuse"],
  [/\? compute : reuse/g, "? reuse : compute"],
  [/!(?=[\w(])/g, ""],
  [/(?<=\n) +(if \([^\n]*\) [^\n{]*|[\w.?]+\([^\n]*\)|[\w.]+ [+-]?= [^\n]*);(?=\n)/g, ""], // a statement on its line
];

/** What lies in a comment or a text is not code. */
const spoken = (before, found) => {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  if (/^\s*(\*|\/\*)|\/\//.test(line + found)) return true;
  const [inQuotes, inTemplate] = [line.split('"').length % 2 === 0, line.split("`").length % 2 === 0];
  return inQuotes || (inTemplate && line.lastIndexOf("${") <= line.lastIndexOf("}"));
};
const parses = (code) => {
  try {
    stripTypeScriptTypes(code, { mode: "transform" });
    return true;
  } catch {
    return false;
  }
};

const root = mkdtempSync(join(tmpdir(), "mutants-"));
for (const part of ["src", "tests", "scripts", "vitest.config.ts", "package.json", "tsconfig.json"])
  cpSync(part, join(root, part), { recursive: true });
for (const part of ["node_modules", "site"]) symlinkSync(join(process.cwd(), part), join(root, part));

let [count, survivors] = [0, 0];
try {
  for (const { file, from, tests } of subjects) {
    const path = join(root, file);
    const source = readFileSync(path, "utf8");
    const begin = source.search(from);
    const project = tests.some((test) => test.startsWith("tests/gpu/")) ? "browser" : "unit";
    // In threads, so that a change that never ends goes with the process that is ended: it counts as noticed.
    const run = ["node_modules/vitest/vitest.mjs", "run", "--project", project, "--pool", "threads", "--bail", "1"];
    const noticed = (timeout) =>
      spawnSync(process.execPath, [...run, ...tests], { cwd: root, timeout, killSignal: "SIGKILL" }).status !== 0;
    const start = performance.now();
    if (noticed()) throw new Error(`The tests of ${file} fail without any change.`);
    const patience = 10_000 + 5 * Math.round(performance.now() - start);
    const before = { count, survivors };
    for (const [pattern, to] of changes)
      for (const { index, 0: found } of source.matchAll(pattern)) {
        const mutant = source.slice(0, index) + to + source.slice(index + found.length);
        if (index < begin || spoken(source.slice(0, index), found) || !parses(mutant)) continue;
        writeFileSync(path, mutant);
        count += 1;
        if (noticed(patience)) continue;
        survivors += 1;
        const lineNumber = source.slice(0, index).split("\n").length;
        const line = source.split("\n")[lineNumber - 1].trim();
        console.log(`${file}:${lineNumber}: "${found.trim()}" → "${to.trim()}" in: ${line}`);
      }
    writeFileSync(path, source);
    const [tried, missed] = [count - before.count, survivors - before.survivors];
    console.log(`${file}: ${tried - missed} of ${tried} changes were noticed.`);
  }
} finally {
  rmSync(root, { recursive: true });
}
console.log(`${count - survivors} of ${count} changes were noticed.`);
process.exit(survivors ? 1 : 0);

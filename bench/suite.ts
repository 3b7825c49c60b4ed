// Everything that is measured, into one report: npm run bench [-- --quick] [--only tax,reuse] [--clock processor]
//
// Parts that are not asked for keep what the last report says of them. The pages show bench/report.json.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { onnxruntimeVersion, version } from "../dist/lib/version.js";
import { arriving } from "./arriving.ts";
import { growth } from "./growth.ts";
import { memory } from "./memory.ts";
import type { Effort, Measured, Report } from "./report.ts";
import { reuse } from "./reuse.ts";
import { start } from "./start.ts";
import { tax } from "./tax.ts";

const parts: Readonly<Record<string, (effort: Effort) => Promise<Measured | readonly Measured[] | undefined>>> = {
  tax,
  arriving,
  reuse,
  memory,
  start,
  growth,
};

const { values } = parseArgs({
  options: { quick: { type: "boolean" }, only: { type: "string" }, clock: { type: "string" }, out: { type: "string" } },
});
const { quick = false, clock = "wall", out = new URL("report.json", import.meta.url).pathname } = values;
const asked = values.only?.split(",") ?? Object.keys(parts);
for (const name of asked)
  if (!Object.hasOwn(parts, name)) {
    console.error(`There is no part "${name}"; there are ${Object.keys(parts).join(", ")}.`);
    process.exit(1);
  }
if (clock === "processor")
  // WASM kernels compute on this thread and wait for nobody, so on an idle machine both clocks agree.
  performance.now = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };

const before: Partial<Report> = existsSync(out) ? JSON.parse(readFileSync(out, "utf8")) : {};
const sections = new Map((before.sections ?? []).map((section) => [section.id, section]));
for (const name of asked) {
  const began = Date.now();
  const flags = ["--only", name, ...(quick ? ["--quick"] : []), ...(clock === "wall" ? [] : ["--clock", clock])];
  for (const section of [(await parts[name]?.({ quick })) ?? []].flat()) {
    sections.set(section.id, { ...section, command: `npm run bench -- ${flags.join(" ")}` });
    console.log(`\n## ${section.title}\n\n${section.says}\n`);
    console.log(
      [section.columns, section.columns.map(() => "---"), ...section.rows]
        .map((row) => `| ${row.join(" | ")} |`)
        .join("\n"),
    );
  }
  console.log(`\n${name}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
}
const report: Report = {
  format: "diffusion-cache/benchmarks",
  version: 1,
  machine: `${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown processor"}`,
  versions: { "diffusion-cache": version, "onnxruntime-web": onnxruntimeVersion, node: process.versions.node },
  date: new Date().toISOString().slice(0, 10),
  sections: [...sections.values()],
};
writeFileSync(out, `${JSON.stringify(report, undefined, 1)}\n`);
process.exit(0);

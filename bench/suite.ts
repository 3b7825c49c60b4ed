// Everything that is measured, into one report: npm run bench [-- --only tax,reuse] [--clock processor] [--out FILE] [--quick]
//
// Parts that are not asked for keep what the last report says of them. The pages show bench/report.json, which is written
// unless another file is named. --quick is for looking: fewer rounds, and only printed unless a file is named.
import { parseArgs } from "node:util";
import { arriving } from "./arriving.ts";
import { growth } from "./growth.ts";
import { memory } from "./memory.ts";
import { chosen, type Part, placeOf, record } from "./report.ts";
import { reuse } from "./reuse.ts";
import { start } from "./start.ts";
import { nanoSize, openWasm } from "./subject.ts";
import { tax } from "./tax.ts";

const parts: Readonly<Record<string, Part>> = {
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
const { quick = false, clock = "wall" } = values;
if (clock === "processor")
  // WASM kernels compute on this thread and wait for nobody, so on an idle machine both clocks agree.
  performance.now = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };

await record(
  placeOf(values.out, quick),
  chosen(values.only, Object.keys(parts)).map((name) => {
    const flags = ["--only", name, ...(quick ? ["--quick"] : []), ...(clock === "wall" ? [] : ["--clock", clock])];
    return {
      command: `npm run bench -- ${flags.join(" ")}`,
      measure: async () => parts[name]?.({ quick, open: openWasm, size: nanoSize }),
    };
  }),
);
process.exit(0);

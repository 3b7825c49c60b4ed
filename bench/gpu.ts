// The same on a GPU, through Dawn in Node: npm run bench:gpu [-- --peak-tflops 40 --peak-gbps 1000] [--only tax,reuse] [--out FILE] [--quick] [--rounds 9]
//
// It wants a Vulkan, Metal or Direct3D 12 driver. Parts go into bench/report.json beside those of npm run bench, or into
// the file that is named; those of --quick, which are for looking, nowhere unless one is named.
import { parseArgs } from "node:util";
import { openDawn } from "../dist/lib/backends/dawn.js";
import { chooseBackend } from "../dist/lib/backends/ladder.js";
import { isSoftware } from "../dist/lib/backends/webgpu-device.js";
import type { EngineError } from "../dist/lib/errors.js";
import { arriving } from "./arriving.ts";
import { gpuTax } from "./gpu-tax.ts";
import { growth } from "./growth.ts";
import { memory } from "./memory.ts";
import { chosen, type Part, placeOf, record } from "./report.ts";
import { reuse } from "./reuse.ts";
import { leastSize, nanoSize } from "./subject.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean" },
    only: { type: "string" },
    out: { type: "string" },
    rounds: { type: "string" },
    "peak-tflops": { type: "string" },
    "peak-gbps": { type: "string" },
  },
});
const { quick = false } = values;
const rounds = Number(values.rounds ?? (quick ? 1 : 9));
const peakOf = (flag: "peak-tflops" | "peak-gbps") => (values[flag] === undefined ? undefined : Number(values[flag]));
const peaks = { tflops: peakOf("peak-tflops"), gbps: peakOf("peak-gbps") };

const { backend: tried, report } = await chooseBackend({ prefer: "webgpu" }).catch((error: EngineError) => {
  console.error(`${error.message} ${error.hint ?? ""}`);
  process.exit(1);
});
await tried.dispose();
const adapter = await (await openDawn()).requestAdapter({ powerPreference: "high-performance" });
const onProcessor =
  adapter && isSoftware(adapter)
    ? " This driver computes on the processor: it shows what the engine adds, and not how fast a GPU is."
    : "";

const parts: Readonly<Record<string, Part>> = {
  tax: () => gpuTax(peaks, quick, rounds),
  arriving,
  reuse,
  memory,
  growth,
};

const open = async () => (await chooseBackend({ prefer: "webgpu" })).backend;
const size = quick ? leastSize : nanoSize;
await record(
  placeOf(values.out, quick),
  chosen(values.only, Object.keys(parts)).map((part) => ({
    command: ["npm run bench:gpu", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" "),
    measure: async () => {
      const sections = [(await parts[part]?.({ quick, open, size })) ?? []].flat();
      return sections.map((section) => ({
        ...section,
        id: `gpu-${section.id}`,
        says: `${report.description}, through Dawn in Node.${onProcessor} ${section.says}`,
      }));
    },
  })),
);
process.exit(0);

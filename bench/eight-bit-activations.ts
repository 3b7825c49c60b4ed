// Whole runs with linear layers in 8 bits on both sides (W8A8) beside float32, on WebAssembly: what they take, how far
// their clips are apart, and whether methods decide the same.
//   npx tsc -p tsconfig.lib.json && node bench/eight-bit-activations.ts [MODEL [STEPS]]
import { createEngine, methodFromName } from "../dist/lib/index.js";

const model = process.argv[2] ?? "site/public/models/latte-motion-nano";
const steps = Number(process.argv[3] ?? 20);
const ways: readonly (readonly [string, object])[] = [
  ["pab", { spatialAttentionBlockSkipRange: 2 }],
  ["taylorseer", { cacheInterval: 3 }],
  ["firstblockcache", { threshold: 0.2 }],
  ["easycache", { threshold: 0.1 }],
];
const run = async (activations: "float32" | "int8") => {
  const engine = await createEngine({ model, backend: "wasm", threads: 1, activations });
  const runs = [];
  for (const way of [undefined, ...ways]) {
    const cache = way ? [methodFromName(way[0] as "pab", way[1])] : [];
    await engine.generate({ steps: 1, cache }); // compiles
    const before = process.cpuUsage().user;
    const { clip, trace } = await engine.generate({ steps, cache });
    const seconds = (process.cpuUsage().user - before) / 1e6;
    const { peak } = trace.totals.bytes;
    runs.push({ seconds, clip: clip.data, masks: JSON.stringify(trace.sites), weights: peak.weights });
  }
  await engine.dispose();
  return runs;
};
const [exact, near] = [await run("float32"), await run("int8")];
const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, one) => sum + one ** 2, 0));
console.info("| method | float32, s cpu | W8A8, s cpu | clip, RMS off | same decisions | weights, MB |");
console.info("| --- | --- | --- | --- | --- | --- |");
for (const [index, one] of exact.entries()) {
  const other = near[index] as typeof one;
  const off = norm(other.clip.map((value, at) => value - (one.clip[at] as number))) / norm(one.clip);
  const cells = [
    ...[ways[index - 1]?.[0] ?? "none", one.seconds.toFixed(1), other.seconds.toFixed(1)],
    ...[`${(100 * off).toFixed(1)} %`, one.masks === other.masks ? "yes" : "no"],
    `${(one.weights / 1e6).toFixed(1)} → ${(other.weights / 1e6).toFixed(1)}`,
  ];
  console.info(`| ${cells.join(" | ")} |`);
}
process.exit(); // onnxruntime's threads stay

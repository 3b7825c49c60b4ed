// Bytes that methods keep, beside what theory says they need, and the peak of a run by kind.
import { type MethodName, methodFromName } from "../dist/lib/cache/methods/index.js";
import { type Effort, type Measured, mib } from "./report.ts";
import { subject } from "./subject.ts";

/** What one context keeps, in features (a sub-layer's output), latents and rows of text. There are two contexts. */
interface Formula {
  readonly name: MethodName;
  readonly options: object;
  readonly says: string;
  readonly features?: number;
  readonly latents?: number;
  readonly rows?: number;
  /** Kept once, or by the conditional branch alone. */
  readonly contexts?: 1;
  /** What diffusers 0.42 keeps, where that is more. */
  readonly diffusers?: { readonly features: number; readonly latents: number };
}

/** Of every jump of 12 steps, all alike: which steps are computed does not change what is kept. */
const jumpErrors = {
  line: Array.from({ length: 10 }, (_, before) =>
    Array.from({ length: 10 - before }, (_, at) => Array(10 - before - at).fill(1)),
  ),
  reuse: Array.from({ length: 11 }, (_, at) => Array(11 - at).fill(1)),
};

const formulas = (layers: number): readonly Formula[] => {
  const [attention, subLayers] = [3 * layers, 5 * layers];
  const always = { spatialAttentionTimestepSkipRange: [-1, 1001], temporalAttentionTimestepSkipRange: [-1, 1001] };
  return [
    {
      name: "pab",
      options: {
        spatialAttentionBlockSkipRange: 2,
        temporalAttentionBlockSkipRange: 2,
        crossAttentionBlockSkipRange: 2,
      },
      says: "A·N·D",
      features: attention,
    },
    {
      name: "fastercache",
      options: {
        spatialAttentionBlockSkipRange: 2,
        temporalAttentionBlockSkipRange: 2,
        unconditionalBatchSkipRange: 2,
        unconditionalBatchTimestepSkipRange: [-1, 1001],
        ...always,
      },
      says: "2·A·N·D of cond alone + 2 bands",
      features: 4 * layers,
      latents: 2,
      contexts: 1,
      diffusers: { features: 8 * layers, latents: 4 },
    },
    {
      name: "cfgcache",
      options: { unconditionalBatchSkipRange: 2, unconditionalBatchTimestepSkipRange: [-1, 1001] },
      says: "2 bands of the gap, once",
      latents: 2,
      contexts: 1,
      diffusers: { features: 0, latents: 4 },
    },
    { name: "firstblockcache", options: { threshold: 0.1 }, says: "head and tail residual: 2·N·D", features: 2 },
    {
      name: "adacache",
      options: { codebook: [[1, 2]] },
      says: "residual: N·D, and what one block adds, once",
      features: 1.5,
    },
    { name: "magcache", options: { magRatios: Array(12).fill(1), threshold: 1 }, says: "residual: N·D", features: 1 },
    {
      name: "teacache",
      options: { coefficients: [1, 0], relL1Thresh: 0.1 },
      says: "residual and input: 2·N·D",
      features: 2,
    },
    {
      name: "seacache",
      options: { threshold: 0.5 },
      says: "2 residuals: 2·N·D, and 1 latents for both",
      features: 2,
      latents: 0.5,
    },
    { name: "dbcache", options: { residualDiffThreshold: 0.1 }, says: "Fn and middle residual: 2·N·D", features: 2 },
    {
      name: "dbprune",
      options: { residualDiffThreshold: 0.1 },
      says: "residual and input of every block but the first: 2·(L−1)·N·D",
      features: 2 * (2 * layers - 1),
    },
    { name: "dicache", options: { relL1Thresh: 0.1 }, says: "2 residuals, 2 probes, input, probe: 6·N·D", features: 6 },
    { name: "easycache", options: { threshold: 0.1 }, says: "4 latents", latents: 4 },
    { name: "lazycache", options: { threshold: 0.1 }, says: "4 latents, once", latents: 4, contexts: 1 },
    { name: "sencache", options: { epsilon: 0.1 }, says: "2 latents, once", latents: 2, contexts: 1 },
    { name: "taylorseer", options: { maxOrder: 1 }, says: "(O+1)·M·N·D", features: 2 * attention },
    { name: "speca", options: {}, says: "(O+1)·M·N·D, every sub-layer", features: 2 * subLayers },
    { name: "taylorseer", options: { maxOrder: 1, useLiteMode: true }, says: "(O+1) outputs", latents: 2 },
    { name: "spectrum", options: {}, says: "max(m+1, 6) outputs", latents: 6 },
    {
      name: "meancache",
      options: { path: { computed: [0, 1, 2, 3, 4, 5, 11], orders: [1, 1, 1, 1, 1, 5] } },
      says: "5 predictions, once",
      latents: 5,
      contexts: 1,
    },
    { name: "dpcache", options: { errors: jumpErrors }, says: "2 outputs of the last block: 2·N·D", features: 2 },
    { name: "fora", options: { interval: 3 }, says: "every sub-layer: M·N·D", features: subLayers },
    { name: "textkv", options: {}, says: "2·A·T·D", rows: 2 * layers },
  ];
};

export const memory = async ({ open, size }: Effort): Promise<Measured> => {
  const backend = await open();
  const one = subject(size, backend);
  const feature = 4 * size.frames * (size.side / 8) ** 2 * size.heads * size.headWidth;
  const latent = one.noise.data.byteLength;
  const row = 4 * (one.text.cond.dims[1] as number) * size.heads * size.headWidth;
  await one.run(12, []);
  let heldWeights = 0;
  const rows = [];
  for (const { name, options, says, features = 0, latents = 0, rows: text = 0, contexts = 2, diffusers } of formulas(
    size.layers,
  )) {
    // On a GPU all that lives on the device counts, so each run has one of its own.
    const own = backend.name === "webgpu" ? await open() : backend;
    const { bytes } = await one.run(12, [methodFromName(name, options)], { backend: own, compile: own.compile });
    heldWeights = Math.max(heldWeights, own.bytes().weights);
    if (own !== backend) await own.dispose();
    const formula = contexts * (features * feature + latents * latent + text * row);
    const theirs = diffusers && diffusers.features * feature + diffusers.latents * latent;
    rows.push([
      name + ("useLiteMode" in options ? ", lite" : ""),
      says,
      formula,
      bytes.peak.cache,
      (bytes.peak.cache / formula).toFixed(2),
      theirs ?? "",
      mib(bytes.peak.activations),
      mib(bytes.peak.workspace),
    ]);
  }
  const weights = one.whole.weights.reduce((sum, { dims }) => sum + 4 * dims.reduce((a, b) => a * b, 1), 0);
  const copies = backend.name === "wasm" ? ", after all these runs, since each graph has a copy of what it reads" : "";
  await backend.dispose();
  return {
    id: "memory",
    title: "What caches hold",
    says: `The ${size.name} size, 12 steps, float32, both branches: bytes kept at the peak beside the formula (N tokens, D width, A attention modules, M modules, T text rows, O order), and what else the engine holds at the peak. The weights take ${mib(weights)} MiB once; the backend holds ${mib(heldWeights)} MiB of them at most${copies}.`,
    columns: [
      "Method",
      "Formula, per branch",
      "Formula, bytes",
      "Held, bytes",
      "Held / formula",
      "diffusers, bytes",
      "Activations, MiB",
      "Workspace, MiB",
    ],
    rows,
  };
};

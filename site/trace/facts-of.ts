import type { Trace } from "diffusion-cache";
import { inMemory, inTime } from "../page/bytes.js";

const said = (options: Readonly<Record<string, unknown>>): string => {
  const text = JSON.stringify(options);
  return text.length > 300 ? `${text.slice(0, 300)} …` : text;
};

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

/** What a trace says of its run, as terms and what is said of them. */
export const factsOf = (trace: Trace): readonly (readonly [string, string])[] => {
  const { totals, quality, visits, stepProbeMs } = trace;
  const estimated = visits.filter(({ decision }) => decision !== "compute").length;
  return [
    ["Model", `${trace.model.name} (${trace.model.architecture})`],
    ["Backend", trace.backend.description],
    ["Made by", `diffusion-cache ${trace.engine.version}, onnxruntime-web ${trace.engine.onnxruntime}`],
    ["Prompt", trace.prompt ?? "none: it ran from tensors"],
    ["Steps, seed, guidance", `${trace.steps}, ${trace.seed ?? "none"}, ${trace.guidance}`],
    ["Methods", trace.methods.map(({ name, options }) => `${name} ${said(options)}`).join("; ") || "none: uncached"],
    ["Time", inTime(totals.wallMs)],
    ...(stepProbeMs ? [["Of it reading probes", `${sum(stepProbeMs).toFixed(1)} ms`] as const] : []),
    ["Reused or forecast", `${estimated} of ${visits.length} features`],
    ["Kept features, at most", inMemory(totals.bytes.peak.cache)],
    ...(quality
      ? [
          [
            "Against the uncached run",
            `PSNR ${Number.isFinite(quality.psnr) ? `${quality.psnr.toFixed(1)} dB` : "∞ (equal)"}, SSIM ${quality.ssim.toFixed(4)}`,
          ] as const,
        ] // prettier-ignore
      : []),
    ...(trace.notes?.length ? [["Notes", trace.notes.join(" ").slice(0, 1000)] as const] : []),
  ];
};

import type { Comparison } from "diffusion-cache";
import { inMemory } from "../page/bytes.js";

/** One run of a comparison, as its table has it. */
export interface OwnRow {
  readonly name: string;
  readonly seconds: string;
  readonly times: string;
  readonly computed: string;
  readonly psnr: string;
  readonly ssim: string;
  readonly cache: string;
}

const secondsOf = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** Share of the visits to cacheable sites that computed. */
const computedShare = ({ trace: { visits } }: Comparison["cached"]): string => {
  if (visits.length === 0) return "–";
  const computed = visits.filter(({ decision }) => decision === "compute").length;
  return `${((100 * computed) / visits.length).toFixed(0)} %`;
};

export const ownRows = ({ uncached, cached, quality }: Comparison, method: string): readonly OwnRow[] => {
  const [before, after] = [uncached.trace.totals.wallMs, cached.trace.totals.wallMs];
  return [
    {
      name: "No cache",
      seconds: secondsOf(before),
      times: "1.00×",
      computed: "100 %",
      psnr: "–",
      ssim: "–",
      cache: "–",
    },
    {
      name: method,
      seconds: secondsOf(after),
      times: `${(before / after).toFixed(2)}×`,
      computed: computedShare(cached),
      psnr: Number.isFinite(quality.psnr) ? `${quality.psnr.toFixed(1)} dB` : "equal",
      ssim: quality.ssim.toFixed(3),
      cache: inMemory(cached.trace.totals.bytes.peak.cache),
    },
  ];
};

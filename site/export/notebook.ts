import type { Quality, Trace } from "diffusion-cache";

interface Cell {
  readonly cell_type: "markdown" | "code";
  readonly source: string;
}

/** nbformat wants each line with its end, the last one without. */
const lines = (text: string): string[] => text.split(/(?<=\n)/);

const cellOf = ({ cell_type, source }: Cell, index: number) => ({
  cell_type,
  id: `cell-${index}`,
  metadata: {},
  source: lines(source),
  ...(cell_type === "code" ? { execution_count: null, outputs: [] } : {}),
});

/** A Jupyter notebook (nbformat 4.5): what was run in the page, what came out, and the same settings in Python. */
export const notebook = (
  python: string,
  { uncached, cached }: Record<"uncached" | "cached", Trace>,
  quality: Quality,
) => {
  const methods = cached.methods.map(({ name }) => name).join(" and ");
  const ms = ({ totals }: Trace): string => totals.wallMs.toFixed(0);
  const summary = `# ${methods}: from the page to diffusers

In the page, ${cached.model.name} on ${cached.backend.description}, ${cached.steps} steps, seed ${cached.seed}, guidance ${cached.guidance}:

| | Uncached | Cached |
| --- | --- | --- |
| Time (ms) | ${ms(uncached)} | ${ms(cached)} |
| Kept features, at most (bytes) | 0 | ${cached.totals.bytes.peak.cache} |

PSNR against the uncached clip ${Number.isFinite(quality.psnr) ? quality.psnr.toFixed(1) : "∞"} dB, SSIM ${quality.ssim.toFixed(4)}.

The cells below do the same in Python on a model of its own: expect other times and another clip, and choose the settings again for it.`;
  const cells: readonly Cell[] = [
    { cell_type: "markdown", source: summary },
    {
      cell_type: "code",
      source: "%pip install -q diffusers transformers accelerate sentencepiece imageio imageio-ffmpeg",
    },
    { cell_type: "code", source: python },
  ];
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: "python3", display_name: "Python 3", language: "python" },
      language_info: { name: "python" },
    },
    cells: cells.map(cellOf),
  };
};

import * as Plot from "@observablehq/plot";
import { rows } from "./cell-1";

display(
  Plot.plot({
    title: "FORA: what a longer interval costs",
    x: { label: "interval →", ticks: 3 },
    y: { label: "↑ PSNR, dB", grid: true },
    marks: [Plot.line(rows, { x: "interval", y: "psnr" }), Plot.dot(rows, { x: "interval", y: "psnr" })],
  }),
);

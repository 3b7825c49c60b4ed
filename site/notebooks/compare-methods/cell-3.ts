import * as Plot from "@observablehq/plot";
import { rows } from "./cell-2";

display(
  Plot.plot({
    title: "Speed against quality",
    x: { label: "speed-up →", domain: [0.8, 2.5] },
    y: { label: "↑ PSNR, dB", grid: true },
    marks: [
      Plot.dot(rows, { x: "speed-up", y: "PSNR", r: 5, fill: "currentColor" }),
      Plot.text(rows, { x: "speed-up", y: "PSNR", text: "method", dy: -12 }),
    ],
  }),
);

import { bench, benchFigures, fora, pab } from "diffusion-cache";
import { middleHalf } from "./cell-1";
import { asked, engine } from "./cell-2";

// The table of the page "Side by side", for three methods: the same measurement, with rows of fewer steps and equal time.
const methods = [middleHalf, pab({ spatialAttentionBlockSkipRange: 2 }), fora({ interval: 2 })];
const report = await bench(engine, {
  ...asked,
  repeats: 1,
  machine: "this device",
  methods: methods.map((method) => ({ name: method.name, options: method.options, cache: [method] })),
});
display(
  benchFigures(report).map(({ row, ms, speedup, ideal, psnr, ssim, skipped }) => ({
    method: row.kind === "fewer-steps" ? `fewer steps: ${row.steps}` : row.method,
    "time, ms": Math.round(ms),
    "speed-up": speedup,
    ideal,
    "PSNR, dB": psnr,
    SSIM: ssim,
    "skipped, %": skipped === undefined ? null : Math.round(100 * skipped),
  })),
);

// Records how a clip forms, for the first guide: one frame of the latents (this model's are pixels) after some of the 20
// steps, side by side. After npm run build:lib: node scripts/record-forming.ts
import { createEngine } from "diffusion-cache";
import { PNG } from "pngjs";
import { formed, formingFrame } from "../site/story/forming.ts";
import { writeWhole } from "./script.mjs";

const root = new URL("../", import.meta.url).pathname;
const engine = await createEngine({ model: `${root}site/public/models/latte-motion-nano`, backend: "wasm" });
const { frames, height, width } = engine.model.clip;
const { stepLatents = [], latents } = await engine.generate({ ...engine.model.defaults, seed: 0, stepLatents: true });
const png = new PNG({ width: formed.length * width, height });
png.data.fill(255);
for (const [at, step] of formed.entries()) {
  const data = stepLatents[step - 1] as Float32Array;
  for (let channel = 0; channel < 3; channel++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const value = data[((channel * frames + formingFrame) * height + y) * width + x] ?? 0;
        // 32 shades a channel: what noise is lost is not missed, and the file is a third smaller.
        const shade = Math.round((Math.min(1, Math.max(-1, value)) + 1) * 15.5);
        png.data[4 * (y * png.width + at * width + x) + channel] = Math.round((shade * 255) / 31);
      }
}
writeWhole(`${root}site/story/forming.png`, PNG.sync.write(png, { colorType: 2, filterType: 0 }));
console.log(engine.model.name, engine.device.description, latents.dims.join(" × "));
await engine.dispose();

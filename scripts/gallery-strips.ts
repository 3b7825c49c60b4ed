// What scripts/gallery.ts makes of a model's presets: the settings that differ, as the pages of the methods can set them, and
// strips of frames in sprites.
import { readdirSync } from "node:fs";
import { type CacheMethod, type Calibration, type Preset, presetNames, type Result } from "diffusion-cache";
import sharp from "sharp";
import { galleryFrames } from "../site/gallery/gallery-file.ts";
import { linkedOptions } from "../site/gallery/linked-options.ts";
import { defaultsOf, type ExampleModule } from "../site/program/example-module.ts";

const folder = new URL("../examples/", import.meta.url).pathname;
const examples = new Map<string, ExampleModule>();
for (const file of readdirSync(folder).filter((one) => one.endsWith(".ts")))
  examples.set(file.slice(0, -3), await import(folder + file));

/** The example that shows a method alone. */
const exampleOf = (method: string, calibration: Calibration): readonly [string, ExampleModule] => {
  for (const [name, example] of examples) {
    const made = example.methods(defaultsOf(example.knobs), calibration);
    if (made.length === 1 && made[0]?.name === method) return [name, example];
  }
  throw new Error(`No file of examples/ shows ${method}.`);
};

/** The presets of a method that differ, each with all its names. */
export const distinctPresets = (presets: Readonly<Partial<Record<string, Preset>>>) => {
  const found = new Map<string, { readonly strengths: string[]; readonly options: Preset["options"] }>();
  for (const name of presetNames) {
    const options = presets[name]?.options;
    if (!options) continue;
    const key = JSON.stringify(options);
    found.set(key, { options, strengths: [...(found.get(key)?.strengths ?? []), name] });
  }
  return [...found.values()];
};

/** A method as the controls of its page make it, where they can; otherwise as the preset says. */
export const settled = (name: string, options: Preset["options"], calibration: Calibration) => {
  const [example, { knobs, methods }] = exampleOf(name, calibration);
  const [method] = methods(options, calibration) as readonly [CacheMethod];
  const linked = linkedOptions(knobs, options, method.options);
  const [link, cannot] = "cannot" in linked ? [null, linked.cannot] : [linked.options, []];
  return { where: { example, link, cannot }, make: (measured: Calibration) => methods(link ?? options, measured) };
};

/** Some frames of a clip side by side, as bytes of red, green and blue. */
export const stripOf = ({ dims, data }: Result["clip"]): Buffer => {
  const [, , frames = 0, height = 0, width = 0] = dims;
  const shown = galleryFrames(frames);
  const bytes = Buffer.alloc(3 * shown.length * width * height);
  for (const [place, frame] of shown.entries())
    for (let channel = 0; channel < 3; channel++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const value = data[((channel * frames + frame) * height + y) * width + x] ?? 0;
          const byte = Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5);
          bytes[3 * ((y * shown.length + place) * width + x) + channel] = byte;
        }
  return bytes;
};

/** Strips under each other, by the file's ending: a palette of 256 colours, or WebP. Either has half the bytes, and loses nothing that is seen. */
export const writeSprite = async (path: string, strips: readonly Buffer[], width: number): Promise<void> => {
  const bytes = Buffer.concat([...strips]);
  const raw = { width, height: bytes.length / 3 / width, channels: 3 } as const;
  const sprite = sharp(bytes, { raw });
  const written = path.endsWith(".webp")
    ? sprite.webp({ quality: 90, effort: 6 })
    : sprite.png({ palette: true, dither: 0, effort: 10, compressionLevel: 9 });
  await written.toFile(path);
};

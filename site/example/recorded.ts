import type { Trace } from "diffusion-cache";
import type { Clips } from "../clips/clips.js";
import type { Pixels } from "../clips/frames.js";
import { loadJson } from "../page/missing-part.js";
import { nearView } from "../page/near-view.js";
import { showCharts } from "./results.js";

/** A strip of frames side by side, as scripts/record-run.ts writes it, back as a clip. */
const pixelsOf = async (address: string, frames: number): Promise<Pixels> => {
  const image = await createImageBitmap(await (await fetch(address)).blob());
  const [width, height] = [image.width / frames, image.height];
  const context = new OffscreenCanvas(image.width, height).getContext("2d");
  context?.drawImage(image, 0, 0);
  const strip = context?.getImageData(0, 0, image.width, height).data ?? [];
  const data = new Float32Array(3 * frames * height * width);
  for (let at = 0; at < data.length; at++) {
    const x = at % width;
    const y = Math.floor(at / width) % height;
    const frame = Math.floor(at / (width * height)) % frames;
    const channel = Math.floor(at / (width * height * frames));
    data[at] = (strip[4 * (y * image.width + frame * width + x) + channel] ?? 0) / 127.5 - 1;
  }
  return { dims: [1, 3, frames, height, width], data };
};

/** Shows the recorded run of an example, for as long as the reader has not made one. */
export const showRecorded = (root: HTMLElement, address: string, wanted: () => boolean): void => {
  const clips = root.querySelector<Clips>("dc-clips");
  const charts = root.querySelector("[data-part=charts]");
  if (!clips || !charts) return;
  nearView(clips, async () => {
    const frames = Number(clips.dataset.frames);
    const both = await Promise.all(["uncached", "cached"].map((name) => pixelsOf(`${address}/${name}.png`, frames)));
    for (const [at, name] of (["uncached", "cached"] as const).entries())
      if (wanted() && both[at]) clips.put(name, both[at], `${name} clip of the recorded run`);
  });
  nearView(charts, async () => {
    const { uncached, cached } = await loadJson<Record<string, Trace>>(`${address}/run.json`);
    if (wanted() && uncached && cached) await showCharts(root, uncached, cached);
  });
};

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type MethodName, readInfinity } from "diffusion-cache";
import { methodFacts } from "../methods/method-facts.js";
import { type GalleryFile, galleryFrames } from "./gallery-file.js";
import type { ShownGallery } from "./gallery-view.js";

/** What scripts/gallery.ts made of a model; undefined where it has made nothing yet. */
export const recordedGallery = (model: string): GalleryFile | undefined => {
  const path = join(process.cwd(), "site/public/gallery", `${model}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8"), readInfinity) as GalleryFile) : undefined;
};

/** A gallery as its page shows it. */
export const shownGallery = ({ model, steps, guidance, clip, prompts, strips }: GalleryFile): ShownGallery => {
  const base = import.meta.env.BASE_URL.replace(/\/$/, "");
  const ofMethod = (method: string) => strips.filter((one) => one.method === method);
  return {
    ...{ model, steps, guidance, prompts, address: `${base}/gallery/${model}` },
    clip: { ...clip, frames: galleryFrames(clip.frames).length },
    strips: strips.map((strip) => {
      const { method, example, strengths, link, cannot, figures } = strip;
      return {
        ...{ method, example, strengths, link, cannot, title: methodFacts[method as MethodName].label },
        ...{ row: ofMethod(method).indexOf(strip), rows: ofMethod(method).length },
        figures: figures.map(({ ideal, psnr, ssim, skipped }) => ({ ideal, psnr, ssim, skipped })),
      };
    }),
  };
};

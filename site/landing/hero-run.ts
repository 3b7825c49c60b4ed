import { type Progress, sitesOf } from "diffusion-cache";
import { frameImage, framesOf, type Pixels } from "../clips/frames.js";
import { engineFor } from "../device/engines.js";
import { preferred } from "../device/preference.js";
import { statusOf } from "../device/run-status.js";
import type { PageModel } from "../model/models.js";
import { inTime } from "../page/bytes.js";
import { hiddenNote } from "../page/in-view.js";
import type { Options, RunName, Settings } from "../program/example-module.js";
import { loadExample } from "../program/examples.js";
import { sentenceOf } from "../program/sentence.js";
import { cellsHtml, growingStrip, stripInWords } from "./hero-strip.js";

interface Config {
  readonly example: string;
  readonly model: PageModel;
  readonly settings: Settings;
  readonly fps: number;
}

/**
 * Plays a clip on a canvas until it leaves the page, in step with others by the clock; the middle frame alone where the
 * reader prefers less motion.
 */
const player = (root: HTMLElement, canvas: HTMLCanvasElement, fps: number) => {
  let clip: Pixels | undefined;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const held = (): boolean => still || Boolean(root.querySelector<HTMLInputElement>(".dc-hold input")?.checked);
  let frame: number | undefined;
  const draw = (): void => {
    if (!clip) return;
    const frames = framesOf(clip);
    if (frame === undefined || !held())
      frame = still ? Math.floor(frames / 2) : Math.floor((performance.now() / 1000) * fps) % frames;
    canvas.getContext("2d")?.putImageData(frameImage(clip, frame), 0, 0);
  };
  const timer = setInterval(() => {
    if (!canvas.isConnected) return clearInterval(timer);
    if (!held()) draw();
  }, 1000 / fps);
  return {
    put(next: Pixels): void {
      clip = next;
      draw();
    },
    end: (): void => clearInterval(timer),
  };
};

/** Ends what an earlier run left playing. */
let ended: readonly (() => void)[] = [];

/** Runs the example of the landing page in place of the recorded run. @returns what to say at the end */
export const runHero = async (root: HTMLElement, signal: AbortSignal, current: () => boolean): Promise<string> => {
  const { example, model, settings, fps } = JSON.parse(root.dataset.config ?? "{}") as Config;
  const part = <T extends HTMLElement = HTMLElement>(name: string): T => root.querySelector(`[data-part=${name}]`) as T;
  const say = (progress: Progress, run: RunName): void => {
    if (!current()) return;
    const [phase = "", ...rest] = statusOf(run, progress).text.split(/(?=: )/);
    if (part("phase").textContent !== phase) part("phase").textContent = phase;
    part("step").textContent = rest.join("");
  };
  const backend = preferred();
  const engine = await engineFor({ model: model.address, backend, signal, onProgress: (one) => say(one, "uncached") });
  const { methods, run } = await loadExample(example);
  if (!current()) return "";
  const map = sitesOf(model.network);
  for (const end of ended) end();
  const views = Object.fromEntries(
    (["uncached", "cached"] as const).map((name) => {
      const cache = name === "cached" ? methods(settings.options as Options, model.calibration) : [];
      const canvas = part<HTMLCanvasElement>(`canvas-${name}`);
      canvas.hidden = false;
      canvas.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
      const view = {
        strip: growingStrip(cache, map, settings.steps),
        player: player(root, canvas, fps),
        ms: 0,
        fill: (): void => {
          part(`strip-${name}`).innerHTML = cellsHtml(view.strip.cells());
        },
      };
      view.fill();
      part(`time-${name}`).textContent = "–";
      return [name, view];
    }),
  );
  ended = Object.values(views).map((view) => view.player.end);
  root.dataset.own = "true";
  part("note").textContent = "Your own run, first with every step computed, then with the cache.";
  const onProgress = (name: RunName, progress: Progress): void => {
    if (!current()) return;
    say(progress, name);
    const view = views[name];
    if (progress.phase !== "step" || !view) return;
    view.strip.step(progress.step, progress.decisions);
    view.fill();
    view.ms += progress.ms;
    part(`time-${name}`).textContent = inTime(view.ms);
    if (progress.preview) view.player.put(progress.preview);
  };
  const begun = performance.now();
  const outcome = await run({ engine, settings, signal, onProgress });
  if (!current()) return "";
  for (const name of ["uncached", "cached"] as const) {
    const { clip, trace } = outcome[name];
    views[name]?.player.put(clip);
    part(`time-${name}`).textContent = inTime(trace.totals.wallMs);
    part(`strip-${name}`).setAttribute("aria-label", stripInWords(views[name]?.strip.cells() ?? []));
  }
  part("note").textContent = sentenceOf(outcome);
  return `Done on ${engine.device.description}${hiddenNote(begun)}.`;
};

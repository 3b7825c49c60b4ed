import type { RunName } from "../program/example-module.js";
import { differenceImage, frameImage, framesOf, type Pixels } from "./frames.js";

type View = RunName | "difference";

/** Plays two clips in step and shows how far apart they are. Stands still first where the reader prefers less motion. */
export class Clips extends HTMLElement {
  #clips: Partial<Record<RunName, Pixels>> = {};
  #frame = 0;
  #playing = false;
  #last = 0;

  connectedCallback(): void {
    this.#part("play").addEventListener("click", () => this.#play(!this.#playing));
    this.#part("scrub").addEventListener("input", () => {
      this.#play(false);
      this.#show(Number(this.#part<HTMLInputElement>("scrub").value));
    });
    this.#part("amplify").addEventListener("change", () => {
      const caption = this.querySelector("[data-caption=difference]");
      if (caption) caption.textContent = `Difference × ${this.#amplify}`;
      this.#show(this.#frame);
    });
  }

  disconnectedCallback(): void {
    this.#playing = false;
  }

  /** Shows a clip, finished or forming. The first one starts to play. */
  put(view: RunName, clip: Pixels, label: string): void {
    const first = !this.#clips.uncached && !this.#clips.cached;
    this.#clips[view] = clip;
    this.dataset.shown = "true";
    this.#canvas(view)?.setAttribute("aria-label", label);
    const still = framesOf(clip) < 2;
    for (const part of ["play", "scrub"]) this.#part<HTMLButtonElement>(part).disabled = still;
    this.#part<HTMLInputElement>("scrub").max = String(framesOf(clip) - 1);
    this.#show(Math.min(this.#frame, framesOf(clip) - 1));
    if (still) this.#play(false);
    else if (first) this.#play(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  }

  /** Takes both clips away. */
  clear(): void {
    this.#play(false);
    this.#clips = {};
    delete this.dataset.shown;
    for (const view of ["uncached", "cached", "difference"] as const) {
      const canvas = this.#canvas(view);
      canvas?.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
    }
  }

  get #amplify(): number {
    return Number(this.#part<HTMLSelectElement>("amplify").value);
  }

  #part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.querySelector(`[data-part=${name}]`) as T;
  }

  #canvas(view: View): HTMLCanvasElement | null {
    return this.querySelector<HTMLCanvasElement>(`canvas[data-view=${view}]`);
  }

  #show(frame: number): void {
    this.#frame = frame;
    const { uncached, cached } = this.#clips;
    const paint = (view: View, image: ImageData): void => {
      const canvas = this.#canvas(view);
      if (!canvas) return;
      if (canvas.width !== image.width) canvas.width = image.width;
      if (canvas.height !== image.height) canvas.height = image.height;
      canvas.getContext("2d")?.putImageData(image, 0, 0);
    };
    if (uncached) paint("uncached", frameImage(uncached, frame));
    if (cached) paint("cached", frameImage(cached, frame));
    if (uncached && cached) paint("difference", differenceImage(uncached, cached, frame, this.#amplify));
    const frames = framesOf(uncached ?? cached ?? { dims: [], data: new Float32Array() });
    this.#part<HTMLInputElement>("scrub").value = String(frame);
    this.#part("frame").textContent = `frame ${frame + 1} of ${frames}`;
  }

  #play(on: boolean): void {
    const was = this.#playing;
    this.#playing = on;
    this.#part("play").textContent = on ? "Pause" : "Play";
    if (on && !was) requestAnimationFrame((now) => this.#tick(now));
  }

  #tick(now: number): void {
    const clip = this.#clips.uncached ?? this.#clips.cached;
    if (!this.#playing || !this.isConnected || !clip) return;
    if (now - this.#last >= 1000 / Number(this.dataset.fps ?? 8)) {
      this.#last = now;
      this.#show((this.#frame + 1) % framesOf(clip));
    }
    requestAnimationFrame((next) => this.#tick(next));
  }
}

customElements.define("dc-clips", Clips);

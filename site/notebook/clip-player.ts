import { frameImage, framesOf } from "../clips/frames.js";
import type { Shown } from "./cell/messages.js";

/** A clip that plays by itself, unless the reader prefers less motion, with a button that holds it. */
export const clipPlayer = ({ label, fps, dims, data }: Extract<Shown, { type: "clip" }>): HTMLElement => {
  const clip = { dims, data };
  const frames = framesOf(clip);
  const figure = document.createElement("figure");
  figure.className = "dc-out-clip";
  const canvas = document.createElement("canvas");
  canvas.width = dims[4] as number;
  canvas.height = dims[3] as number;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  const caption = document.createElement("figcaption");
  caption.textContent = label;
  const button = document.createElement("button");
  button.type = "button";
  figure.append(canvas, caption, ...(frames > 1 ? [button] : []));

  let [frame, last, playing] = [0, 0, false];
  const paint = (): void => canvas.getContext("2d")?.putImageData(frameImage(clip, frame), 0, 0);
  const tick = (now: number): void => {
    if (!playing || !canvas.isConnected) return;
    if (now - last >= 1000 / (fps > 0 ? fps : 8)) {
      last = now;
      frame = (frame + 1) % frames;
      paint();
    }
    requestAnimationFrame(tick);
  };
  const play = (on: boolean): void => {
    playing = on;
    button.textContent = on ? "Pause" : "Play";
    if (on) requestAnimationFrame(tick);
  };
  button.addEventListener("click", () => play(!playing));
  paint();
  // Once it is in the page.
  requestAnimationFrame(() => play(frames > 1 && !matchMedia("(prefers-reduced-motion: reduce)").matches));
  return figure;
};

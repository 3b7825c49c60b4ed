import type { Trace } from "diffusion-cache";
import type { Clips } from "../clips/clips.js";
import type { PreviewLog } from "../clips/previews.js";
import { linesOfStep, stepInWords } from "../grid/decision-words.js";
import { escapeHtml } from "../page/failure.js";

export interface Walked {
  readonly uncached: Trace;
  readonly cached: Trace;
  /** Not there for a recorded run. */
  readonly previews?: PreviewLog | undefined;
}

const frame = `
  <p class="dc-quiet" data-walk="from"></p>
  <div class="dc-walk-controls">
    <button type="button" data-to="first">First</button>
    <button type="button" data-to="back">Back</button>
    <button type="button" data-to="on">Next</button>
    <button type="button" data-to="last">Last</button>
    <input type="range" min="1" step="1" aria-label="Step" />
  </div>
  <p data-walk="step" role="status"></p>
  <div data-walk="clips"></div>
  <div class="dc-table" tabindex="0" role="region" aria-label="Decisions of this step">
    <table>
      <thead><tr><th scope="col">Where</th><th scope="col">Pass</th><th scope="col">Decision</th></tr></thead>
      <tbody></tbody>
    </table>
  </div>`;

/** Fills a place with the steps of a finished pair of runs, one at a time. `clips` is the player to show clips in. */
export const walk = (place: HTMLElement, run: Walked, clips: Clips | null): void => {
  const { uncached, cached, previews } = run;
  place.innerHTML = frame;
  const part = (name: string) => place.querySelector(`[data-walk=${name}]`) as HTMLElement;
  const slider = place.querySelector("input") as HTMLInputElement;
  slider.max = String(cached.steps);
  part("from").textContent = previews
    ? "Your own run. The arrow keys, Home and End move the slider."
    : "The recorded run. It keeps decisions and readings; for the clip as it forms, press Run.";
  const player = previews ? (clips?.cloneNode(true) as Clips | undefined) : undefined;
  if (player) part("clips").append(player);

  const show = (step: number): void => {
    slider.value = String(step + 1);
    slider.setAttribute("aria-valuetext", `step ${step + 1} of ${cached.steps}`);
    part("step").textContent = stepInWords(uncached, cached, step);
    const lines = linesOfStep(cached, step);
    const body = place.querySelector("tbody") as HTMLElement;
    body.innerHTML = (lines.length > 0 ? lines : [{ where: "Everything", pass: "", what: "computed" }])
      .map(
        ({ where, pass, what }) =>
          `<tr>${[where, pass, what].map((text) => `<td>${escapeHtml(text)}</td>`).join("")}</tr>`,
      )
      .join("");
    for (const name of ["uncached", "cached"] as const) {
      const clip = previews?.at(name, step);
      if (clip) player?.put(name, clip, `${name}, after step ${step + 1}`);
    }
    for (const button of place.querySelectorAll<HTMLButtonElement>("button[data-to]")) {
      const back = button.dataset.to === "first" || button.dataset.to === "back";
      button.setAttribute("aria-disabled", String(step === (back ? 0 : cached.steps - 1)));
    }
  };
  const now = (): number => Number(slider.value) - 1;
  slider.addEventListener("input", () => show(now()));
  for (const button of place.querySelectorAll<HTMLButtonElement>("button[data-to]"))
    button.addEventListener("click", () => {
      const last = cached.steps - 1;
      const to = { first: 0, back: Math.max(0, now() - 1), on: Math.min(last, now() + 1), last };
      show(to[button.dataset.to as keyof typeof to]);
    });
  // The first step that rests says more than the first.
  show(Math.max(0, cached.visits.find(({ decision }) => decision !== "compute")?.step ?? 0));
};

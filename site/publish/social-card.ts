import { existsSync } from "node:fs";
import { markShapes } from "../page/mark.js";
import { recordedRun } from "../program/recorded-run.js";

/** Breaks a text into lines of at most so many letters; what does not fit in `most` lines ends with "…". */
export const lines = (text: string, letters: number, most: number): readonly string[] => {
  const made = (text.match(new RegExp(`.{1,${letters}}(?:\\s+|$)|\\S+\\s*`, "g")) ?? []).map((line) => line.trim());
  return made.length <= most ? made : [...made.slice(0, most - 1), `${made[most - 1]} …`];
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);

const rowsInCard = 6;

/** Different masks of a method's recorded run, those of PAB where there is none. */
const masks = (method: string | undefined): readonly string[] => {
  const name = method && existsSync(`site/public/recorded/${method}`) ? method : "pyramid-attention-broadcast";
  const different = [...new Set(recordedRun(name).run.cached.sites.map(({ computed }) => computed))];
  return Array.from({ length: rowsInCard }, (_, row) => different[row % different.length] ?? "");
};

const [across, down] = [52, 24];
const grid = (method: string | undefined): string =>
  masks(method)
    .flatMap((mask, row) =>
      [...mask].map((digit, step) => {
        const colour = digit === "1" ? "#4fcabd" : "#2a4a46";
        return `<rect x="${80 + step * across}" y="${430 + row * down}" width="${across - 6}" height="${down - 5}" rx="3" fill="${colour}"/>`;
      }),
    )
    .join("");

const text = (y: number, size: number, colour: string, said: string, weight = 400, x = 80): string =>
  `<text x="${x}" y="${y}" font-family="Inter, DejaVu Sans, Liberation Sans, Helvetica, Arial, sans-serif" font-size="${size}" font-weight="${weight}" fill="${colour}">${escaped(said)}</text>`;

/** 1200 × 630, the size that links are shown at. */
export const cardSvg = (page: {
  readonly title: string;
  readonly description: string;
  readonly method?: string | undefined;
}): string => {
  const title = lines(page.title, 26, 2);
  const about = lines(page.description, 62, 2);
  const below = 170 + title.length * 76;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><rect width="1200" height="630" fill="#151918"/><g transform="translate(80 66) scale(1.4)">${markShapes()}</g>${text(
    100,
    28,
    "#f6f6f3",
    "diffusion-cache",
    700,
    136,
  )}${title.map((line, at) => text(185 + at * 76, 64, "#f6f6f3", line, 700)).join("")}${about
    .map((line, at) => text(below + at * 42, 30, "#c6c8c4", line))
    .join("")}${grid(page.method)}</svg>`;
};

import { EngineError } from "../errors.js";
import type { ModelCard, RunSize } from "./card.js";
import type { Tokens } from "./rows.js";

const refuse = (message: string, hint: string): never => {
  throw new EngineError("input-invalid", message, { hint });
};

const nearest = (value: number, unit: number, rest: number): string => {
  const below = Math.floor((value - rest) / unit) * unit + rest;
  const [low, high] = [Math.max(below, rest > 0 ? rest : unit), below + unit];
  return low === high ? `${low}` : `${low} and ${high}`;
};

/** Beyond this no model has been run, and a product of such sides would not be a number of tokens any more. */
const mostPixels = 32_768;
const mostFrames = 100_000;

const side = (name: string, what: "width" | "height", value: number, unit: number): number => {
  if (!Number.isSafeInteger(value) || value < 1 || value > mostPixels)
    refuse(
      `The ${what} is ${value}; expected a whole number of pixels from ${unit} to ${mostPixels}.`,
      "Give another.",
    );
  if (value % unit !== 0)
    refuse(
      `A ${what} of ${value} does not divide into the tokens of ${name}, ${unit} pixels each.`,
      `The nearest are ${nearest(value, unit, 0)}.`,
    );
  return value / unit;
};

/**
 * Latent frames of so many frames.
 * @throws EngineError "input-invalid" for frames that the VAE does not take
 */
export const latentFrames = ({ name, latent }: ModelCard, frames: number): number => {
  const { time, chunk, rest = [0, 0] } = latent;
  if (!Number.isSafeInteger(frames) || frames < 1 || frames > mostFrames)
    refuse(`The number of frames is ${frames}; expected a whole number from 1 to ${mostFrames}.`, "Give another.");
  if (chunk) {
    if (frames < rest[0] || (frames - rest[0]) % chunk[0] !== 0)
      refuse(
        rest[0] > 0
          ? `${name} takes ${chunk[0]}·k + ${rest[0]} frames; ${frames} is none.`
          : `${name} takes frames in chunks of ${chunk[0]}; ${frames} is none.`,
        `The nearest are ${nearest(frames, chunk[0], rest[0])}.`,
      );
    return ((frames - rest[0]) / chunk[0]) * chunk[1] + rest[1];
  }
  if ((frames - 1) % time !== 0)
    refuse(`${name} takes ${time}·k + 1 frames; ${frames} is none.`, `The nearest are ${nearest(frames, time, 1)}.`);
  return (frames - 1) / time + 1;
};

/**
 * The rows that a run of some size has. A reference image of the same size adds its tokens once more.
 * @throws EngineError "input-invalid" for a size that does not divide into tokens, or an image model's frames
 */
export const tokensOf = (card: ModelCard, size: RunSize, references = card.references ?? 0): Tokens => {
  const { name, latent, patch, text, filled = 1, image, sizes, sound } = card;
  if (size.frames !== 1 && sizes.every(({ frames }) => frames === 1))
    refuse(`${name} makes images, so it takes one frame, not ${size.frames}.`, "Leave the frames out.");
  if (!Number.isSafeInteger(references) || references < 0 || references > 16)
    refuse(`There are ${references} reference images; expected 0 to 16.`, "Give another number.");
  const S =
    side(name, "height", size.height, latent.space * patch[1]) *
    side(name, "width", size.width, latent.space * patch[2]);
  const T = Math.ceil(latentFrames(card, size.frames) / patch[0]);
  const heard = sound ? Math.round((size.frames / sound.framesPerSecond) * sound.rowsPerSecond) * sound.channels : 0;
  const whole = (rows: number): number => filled * Math.ceil(rows / filled);
  return { N: whole(S * T * (1 + references)), L: whole(text), T, S, I: image + heard };
};

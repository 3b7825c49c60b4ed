/** What rows of a product count: tokens, text rows, latent frames, tokens of a frame, rows of a conditioning image or of sound. */
export interface Tokens {
  /** Tokens of the image or video. */
  readonly N: number;
  /** Rows of the text. */
  readonly L: number;
  /** Latent frames after patching. */
  readonly T: number;
  /** Tokens of one frame. */
  readonly S: number;
  /** Rows of an encoded image that the text is joined by, or of the sound that a video is made with. */
  readonly I: number;
}

const term = /^(?:[NLTSI1])(?:\*[NLTSI1])*$/;

/** Whether a text is a sum of products of N, L, T, S, I and 1, and nothing else: "N+L", "T*L", "1". */
export const isRows = (text: unknown): text is string =>
  typeof text === "string" && text.length <= 1000 && text.split("+").every((one) => term.test(one));

/** The number that an expression of rows stands for; call it with what `isRows` took. */
export const countRows = (rows: string, tokens: Tokens): number =>
  rows
    .split("+")
    .map((product) =>
      product.split("*").reduce((value, name) => value * (name === "1" ? 1 : tokens[name as keyof Tokens]), 1),
    )
    .reduce((sum, value) => sum + value, 0);

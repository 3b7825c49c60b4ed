import type { RunInputs } from "../engine.js";
import { EngineError } from "../errors.js";
import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import { gridPositions } from "../models/rotary.js";
import { readRows } from "./architecture.js";
import type { Layers } from "./kit/layers.js";

const refuse = (message: string, hint: string): never => {
  throw new EngineError("input-invalid", message, { hint });
};

/** Rows of Z-Image's image and text are filled up to a multiple of 32. */
export const filledRows = (rows: number): number => 32 * Math.ceil(rows / 32);

/**
 * Positions (along text and image, row, column) of the tokens of an image, then of rows of text, both filled up. The image
 * comes behind the text; rows that fill it up are at the origin, and those of the text go on counting.
 * @throws EngineError "input-invalid" for more than the model has positions
 */
export const zImagePositions = (
  [tokens, rows, columns]: readonly [tokens: number, rows: number, columns: number],
  longest: readonly [number, number, number],
) => {
  const count = filledRows(tokens);
  if (count + 2 > longest[0] || rows > longest[1] || columns > longest[2])
    refuse(
      `${tokens} rows of text and ${rows} × ${columns} patches exceed the model's positions, ${longest.join(", ")}.`,
      `Give at most ${longest[0] - 32} rows, and latents of at most ${2 * longest[1]} × ${2 * longest[2]}.`,
    );
  const rest = filledRows(rows * columns) - rows * columns;
  const image = gridPositions(1, rows, columns, [count + 1, 0, 0]);
  return {
    image: [...image, ...Array<number[]>(rest).fill([0, 0, 0])],
    text: gridPositions(count, 1, 1, [1, 0, 0]),
  };
};

/** Rows [B, T, D] filled up with `token`, which also takes the place of rows that `mask` [B, T] says 0 of. */
export const padded = (
  g: GraphBuilder,
  layers: Layers,
  x: GraphValue,
  token: string,
  mask?: GraphValue,
): GraphValue => {
  const [B, T, D] = x.dims as [number, number, number];
  const pad = g.reshape(layers.weight(g, token, [1, D]), [1, 1, D]);
  const rest = filledRows(T) - T;
  let rows = x;
  if (mask) {
    const read = g.reshape(mask, [B, T, 1]);
    rows = g.add(g.mul(x, read), g.mul(pad, g.sub(g.scalar(1), read)));
  }
  return rest === 0 ? rows : g.concat([rows, g.expand(pad, [B, rest, D])], 1);
};

/**
 * As ZImagePipeline takes guidance_scale: c + scale · (c − u) above 1, and one pass up to it. Texts of other lengths have
 * masks; all must fill up to as many rows as are given, since the picture's positions begin behind them.
 *
 * @throws EngineError "input-invalid"
 */
export const guidedAsZImage = (inputs: RunInputs, scale: number): RunInputs & { readonly guidance: number } => {
  const rows = inputs.cond.text?.dims[1] ?? 0;
  for (const [name, branch] of [
    ["cond", inputs.cond],
    ...(scale > 1 ? ([["uncond", inputs.uncond]] as const) : []),
  ] as const)
    for (const read of branch?.mask?.dims.length === 2 ? readRows(branch.mask, `The mask of ${name}`) : [])
      if (filledRows(read) !== filledRows(rows))
        refuse(
          `The text of ${name} has ${read} rows of ${rows}: Z-Image fills them up to ${filledRows(read)}, and not to ${filledRows(rows)}.`,
          "Give texts that fill up to the same multiple of 32 rows.",
        );
  return { ...inputs, guidance: scale > 1 ? scale + 1 : 1 };
};

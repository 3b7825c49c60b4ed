import type { RunInputs } from "../../engine.js";
import { EngineError } from "../../errors.js";
import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import type { Geometry } from "../../models/model.js";
import type { Tensor } from "../../tensor.js";
import type { Layers } from "./layers.js";

/** The condition that is the latents of the first frame, [clips or 1, channels, 1, height, width]. */
const name = "image";

/**
 * Takes the first frame out of a run's conditions: both branches start from it.
 * @throws EngineError "input-invalid"
 */
export const withoutFirstFrame = ({ cond, uncond, ...rest }: RunInputs): RunInputs & { readonly image?: Tensor } => {
  const { [name]: image, ...others } = cond;
  if (uncond?.[name])
    throw new EngineError("input-invalid", "The unconditional branch has an image of its own.", {
      hint: `Give the first frame as ${name} alone: both branches start from it.`,
    });
  return { ...rest, cond: others, ...(uncond ? { uncond } : {}), ...(image ? { image } : {}) };
};

/**
 * Timesteps of tokens. All have that of the step, but where the first frame is given ("image"), its tokens have 0: the
 * embedding is then two rows, that of 0 and that of the step, and modulations are made of both and spread over the tokens.
 *
 * @param tokens of a clip, frame by frame
 * @param zero embedding [1, C] of timestep 0
 * @throws EngineError "input-invalid" where a patch is deeper than the frame, or there is no further one
 */
export const tokenTimes = (
  layers: Layers,
  { frames, given = [] }: Geometry,
  { tokens, depth = 1, zero }: { readonly tokens: number; readonly depth?: number; readonly zero: Tensor },
) => {
  const pictured = given.includes(name);
  if (pictured && (depth !== 1 || frames === 1))
    throw new EngineError(
      "input-invalid",
      `A picture as the first frame wants further frames, in patches one frame deep; here are ${frames}, in patches ${depth} deep.`,
      { hint: `Leave out the condition ${name}.` },
    );
  const first = tokens / frames;
  const still = (g: GraphBuilder): GraphValue => g.constant("timestep 0", zero);
  const spread = (g: GraphBuilder, both: GraphValue, more = 0): GraphValue => {
    const [rows, , width] = both.dims as [number, number, number];
    const half = rows / 2;
    const part = (which: 0 | 1, count: number) =>
      g.expand(g.slice(both, 0, which * half, (which + 1) * half), [half, count, width]);
    return g.concat([part(0, first), part(1, tokens - first + more)], 1);
  };
  return {
    /** What a graph's key says of it. */
    key: pictured ? " from a picture" : "",
    /** The embedding [1, C] of timestep 0. */
    zero: still,
    /** What enters the time embedder, [1, C] or [2, C]. */
    entering: (g: GraphBuilder, embedding: GraphValue): GraphValue =>
      pictured ? g.concat([still(g), embedding], 0) : embedding,
    /** `count` rows of a table `own` [count, D] over what the timesteps became [1 or 2, D or count · D]: each [D], or [1, S, D]. */
    rows(g: GraphBuilder, own: GraphValue, times: GraphValue, count: number): readonly GraphValue[] {
      const [n, width] = [times.dims[0] as number, own.dims.at(-1) as number];
      const each = (times.dims.at(-1) as number) / width;
      const rows = layers.rows(g, g.add(own, g.reshape(times, [n, each, width])), count, n);
      return pictured ? rows.map((row) => spread(g, row)) : rows;
    },
    /**
     * A row [2 · n, 1, D], those of n clips for timestep 0 and then those for the step's, over the tokens and `more` that
     * follow them, which have the step's: [n, S + more, D].
     */
    spread,
  };
};

import { timestepEmbedding } from "../../models/embeddings.js";
import type { Architecture } from "../architecture.js";

/**
 * The parts of an {@link Architecture} that is told the guidance scale, as FluxPipeline takes guidance_scale: one pass a
 * step. With a condition "guidance" the scale is that of two passes, true_cfg_scale.
 *
 * @param channels of the scale's embedding by a config.json; undefined for a checkpoint that is not told any
 */
export const toldGuidance = (
  channels: (json: unknown) => number | undefined,
): Pick<Architecture, "guided" | "condition"> => ({
  guided(inputs, scale, json) {
    const { cond } = inputs;
    if (channels(json) === undefined || cond.guidance) return { ...inputs, guidance: scale };
    const told = { dims: [1], data: Float32Array.of(scale) };
    return { ...inputs, cond: { ...cond, guidance: told }, guidance: 1 };
  },
  condition(name, value, json) {
    const width = channels(json);
    if (name !== "guidance" || width === undefined) return value;
    if (value.dims.length !== 1) return value; // refused for its shape
    const rows = [...value.data].map((scale) => timestepEmbedding(scale * 1000, width).data);
    return { dims: [rows.length, width], data: Float32Array.from(rows.flatMap((row) => [...row])) };
  },
});

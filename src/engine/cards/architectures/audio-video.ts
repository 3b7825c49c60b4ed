import type { Anatomy, Linear, SubLayer } from "../card.js";
import type { ConfigFields } from "./config.js";
import { embed, embedder, head } from "./pieces.js";

// Networks that make a video and its sound. I are the rows of the sound.

/** Attention of `queries` to `keys`: widths of both, of the attention, and its heads where they are gated. */
const attention = (
  kind: SubLayer["kind"],
  site: string,
  [queries, width]: readonly [string, number],
  [keys, keyWidth]: readonly [string, number],
  inner: number,
  gates: number,
): SubLayer => ({
  kind,
  site,
  linears: [
    [queries, width, inner],
    [keys, keyWidth, 2 * inner],
    [queries, inner, width],
    ...(gates > 0 ? ([[queries, width, gates]] as const) : []),
  ],
  attends: [[queries, keys, inner]],
  out: [[queries, width]],
});

const feed = (site: string, rows: string, width: number): SubLayer => ({
  kind: "feed-forward",
  site,
  linears: [
    [rows, width, 4 * width],
    [rows, 4 * width, width],
  ],
  out: [[rows, width]],
});

/** LTX2VideoTransformer3DModel: a wide video stream and a narrow one of sound that attend to each other in every block. */
export const ltx2 = (fields: ConfigFields): Anatomy => {
  const heads = fields.whole("num_attention_heads", 32);
  const D = heads * fields.whole("attention_head_dim", 128);
  const soundHeads = fields.whole("audio_num_attention_heads", 32);
  const A = soundHeads * fields.whole("audio_attention_head_dim", 64);
  const text = fields.whole("cross_attention_dim", 4096);
  const soundText = fields.whole("audio_cross_attention_dim", 2048);
  const gates = fields.flag("gated_attn", false) ? heads : 0;
  const soundGates = fields.flag("audio_gated_attn", false) ? soundHeads : 0;
  const [told, soundTold] = [fields.flag("cross_attn_mod", false), fields.flag("audio_cross_attn_mod", false)];
  const prompts = (told || soundTold) && fields.flag("use_prompt_adaln_single", true) ? [2] : [];
  const adaLn = (width: number, ...rows: readonly number[]): readonly Linear[] =>
    rows.flatMap((count) => [...embedder(256, width), ["1", width, count * width] as const]);
  const caption = fields.whole("caption_channels", 3840);
  const projected = (width: number): readonly Linear[] => [
    ["L", caption, width],
    ["L", width, width],
  ];
  const [video, sound] = [["N", D] as const, ["I", A] as const];
  const out = fields.whole("out_channels", 128);
  return {
    patch: [fields.whole("patch_size_t", 1), fields.whole("patch_size", 1), fields.whole("patch_size", 1)],
    blocks: [
      {
        name: "transformer_blocks",
        repeat: fields.whole("num_layers", 48),
        sublayers: [
          attention("self-attention", "attn1", video, video, D, gates),
          attention("self-attention", "audio_attn1", sound, sound, A, soundGates),
          attention("cross-attention", "attn2", video, ["L", text], D, gates),
          attention("cross-attention", "audio_attn2", sound, ["L", soundText], A, soundGates),
          attention("cross-attention", "audio_to_video_attn", video, sound, A, gates > 0 ? soundHeads : 0),
          attention("cross-attention", "video_to_audio_attn", sound, video, A, soundGates),
          feed("ff", "N", D),
          feed("audio_ff", "I", A),
        ],
        stream: [video, sound],
      },
    ],
    outside: [
      embed(["N", fields.whole("in_channels", 128), D], ["I", fields.whole("audio_in_channels", 128), A]),
      embed(
        ...(fields.flag("use_prompt_embeddings", true) ? [...projected(D), ...projected(A)] : []),
        ...adaLn(D, told ? 9 : 6, 4, 1, ...prompts),
        ...adaLn(A, soundTold ? 9 : 6, 4, 1, ...prompts),
      ),
      head(["N", D, out], ["I", A, fields.whole("audio_out_channels", 128)]),
    ],
    prediction: out,
  };
};

/** MiniMaxH3Transformer3DModel: text, sound and video as one sequence; video and sound each have a timestep. */
export const minimaxH3 = (fields: ConfigFields): Anatomy => {
  const D = fields.whole("hidden_size", 5376);
  const inner = fields.whole("num_attention_heads", 56) * fields.whole("attention_head_dim", 128);
  const hidden = fields.whole("ffn_dim", 14336);
  const time = fields.whole("time_embed_dim", 2688);
  const patch = fields.wholes("patch_size", [1, 2, 2]) as readonly [number, number, number];
  const cell = patch.reduce((product, side) => product * side, 1) * fields.whole("in_channels", 24);
  const sound = fields.whole("audio_in_channels", 32);
  const [all, steps] = ["N+L+I", "1+1"];
  const feedForward = (rows: string): readonly Linear[] => [
    [rows, D, 2 * hidden],
    [rows, hidden, D],
  ];
  const [embedded, modalities] = [fields.whole("time_embed_hidden_dim", 5376), 3];
  return {
    patch,
    blocks: [
      {
        name: "transformer_blocks",
        repeat: fields.whole("num_layers", 50),
        sublayers: [
          { kind: "modulation", linears: [[steps, time, 6 * D * modalities]] },
          attention("joint-attention", "attn", [all, D], [all, D], inner, 0),
          { kind: "feed-forward", site: "ff", linears: feedForward(all), out: [[all, D]] },
        ],
        stream: [[all, D]],
      },
    ],
    outside: [
      embed(
        ["N", cell, D],
        ["I", sound, D],
        ["L", fields.whole("text_dim", 5120), D],
        [steps, fields.whole("freq_dim", 256), embedded],
        [steps, embedded, time],
      ),
      ...Array.from({ length: fields.whole("num_refiner_layers", 2) }, () => ({
        ...embed(["L", D, 3 * inner], ["L", inner, D], ...feedForward("L")),
        attends: [["L", "L", inner] as const],
      })),
      head([steps, time, 2 * D], [all, D, cell], [all, D, sound]),
    ],
    prediction: cell,
  };
};

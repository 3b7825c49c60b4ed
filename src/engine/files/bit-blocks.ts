import { EngineError, shown } from "../errors.js";
import { quantised } from "./quantised.js";

// Weights of linear layers in 8 or 4 bits, as onnxruntime's MatMulNBits reads them: a row of the matrix [out, in] is cut
// into blocks of 32 numbers, each with one float32 scale; a weight is (q - middle) · scale, where the middle is half of
// what the bits hold, 128 or 8. Beside "X.weight" (U8, [out, in], or of 4 bits [out, in / 2], the first of two numbers
// in the lower half of a byte) the file has "X.weight.scales" (F32, [out, in / 32]), and config.json says so in its
// quantization_config.

/** Numbers that share a scale. */
export const blockSize = 32;

/** What a weight may be kept in. */
export type Bits = 8 | 4;

/** What `quant_method` says of weights that this package has written. */
export const quantMethod = "diffusion-cache";

/** Under what name the scales of a weight are saved. */
export const scalesName = (weight: string): string => `${weight}.scales`;

/** The weights that numbers of so many bits stand for. */
export const fromBlocks = (numbers: Uint8Array, scales: Float32Array, bits: Bits): Float32Array => {
  const weights = new Float32Array((numbers.length * 8) / bits);
  const middle = 2 ** (bits - 1);
  for (let at = 0; at < weights.length; at++) {
    const byte = numbers[(at * bits) >> 3] as number;
    const number = bits === 8 ? byte : at % 2 ? byte >> 4 : byte & 15;
    weights[at] = (number - middle) * (scales[Math.floor(at / blockSize)] as number);
  }
  return weights;
};

/** What config.json says of such weights. */
export interface Quantisation {
  readonly quant_method: typeof quantMethod;
  readonly bits: Bits;
  readonly block_size: typeof blockSize;
  /** √(Σ (w − w′)² / Σ w²) over all weights in so few bits: how far they are from those that they were made of. */
  readonly relative_error: number;
}

/**
 * What a network's config.json says of its weights: undefined where they are plain numbers.
 * @throws EngineError "model-config" for a quantisation that is not read
 */
export const quantisationOf = (where: string, config: Readonly<Record<string, unknown>>): Quantisation | undefined => {
  const found = (config.quantization_config ?? undefined) as Partial<Quantisation> | undefined;
  if (found === undefined) return undefined;
  if (found?.quant_method !== quantMethod)
    throw quantised("model-config", `${where} has a quantization_config (${shown(found.quant_method ?? found, 60)})`);
  const { bits, block_size: size, relative_error: error } = found;
  if ((bits === 8 || bits === 4) && size === blockSize && typeof error === "number" && error >= 0)
    return found as Quantisation;
  throw new EngineError(
    "model-config",
    `${where} has weights of ${shown(bits, 20)} bits in blocks of ${shown(size, 20)}, with the error ${shown(error, 20)}; read are 8 or 4 bits in blocks of ${blockSize}.`,
    { hint: "Convert the model again: npx diffusion-cache convert DIR --out DIR --dtype q8." },
  );
};

import { EngineError, shown } from "../errors.js";
import { quantised } from "./quantised.js";

// Weights of linear layers in 8 bits, as onnxruntime's MatMulNBits reads them: a row of the matrix [out, in] is cut into
// blocks of 32 numbers, each with one float32 scale; a weight is (q - 128) · scale. Beside "X.weight" (U8, [out, in]) the
// file has "X.weight.scales" (F32, [out, in / 32]), and config.json says so in its quantization_config.

/** Numbers that share a scale. */
export const blockSize = 32;

/** What `quant_method` says of weights that this package has written. */
export const quantMethod = "diffusion-cache";

const middle = 128;

/** Under what name the scales of a weight are saved. */
export const scalesName = (weight: string): string => `${weight}.scales`;

/** Whether a matrix of this shape can be cut into blocks. */
export const hasBlocks = (dims: readonly number[]): boolean =>
  dims.length === 2 && (dims[1] as number) % blockSize === 0;

/** The nearest numbers of 8 bits, and their scales. */
export const toEightBit = (weights: Float32Array): { readonly numbers: Uint8Array; readonly scales: Float32Array } => {
  const numbers = new Uint8Array(weights.length);
  const scales = new Float32Array(weights.length / blockSize);
  for (let block = 0; block < scales.length; block++) {
    const [from, to] = [block * blockSize, (block + 1) * blockSize];
    let most = 0;
    for (let at = from; at < to; at++) most = Math.max(most, Math.abs(weights[at] as number));
    const scale = Math.fround(most / (middle - 1)) || 1;
    scales[block] = scale;
    for (let at = from; at < to; at++) numbers[at] = Math.round((weights[at] as number) / scale) + middle;
  }
  return { numbers, scales };
};

/** The weights that numbers of 8 bits stand for. */
export const fromEightBit = (numbers: Uint8Array, scales: Float32Array): Float32Array => {
  const weights = new Float32Array(numbers.length);
  for (let at = 0; at < weights.length; at++)
    weights[at] = ((numbers[at] as number) - middle) * (scales[Math.floor(at / blockSize)] as number);
  return weights;
};

/** What config.json says of such weights. */
export interface EightBit {
  readonly quant_method: typeof quantMethod;
  readonly bits: 8;
  readonly block_size: typeof blockSize;
  /** √(Σ (w − w′)² / Σ w²) over all weights in 8 bits: how far they are from those that they were made of. */
  readonly relative_error: number;
}

/**
 * What a network's config.json says of its weights: undefined where they are plain numbers.
 * @throws EngineError "model-config" for a quantisation that is not read
 */
export const eightBitOf = (where: string, config: Readonly<Record<string, unknown>>): EightBit | undefined => {
  const found = (config.quantization_config ?? undefined) as Partial<EightBit> | undefined;
  if (found === undefined) return undefined;
  if (found?.quant_method !== quantMethod)
    throw quantised("model-config", `${where} has a quantization_config (${shown(found.quant_method ?? found, 60)})`);
  const { bits, block_size: size, relative_error: error } = found;
  if (bits === 8 && size === blockSize && typeof error === "number" && error >= 0) return found as EightBit;
  throw new EngineError(
    "model-config",
    `${where} has weights of ${shown(bits, 20)} bits in blocks of ${shown(size, 20)}, with the error ${shown(error, 20)}; read are 8 bits in blocks of ${blockSize}.`,
    { hint: "Convert the model again: npx diffusion-cache convert DIR --out DIR --dtype q8." },
  );
};

import { EngineError } from "../errors.js";

/** Bytes of a weight. Four-bit formats with their scales: 64 weights share 2 bytes (NF4), 16 share 1 (NVFP4). */
const weights = { fp32: 4, bf16: 2, fp16: 2, fp8: 1, int8: 1, nf4: 0.53125, nvfp4: 0.5625 } as const;

/** How weights are stored. Hidden tensors, and what is kept of them, are 16-bit numbers under all but fp32. */
export type Dtype = keyof typeof weights;

/** Their names. */
export const dtypes = Object.keys(weights) as readonly Dtype[];

/** @throws EngineError "input-invalid" */
export const dtypeOf = (name: string): Dtype => {
  const found = dtypes.find((one) => one === name);
  if (found === undefined)
    throw new EngineError("input-invalid", `There is no dtype "${name}".`, {
      hint: `Choose one of: ${dtypes.join(", ")}.`,
    });
  return found;
};

export const weightBytes = (dtype: Dtype): number => weights[dtype];
/** Of a number of a hidden tensor. */
export const numberBytes = (dtype: Dtype): number => (dtype === "fp32" ? 4 : 2);

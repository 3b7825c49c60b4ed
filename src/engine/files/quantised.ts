import { EngineError, shown } from "../errors.js";
import type { Tensor } from "../tensor.js";

const hint =
  "Weights in float32, float16 or bfloat16 are supported, and 8 bits as diffusion-cache convert writes them: use the model's folder from before quantisation, or load it in diffusers, call dequantize() and save_pretrained().";

/** The refusal of weights whose numbers are not the weights themselves. */
export const quantised = (code: "model-config" | "file-invalid", what: string): EngineError =>
  new EngineError(code, `${what}; quantised weights are not supported.`, { hint });

// What bitsandbytes, GPTQ, AWQ, quanto, torchao, SVDQuant and ComfyUI save beside a layer's packed numbers, or in their place.
const besides =
  /\.(SCB|weight_format|qweight|qzeros|g_idx|wscales|scales|scale_weight|scale_input|input_scale|weight_(scale|scale_inv|scale_2|scales|zero_point|zeros|packed)|comfy_quant|weight[._](SCB|absmax|nested_absmax|quant_map|nested_quant_map|quant_state\..+|_data|_scale|_shift|scale|scales|zero_point|qdata))$/;

/**
 * Refuses weights with the scales of a quantisation beside them.
 * @throws EngineError "file-invalid"
 */
export const expectPlainWeights = (where: string, weights: ReadonlyMap<string, Tensor>): void => {
  const found = [...weights.keys()].find((name) => besides.test(name));
  if (found !== undefined) throw quantised("file-invalid", `${where} holds the tensor ${shown(found, 120)}`);
};

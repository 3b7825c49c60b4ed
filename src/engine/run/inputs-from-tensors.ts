import type { RunInputs } from "../engine.js";
import { EngineError } from "../errors.js";
import { accept, aTensor, aText, both, is } from "../expect.js";
import type { Tensor } from "../tensor.js";

const aMap = is("a Map of tensors by name", (value) => value instanceof Map);
const ofTensors = is("a Map of tensors by name", (value) =>
  [...(value as Map<unknown, unknown>)].every(
    ([name, tensor]) => typeof name === "string" && aTensor(tensor, "") === undefined,
  ),
);

/**
 * What a run starts from, of the tensors of a file: `noise`, and a model's conditions by their own names, those of the
 * unconditional branch with the prefix `uncond.`; or `cond` and `uncond`, where the text is the only condition.
 *
 * @param where what messages call the file
 * @throws EngineError "input-invalid" without noise
 */
export const inputsFromTensors = (tensors: ReadonlyMap<string, Tensor>, where = "The file"): RunInputs => {
  accept("inputsFromTensors", { tensors: [tensors, both(aMap, ofTensors)], where: [where, aText] });
  const noise = tensors.get("noise");
  if (!noise)
    throw new EngineError("input-invalid", `${where} has no tensor "noise".`, {
      hint: "Give noise, cond and uncond.",
    });
  const [cond, uncond] = [tensors.get("cond"), tensors.get("uncond")];
  if (cond) return { noise, cond: { text: cond }, ...(uncond ? { uncond: { text: uncond } } : {}) };
  const branch = (prefix: string) =>
    Object.fromEntries(
      [...tensors].flatMap(([name, tensor]) => {
        const own = name.startsWith("uncond.") ? "uncond." : "";
        return own === prefix && name !== "noise" ? [[name.slice(prefix.length), tensor]] : [];
      }),
    );
  const others = branch("uncond.");
  return { noise, cond: branch(""), ...(Object.keys(others).length > 0 ? { uncond: others } : {}) };
};

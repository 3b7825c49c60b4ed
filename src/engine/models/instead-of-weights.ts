import { EngineError } from "../errors.js";
import { jsonReader } from "./json-files.js";
import type { Manifest } from "./manifest.js";
import type { Files } from "./source.js";

/**
 * What stands in a folder in place of the weights, and what to do about it; undefined where nothing does.
 * @param single the file that was looked for
 */
export const insteadOf = async (
  files: Files,
  folder: string,
  manifest: Manifest | undefined,
  single: string,
): Promise<EngineError | undefined> => {
  const listed = manifest?.files.flatMap(({ path }) => (path.startsWith(folder) ? [path.slice(folder.length)] : []));
  const there = ((await files.list?.(folder)) ?? listed ?? []).filter((name) =>
    /\.(safetensors|bin|pt|ckpt|gguf)$/.test(name),
  );
  if (there.length === 0) return undefined;
  const names = there.slice(0, 5).join(", ");
  const message = `${files.name} has no ${folder}${single}; it has ${names}.`;
  if (there.some((name) => /^diffusion_pytorch_model\.\w+(-\d+-of-\d+)?\.safetensors$/.test(name)))
    return new EngineError("file-missing", message, {
      hint: `A variant is read under the usual name: copy it to ${single}, or save the model again without a variant.`,
    });
  const config = await jsonReader(files, manifest, undefined).optional(`${folder}config.json`);
  const found = config?._class_name;
  const name = typeof found === "string" && /^\w+$/.test(found) ? found : "ModelMixin";
  const from = [`"${files.repository ?? files.name}"`, ...(folder ? [`subfolder="${folder.slice(0, -1)}"`] : [])];
  const to = files.repository ? `"model/${folder.slice(0, -1)}"` : `"${files.name}/${folder.slice(0, -1)}"`;
  return new EngineError("file-missing", message, {
    hint: `Pickles may run any program, and are not read. In Python: from diffusers import ${name} as M; M.from_pretrained(${from.join(", ")}).save_pretrained(${to}, safe_serialization=True)`,
  });
};

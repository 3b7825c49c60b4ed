import { readFileSync } from "node:fs";
import { EngineError } from "../src/engine/errors.js";
import type { Files } from "../src/engine/models/source.js";
import { sizeOf, type Tensor } from "../src/engine/tensor.js";

/** A folder in which some files are changed, or made of nothing where there are none; a text stands for its bytes. */
export const changed = (
  folder: string,
  changes: Readonly<Record<string, (bytes: Buffer) => string | Uint8Array>>,
): Files => ({
  name: folder,
  async read(path) {
    const change = changes[path];
    let bytes: Buffer = Buffer.alloc(0);
    try {
      bytes = readFileSync(`${folder}/${path}`);
    } catch (cause) {
      if (!change) throw new EngineError("file-missing", `${path} is not there.`, { cause });
    }
    return new Uint8Array(Buffer.from(change?.(bytes) ?? bytes));
  },
});

/** Numbers from −1 to 1 at equal distances, as torch.linspace gives them. */
export const ramp = (...dims: readonly number[]): Tensor => {
  const count = sizeOf(dims);
  return { dims, data: Float32Array.from({ length: count }, (_, index) => (2 * index) / (count - 1) - 1) };
};

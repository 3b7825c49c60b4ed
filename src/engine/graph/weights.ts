import { EngineError } from "../errors.js";
import { sizeOf, type Tensor } from "../tensor.js";

/** The tensors a model's graphs read, by name: those of the checkpoint, transposed copies, and computed constants. */
export interface WeightStore {
  /** @throws EngineError "weight-missing" */
  get(name: string): Tensor;
  has(name: string): boolean;
  /** Adds a constant that graphs read like a weight; a name that is taken keeps its tensor. */
  define(name: string, make: () => Tensor): void;
  /** Number of weights in the checkpoint. */
  readonly parameters: number;
}

const transposed = ({ dims, data }: Tensor): Tensor => {
  const [rows = 1, columns = 1] = dims;
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = data[row * columns + column] as number;
  return { dims: [columns, rows], data: turned };
};

/**
 * `name` is a tensor of the checkpoint, `name^T` its transpose (PyTorch keeps a linear layer as [out, in]; MatMul wants
 * [in, out]), or a defined constant. Transposes are made on first use and kept.
 */
export const weightStore = (checkpoint: ReadonlyMap<string, Tensor>): WeightStore => {
  const derived = new Map<string, Tensor>();
  const find = (name: string): Tensor | undefined => checkpoint.get(name) ?? derived.get(name);
  return {
    parameters: [...checkpoint.values()].reduce((sum, { dims }) => sum + sizeOf(dims), 0),
    has: (name) => find(name) !== undefined,
    define(name, make) {
      if (!derived.has(name)) derived.set(name, make());
    },
    get(name) {
      const found = find(name);
      if (found) return found;
      const source = name.endsWith("^T") ? checkpoint.get(name.slice(0, -2)) : undefined;
      if (!source)
        throw new EngineError("weight-missing", `The checkpoint has no weight "${name.replace(/\^T$/, "")}".`, {
          hint: "Check that config.json and the .safetensors file belong together, and that no shard is missing.",
        });
      const turned = transposed(source);
      derived.set(name, turned);
      return turned;
    },
  };
};

/** Refuses a checkpoint whose tensor has another shape than the network needs. */
export const expectShape = (store: WeightStore, name: string, dims: readonly number[]): void => {
  const found = store.get(name).dims;
  if (found.length !== dims.length || found.some((dim, axis) => dim !== dims[axis]))
    throw new EngineError(
      "weight-shape",
      `The weight "${name}" has the shape [${found.join(", ")}]; its config.json asks for [${dims.join(", ")}].`,
      { hint: "Use the config.json that was saved with these weights." },
    );
};

import { EngineError, shown } from "../errors.js";
import { configFields } from "./architectures/config.js";
import { families } from "./architectures/index.js";
import type { ModelCard } from "./card.js";
import { productWeights } from "./flops.js";

/** What a card says beside its class and config.json; everything else is the class's usual value. */
export type CardFacts = Partial<Omit<ModelCard, "class" | "blocks" | "outside" | "patch" | "prediction">>;

/** A named model: its class, what its config.json says, and what differs from the class's usual run. */
export interface NamedModel extends CardFacts {
  readonly class: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Classes of networks of which a config.json is enough for a card. */
export const cardClasses = (): readonly string[] => Object.keys(families);

/**
 * The card of the network that a config.json describes. Biases, norms and tables are left out of `parameters` unless
 * `facts` says their number.
 * @throws EngineError "model-unknown" for a class without a builder, "model-config" for a field
 */
export const cardFromConfig = (config: unknown, facts: CardFacts = {}): ModelCard => {
  const { _class_name: name } = (config ?? {}) as { readonly _class_name?: unknown };
  const family = typeof name === "string" && Object.hasOwn(families, name) ? families[name] : undefined;
  if (!family)
    throw new EngineError(
      "model-unknown",
      `config.json names the class ${shown(name)}, of which no card can be made.`,
      {
        hint: `Give one of: ${cardClasses().join(", ")}.`,
      },
    );
  const { anatomy, ...usual } = family;
  const built = anatomy(configFields(config));
  return {
    name: name as string,
    source: "config.json",
    parameters: productWeights(built),
    image: 0,
    ...usual,
    ...facts,
    class: name as string,
    ...built,
  };
};

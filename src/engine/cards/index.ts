import { EngineError, shown } from "../errors.js";
import { editDistance } from "../text/edit-distance.js";
import { cardFromConfig, type NamedModel } from "./build.js";
import type { ModelCard } from "./card.js";
import { imageModels } from "./image-models.js";
import { videoModels } from "./video-models.js";

/** Every card by the model's own name. */
const namedModels = { ...imageModels, ...videoModels };

/** The names of all cards. */
export const cardNames: readonly string[] = Object.keys(namedModels);

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/**
 * The card of a model by its own name; case does not matter.
 * @throws EngineError "card-unknown" that names the nearest
 */
export const modelCard = (name: string): ModelCard => {
  const found = cardNames.find((one) => one.toLowerCase() === String(name).toLowerCase());
  if (found === undefined) {
    const asked = plain(String(name).slice(0, 60));
    const distance = (one: string): number =>
      asked !== "" && (plain(one).includes(asked) || asked.includes(plain(one))) ? 0 : editDistance(asked, plain(one));
    const nearest = cardNames.toSorted((a, b) => distance(a) - distance(b)).slice(0, 3);
    throw new EngineError("card-unknown", `There is no model card ${shown(name)}.`, {
      hint: `The nearest are ${nearest.join(", ")}; the verb cards lists all.`,
    });
  }
  const { class: _class_name, config, ...facts } = namedModels[found] as NamedModel;
  return cardFromConfig({ ...config, _class_name }, { ...facts, name: found });
};

import type { ModelCard } from "../cards/card.js";
import { cardToJson } from "../cards/card-from-json.js";
import { cardNames, modelCard } from "../cards/index.js";
import type { Verb } from "./arguments.js";
import { commonFlags } from "./flags.js";
import { print } from "./print.js";

const line = (card: ModelCard, width: number): string => {
  const { name, parameters, sizes, steps, guidance, experts } = card;
  const [usual] = sizes;
  const frames = usual && usual.frames > 1 ? `×${usual.frames}` : "";
  const weights = `${(parameters / 1e9).toFixed(1)} B${experts ? ` × ${experts.count}` : ""}`;
  return `${name.padEnd(width)}${weights.padEnd(12)}${`${usual?.width}×${usual?.height}${frames}`.padEnd(14)}${`${steps} steps`.padEnd(11)}${guidance}`;
};

export const cardsVerb: Verb = {
  summary: "list the real models that plan --card takes",
  flags: commonFlags,
  async run(values) {
    const all = cardNames.map(modelCard);
    const width = Math.max(...cardNames.map(({ length }) => length)) + 2;
    print(values.json === true ? JSON.stringify(all.map(cardToJson)) : all.map((card) => line(card, width)).join("\n"));
  },
};

/**
 * The models that the site runs, folders of site/public/models: recorded runs, figures and the first page are of the first.
 * `log` names what training/log keeps of its training (LOG.csv, adherence-LOG.json), `samples` the sheet in training/ and
 * the JSON that says what was asked.
 */
export const liveModels = [
  { name: "latte-motion-nano", log: "nano", samples: "samples.png" },
  { name: "latte-scenes-nano", log: "scenes-nano", samples: "samples-scenes.webp" },
  { name: "flux-shapes-nano", log: "flux-nano", samples: "samples-flux.png" },
] as const;

export type ModelName = (typeof liveModels)[number]["name"];

/** The one that a reader meets first. */
export const firstModel = liveModels[0].name;

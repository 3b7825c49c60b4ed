import { dryRun, latteSites, pab } from "diffusion-cache";

// The grid of a method that decides by step alone: no model, no run.
const timesteps = Array.from({ length: 20 }, (_, step) => 951 - step * 50);
const methods = [
  pab({ spatialAttentionBlockSkipRange: 2, temporalAttentionBlockSkipRange: 4, crossAttentionBlockSkipRange: 6 }),
];
display(dryRun({ methods, timesteps, sites: latteSites(4) }));

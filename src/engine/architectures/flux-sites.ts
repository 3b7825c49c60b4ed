import type { Site, SiteKind, SiteMap } from "../method.js";
import { siteMap } from "../models/sites.js";

/** The sites of a FLUX of so many dual-stream and single-stream blocks, in the order in which they run, without weights. */
export const fluxSites = (dualLayers: number, singleLayers: number): SiteMap => {
  const subLayers: Site[] = [];
  const blocks: { from: number; to: number }[] = [];
  let part = 2; // the embedders
  const block = (id: string, sites: readonly (readonly [string, SiteKind, ...string[]])[]): void => {
    const from = part++; // the modulated input
    for (const [name, kind, ...more] of sites) {
      const site = `${id}.${name}`;
      const values = [site, ...more.map((one) => `${site}.${one}`)];
      subLayers.push({ id: site, kind, from: part, to: part + 1, values, keeps: "value" });
      part += id.startsWith("single") ? 1 : 2; // a dual block adds each feature to its stream at once
    }
    if (id.startsWith("single")) part++;
    blocks.push({ from, to: part });
  };
  for (let layer = 0; layer < dualLayers; layer++)
    block(`transformer_blocks.${layer}`, [
      ["attn", "spatial-attention", "context"],
      ["ff", "feed-forward"],
      ["ff_context", "feed-forward"],
    ]);
  for (let layer = 0; layer < singleLayers; layer++)
    block(`single_transformer_blocks.${layer}`, [
      ["proj_mlp", "feed-forward"],
      ["attn", "spatial-attention"],
    ]);
  const parts = part + 1; // the way out
  return siteMap({ subLayers, blocks, stream: ["x", "context"], last: ["x"], parts, output: "prediction" });
};

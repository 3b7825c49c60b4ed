import { type CacheMethod, compute, dryRun, reuse } from "diffusion-cache";

// Attention and feed-forward are skipped in every second step of the middle half of a run.
export const middleHalf: CacheMethod = {
  name: "middle-half",
  options: {},
  sites: (model) => model.all("spatial-attention", "temporal-attention", "cross-attention", "feed-forward"),
  start: () => (visit) => {
    const share = visit.step / visit.steps;
    const middle = share > 0.25 && share < 0.75;
    return middle && visit.step % 2 === 1 ? reuse : compute;
  },
};

const timesteps = Array.from({ length: 12 }, (_, step) => 951 - step * 79);
display(dryRun({ methods: [middleHalf], timesteps }));

import { dryRun, fora } from "diffusion-cache";

const timesteps = Array.from({ length: 20 }, (_, step) => 951 - step * 50);
for (const interval of [2, 3, 5]) {
  display(`FORA, interval ${interval}`);
  display(dryRun({ methods: [fora({ interval })], timesteps }));
}

// Measures the quality of all methods on the models of the site, over 16 prompts: about 20 minutes of a free core for each
// number of steps. `node scripts/record-quality.ts 28` measures one number of steps. Part of npm run record:quality.
import { spawnSync } from "node:child_process";
import { liveModels } from "../site/model/live-models.ts";
import "./script.mjs";

const counts = process.argv.length > 2 ? process.argv.slice(2) : ["20", "28", "50"];
for (const steps of counts)
  for (const { name: model } of liveModels) {
    const out = `site/public/recorded/quality/${model}-${steps}.json`;
    const prompts = `training/prompts-quality-${model}.txt`;
    const asked = ["--model", `site/public/models/${model}`, "--prompts", prompts, "--steps", steps, "--out", out];
    const { status } = spawnSync(process.execPath, ["bin/diffusion-cache.mjs", "quality", ...asked], {
      stdio: "inherit",
    });
    if (status !== 0) throw new Error(`${model} at ${steps} steps was not measured.`);
  }

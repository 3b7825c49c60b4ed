import { readFileSync } from "node:fs";
import { compared } from "../site/plan/evidence/compared.ts";
import { writeWhole } from "./script.mjs";

// Plans every published run of site/plan/evidence again and writes what the plan says beside what was published.
// npm run build:lib && node scripts/plan-evidence.ts

const read = (name: string) => JSON.parse(readFileSync(`site/plan/evidence/${name}.json`, "utf8"));

const comparison = compared({
  ratios: read("mag-ratios"),
  speedUps: read("speed-ups").rows,
  seconds: read("seconds").rows,
  memory: read("memory"),
});
writeWhole("site/plan/evidence/comparison.json", `${JSON.stringify(comparison, undefined, 1)}\n`);

// Writes the list of files in a model's manifest anew: node scripts/list-files.mjs site/public/models/latte-motion-nano
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "./script.mjs";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("Name the model's folder.");
const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== "manifest.json" && !entry.name.startsWith("."))
  .map((entry) => join(entry.parentPath, entry.name))
  .toSorted()
  .map((path) => {
    const content = readFileSync(path);
    return {
      path: path.slice(join(folder, "/").length),
      bytes: content.length,
      sha256: createHash("sha256").update(content).digest("hex"),
    };
  });
writeWhole(join(folder, "manifest.json"), `${JSON.stringify({ ...manifest, files }, null, 2)}\n`);
console.log(`${files.length} files, ${files.reduce((sum, { bytes }) => sum + bytes, 0)} bytes`);

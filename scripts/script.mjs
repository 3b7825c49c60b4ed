// What every script does alike: it says in one line what goes wrong, knows its names before it works, and writes whole files.
import { randomUUID } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A fault of the script itself keeps its stack; what it or the engine refuses is one line, as on the command line. */
process.on("uncaughtException", (error) => {
  const refused = error?.name === "EngineError" || (error instanceof Error && error.name === "Error");
  const line = [error?.message, error?.hint]
    .filter(Boolean)
    .join(" ")
    .trim()
    .replaceAll(/\s*\n\s*/g, " ");
  console.error(refused ? `${basename(process.argv[1])}: ${line}` : error);
  process.exit(1);
});

/** @throws for a name that is not among the known ones */
export const knownNames = (what, names, known) => {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no ${what} "${unknown}"; choose among ${known.join(", ")}.`);
  return names;
};

/** A file that is there whole or as it was, whatever ends the script. */
export const writeWhole = (path, content) => {
  const draft = join(dirname(path), `.${randomUUID()}.part`);
  try {
    writeFileSync(draft, content);
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
};

import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A copy of a folder, with some files less and some more, for the length of one test. */
export const changedFolder = (
  folder: string,
  { remove = [], add = {} }: { readonly remove?: readonly string[]; readonly add?: Readonly<Record<string, string>> },
): string => {
  const copy = mkdtempSync(join(tmpdir(), "changed-"));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(folder, copy, { recursive: true });
  for (const path of remove) rmSync(join(copy, path));
  for (const [path, content] of Object.entries(add)) writeFileSync(join(copy, path), content);
  return copy;
};

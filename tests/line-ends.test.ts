import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

// Manifests hold sizes and hashes of text files too: a clone that changed their line ends could run no model.

test("every file of a clone has the bytes of the repository, whatever the system's line ends are", () => {
  const files = execFileSync("git", ["ls-files", "--eol"], { encoding: "utf8" }).trim().split("\n");
  const other = files.filter((line) => !/^i\/(\S+\s.*attr\/-text|(lf|none)\s.*attr\/text=auto eol=lf)/.test(line));
  expect(other).toEqual([]); // a kind of file that .gitattributes does not call binary, or text with other line ends
});

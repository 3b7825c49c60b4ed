import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { notebookFile } from "../../../site/notebook/notebook-file.js";
import { ownMethodOf } from "../../../site/notebook/own-methods.js";
import { readFragment, shareFragment } from "../../../site/program/share-link.js";

const method = (code: string) => ({
  name: "mine",
  exported: "mine",
  notebook: notebookFile([{ name: "cell-1", code }]),
});

test("a method whose program no link can show is refused; the longest that is taken can be read", async () => {
  expect(() => ownMethodOf(method("x".repeat(60_000)))).toThrow(
    "This is no method for the table: the program of mine has 60087 bytes, and a link that shows it takes 60000.",
  );
  const hardest = ownMethodOf(method(randomBytes(44_000).toString("base64")));
  const { notebook } = hardest;
  expect(await readFragment(await shareFragment("code", { notebook }))).toEqual({ kind: "code", value: { notebook } });
});

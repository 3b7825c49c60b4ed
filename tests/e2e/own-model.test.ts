import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { dist } from "./first-view.js";

it("the page of the guide to one's own model alone may load from the Hub", () => {
  const policyOf = (page: string): string =>
    /Content-Security-Policy" content="([^"]*)"/.exec(readFileSync(`${dist}${page}index.html`, "utf8"))?.[1] ?? "";
  expect(policyOf("/guide/bring-your-own-model/")).toContain(
    "connect-src 'self' data: blob: https://huggingface.co https://*.hf.co;",
  );
  for (const page of ["/", "/play/", "/methods/fora/"])
    expect(policyOf(page)).toContain("connect-src 'self' data: blob:;");
});

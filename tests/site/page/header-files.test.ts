import { describe, expect, test } from "vitest";
import { headerFiles } from "../../../site/page/security.mjs";

describe("the paths of _headers", () => {
  test.each([
    ["/", ["/*", "/_astro/*"]],
    ["docs", ["/docs/*", "/docs/_astro/*"]],
    ["/docs/caching", ["/docs/caching/*", "/docs/caching/_astro/*"]],
    ["/docs/caching/", ["/docs/caching/*", "/docs/caching/_astro/*"]],
  ])("lie under the base %s", (base, paths) => {
    const lines = (headerFiles(base)._headers ?? "").split("\n");
    expect(lines.filter((line) => line !== "" && !line.startsWith(" "))).toEqual(paths);
  });
});

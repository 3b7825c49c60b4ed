import { afterEach, describe, expect, test, vi } from "vitest";
import { failureOf } from "../../../site/page/failure.js";
import { loadJson, missingPart } from "../../../site/page/missing-part.js";

afterEach(() => vi.unstubAllGlobals());

describe("a part of a page that does not come", () => {
  test("says whether the site is new or the network gone, and offers to load the page again", () => {
    const error = new TypeError("Failed to fetch dynamically imported module: https://x.example/_astro/a.js");
    expect(missingPart(error, true)).toBe(error);
    expect(error.message).toMatch(/^A part of this page could not be loaded: the site was published anew/);
    expect(failureOf(error).reload).toBe(true);
    expect(missingPart(new Error("x"), false).message).toMatch(/there is no network now/);
    expect(failureOf(new Error("x")).reload).toBe(false);
  });

  test.each([
    ["no answer", () => Promise.reject(new TypeError("Failed to fetch"))],
    ["an error page", async () => new Response("gone", { status: 404 })],
    ["a page in place of data", async () => new Response("<!doctype html>")],
  ])("is told of data too: %s", async (_, answer) => {
    vi.stubGlobal("fetch", answer);
    vi.stubGlobal("navigator", { onLine: true });
    await expect(loadJson("/recorded/run.json")).rejects.toThrow(/published anew/);
  });
});

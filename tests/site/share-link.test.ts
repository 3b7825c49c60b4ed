import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFragment, ShareError, shareFragment } from "../../site/program/share-link.js";

const packed = (text: string): string => deflateRawSync(Buffer.from(text)).toString("base64url");

describe("a shared link", () => {
  test("brings back any JSON, in signs that no messenger cuts off", () =>
    fc.assert(
      fc.asyncProperty(fc.jsonValue({ noUnicodeString: false }), async (value) => {
        const fragment = await shareFragment("settings", value);
        expect(fragment).toMatch(/^#settings=1\.[\w-]+$/);
        expect(await readFragment(fragment)).toEqual({ kind: "settings", value: JSON.parse(JSON.stringify(value)) });
      }),
    ));

  test("cut short or changed anywhere is refused in words, or read as what it then says", () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), fc.nat(), fc.string({ maxLength: 3 }), async (text, at, put) => {
        const whole = await shareFragment("code", { text });
        const place = at % whole.length;
        const changed = whole.slice(0, place) + put;
        await readFragment(changed).catch((error) => expect(error).toBeInstanceOf(ShareError));
      }),
      { numRuns: 2000 },
    ));

  test.each([
    ["no link of ours", "#how-it-works"],
    ["an unknown kind", "#evil=1.abc"],
    ["none", ""],
  ])("%s is left alone", async (_, fragment) => {
    expect(await readFragment(fragment)).toBeUndefined();
  });

  test.each([
    ["another version", `#code=2.${packed("{}")}`, "This link is of version 2; this page reads version 1."],
    ["other signs", "#code=1.<script>", "This link is damaged: it holds signs that no link of ours has."],
    ["no version", `#code=${packed("{}")}`, "This link is damaged: it holds signs that no link of ours has."],
    ["cut short", `#code=1.${packed(JSON.stringify("long ".repeat(99))).slice(0, -4)}`, /cut short or changed/],
    ["base64 of nothing packed", "#code=1.AAAA", /cut short or changed/],
    ["bytes that are no text", `#code=1.${deflateRawSync(Buffer.from([0xff, 0xfe])).toString("base64url")}`, /changed/],
    ["no JSON", `#code=1.${packed("{")}`, /cut short or changed/],
    ["too long", `#code=1.${"A".repeat(100_001)}`, "This link is 100003 characters long; at most 100000 are read."],
    ["a bomb", `#code=1.${packed("0".repeat(60_000_000))}`, "This link unpacks to more than 512 KiB."],
  ])("%s is refused", async (_, fragment, message) => {
    await expect(readFragment(fragment)).rejects.toThrow(message);
  });
});

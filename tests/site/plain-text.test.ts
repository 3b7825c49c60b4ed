import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { plainText } from "../../site/page/plain-text.js";
import { lines } from "../../site/publish/social-card.js";

const files = readdirSync("content/docs", { recursive: true, encoding: "utf8" }).filter((file) => /\.mdx?$/.test(file));
const body = (file: string): string =>
  readFileSync(`content/docs/${file}`, "utf8").replace(/^---\n[\s\S]*?\n---\n/, "");
const outsideCode = (text: string): string => text.replace(/```[\s\S]*?```/g, "").replace(/`[^`]*`/g, "");

test.each(files)("%s as text: no imports, no components, no links from the root", (file) => {
  const asked: string[] = [];
  const text = plainText(body(file), "https://example.org", (name, attributes) => {
    asked.push(name);
    return `[[${name} ${Object.keys(attributes).join()}]]`;
  });
  expect(outsideCode(text)).not.toMatch(/<\/?[A-Z]|^import |\]\(\//m);
  // Every component without children that the page uses was asked for.
  const used = [...outsideCode(body(file)).matchAll(/<([A-Z]\w*)(?:[^<>]|\{[^}]*\})*?\/>/g)].map(([, name]) => name);
  expect(asked.toSorted()).toEqual(used.toSorted());
  // Words that are not live stay.
  for (const [heading] of body(file).matchAll(/^## .+$/gm)) expect(text).toContain(heading);
});

test("code stays as it is, and attributes are read", () => {
  const page = 'Text.\n\n```ts\nimport { a } from "b";\n<A />\n```\n\n<Part name="x" list={["y"]} bare />\n';
  const seen: unknown[] = [];
  const text = plainText(page, "", (name, attributes) => {
    seen.push(name, attributes);
    return "spoken";
  });
  expect(text).toBe('Text.\n\n```ts\nimport { a } from "b";\n<A />\n```\n\nspoken');
  expect(seen).toEqual(["Part", { name: "x", list: '["y"]' }]);
});

test("a title is broken between words, and cut where it has no room", () => {
  expect(lines("How a denoising run spends its time", 20, 3)).toEqual(["How a denoising run", "spends its time"]);
  expect(lines("one two three four five", 9, 2)).toEqual(["one two", "three …"]);
  expect(lines("short", 20, 2)).toEqual(["short"]);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as engine from "diffusion-cache";
import { describe, expect, test } from "vitest";
import { placeIn } from "../../site/reference/api-pages.js";
import { readApi, readErrorCodes } from "../../site/reference/api-read.js";
import { errorHelp } from "../../site/reference/error-help.js";
import { referencePages } from "../../site/reference/reference.js";

const entries = readApi(".");
const all = referencePages(".", "/base/");
const pages = all.filter(({ path }) => path.startsWith("reference/api/"));
const headings = pages.map(({ path, markdown }) => ({
  path,
  names: [...markdown.matchAll(/^## (.+)$/gm)].map(([, name]) => name as string),
}));

describe("the API reference", () => {
  test.each(entries.map((entry) => [entry.name, entry] as const))("%s has a docstring", (_, { text }) => {
    expect(text).toMatch(/\S.*\.( |$|\n)/);
  });

  test("every field says what it means, but for those that name a file's format", () => {
    const plain = ["format", "version", "EngineError.name"];
    const silent = entries.flatMap(({ name, members }) =>
      members.filter(({ text }) => text === "").map((member) => [`${name}.${member.name}`, member.name] as const),
    );
    expect(silent.filter((names) => !names.some((one) => plain.includes(one)))).toEqual([]);
  });

  test("has every name that the package exports, once", () => {
    const named = headings.flatMap(({ names }) => names);
    expect(named.toSorted()).toEqual(entries.map(({ name }) => name).toSorted());
    expect(named).toEqual(expect.arrayContaining(Object.keys(engine)));
  });

  test("links lead to its own entries and to codes of errors", () => {
    const placeOf = placeIn(entries, "/base/");
    const known = new Set(entries.map(({ name }) => placeOf(name)));
    expect(known.size).toBe(entries.length);
    for (const code of Object.keys(engine.errorCodes)) known.add(`/base/reference/errors/#${code}`);
    const links = pages.flatMap(({ markdown }) => [...markdown.matchAll(/href="([^"]+)"/g)].map(([, link]) => link));
    expect(links.length).toBeGreaterThan(150);
    expect(links.filter((link) => !known.has(link as string))).toEqual([]);
  });

  test("functions say with their signature what they take and give", () => {
    const { signature, errors } = entries.find(({ name }) => name === "createEngine") ?? {};
    expect(signature).toBe("createEngine(options: CreateEngineOptions): Promise<Engine>");
    expect(errors).toContain("hash-mismatch");
    expect(entries.filter(({ kind, signature }) => kind === "function" && !/\): \S/.test(signature))).toEqual([]);
  });
});

describe("error codes", () => {
  const codes = Object.keys(engine.errorCodes);
  const sources = readdirSync("src/engine", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && file !== "error-codes.ts")
    .map((file) => readFileSync(join("src/engine", file), "utf8").replaceAll(/\/\*\*[\s\S]*?\*\//g, ""));

  test.each(codes)("%s is thrown somewhere, and the reference says why and what to do", (code) => {
    expect(sources.some((text) => text.includes(`"${code}"`))).toBe(true);
    const { why, remedy } = errorHelp[code as engine.ErrorCode];
    for (const text of [why, remedy]) expect(text).toMatch(/^[A-Z`].+\.$/);
    const page = all.find(({ path }) => path === "reference/errors")?.markdown;
    expect(page?.split(`\n### ${code}\n`)).toHaveLength(2);
    for (const text of [why, remedy, engine.errorCodes[code as engine.ErrorCode]]) expect(page).toContain(text);
  });

  test("are read from the source as they are", () => {
    expect(readErrorCodes(".")).toEqual(engine.errorCodes);
  });

  test("docstrings name no other", () => {
    const named = entries.flatMap(({ errors, members }) => [...errors, ...members.flatMap((member) => member.errors)]);
    expect(named.filter((code) => !codes.includes(code))).toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { installed, notices, shipped } from "../site/publish/third-party.js";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));

/** Licences that ask for no more than their notice. */
const permissive = ["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0", "0BSD", "Unlicense"];
/** Shared under the same licence when changed, file by file: it is not changed here. */
const unchanged = ["mediabunny"];

describe("dependencies", () => {
  it("are named with exact versions, and those are the ones in the lock file", () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
      expect(lock.packages[`node_modules/${name}`].version, name).toBe(version);
    }
  });

  it("come with a checksum each", () => {
    const without = Object.entries<{ resolved?: string; integrity?: string; link?: boolean }>(lock.packages)
      .filter(([place, { integrity, link }]) => place.includes("node_modules/") && !link && !integrity)
      .map(([place]) => place);
    expect(without).toEqual([]);
  });

  it("of the package are few, and what they bring", () => {
    expect(Object.keys(manifest.dependencies)).toEqual(["gifenc", "onnxruntime-web", "pngjs"]);
    expect(installed(".").map(({ name }) => name)).toEqual([
      ...["@protobufjs/aspromise", "@protobufjs/base64", "@protobufjs/codegen", "@protobufjs/eventemitter"],
      ...["@protobufjs/fetch", "@protobufjs/float", "@protobufjs/path", "@protobufjs/pool", "@protobufjs/utf8"],
      ...["@types/node", "flatbuffers", "gifenc", "guid-typescript", "long", "onnxruntime-common", "onnxruntime-web"],
      ...["platform", "pngjs", "protobufjs", "undici-types"],
    ]);
  });

  it("run scripts on installation only where package.json allows it by name", () => {
    const places = Object.entries<{ hasInstallScript?: boolean; optional?: boolean }>(lock.packages)
      .filter(([place, { hasInstallScript, optional }]) => place !== "" && hasInstallScript && !optional)
      .map(([place]) => place.replace(/^.*node_modules\//, ""));
    expect([...new Set(places)].toSorted()).toEqual(Object.keys(manifest.allowScripts).toSorted());
    expect(
      installed(".")
        .filter(({ installs }) => installs)
        .map(({ name }) => name),
    ).toEqual(["protobufjs"]);
  });

  it("of package and site have licences that let anyone use them", () => {
    const others = [...installed("."), ...shipped(".")].filter(
      ({ name, licence }) => !permissive.includes(licence) && !unchanged.includes(name),
    );
    expect(others.map(({ name, licence }) => [name, licence])).toEqual([]);
    expect(
      shipped(".")
        .filter(({ name }) => unchanged.includes(name))
        .map(({ licence }) => licence),
    ).toEqual(["MPL-2.0"]);
  });

  it("of the site stand in its notices with the texts of their licences", () => {
    const packages = shipped(".");
    const said = notices(packages);
    for (const name of ["onnxruntime-web", "@observablehq/plot", "d3-array", "@codemirror/view", "@astrojs/starlight"])
      expect(said).toContain(`\n\n${name} `);
    const silent = packages.filter(({ text }) => text === undefined).map(({ name }) => name);
    expect(silent).toEqual([
      "@pagefind/default-ui",
      "guid-typescript",
      "onnxruntime-common",
      "onnxruntime-web",
      "pagefind",
    ]);
  });
});

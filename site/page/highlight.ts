import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTransformerFactory, rendererRich, type TwoslashShikiFunction } from "@shikijs/twoslash/core";
import { codeToHtml } from "shiki";
import { createTwoslasher } from "twoslash";
import { ModuleKind, ModuleResolutionKind, ScriptTarget } from "typescript";

const twoslasher = createTwoslasher({
  vfsRoot: process.cwd(),
  compilerOptions: {
    target: ScriptTarget.ES2024,
    module: ModuleKind.ESNext,
    moduleResolution: ModuleResolutionKind.Bundler,
    lib: ["lib.es2024.d.ts", "lib.dom.d.ts"],
    types: ["@webgpu/types"],
    strict: true,
    noUncheckedIndexedAccess: true,
    paths: { "diffusion-cache": [join(process.cwd(), "src/engine/index.ts")] },
  },
});

/** Types of several lines, which weigh the most, are shown where their name first stands. */
const longOnce: TwoslashShikiFunction = (...given) => {
  const shown = twoslasher(...given);
  const seen = new Set<string>();
  const isNew = (text: string): boolean => !seen.has(text) && seen.add(text).has(text);
  const nodes = shown.nodes.filter((node) => node.type !== "hover" || !node.text.includes("\n") || isNew(node.text));
  return { ...shown, nodes };
};

const hovers = createTransformerFactory(longOnce)({ renderer: rendererRich() });

/**
 * A file of examples/ as HTML in both colour schemes, with the engine's types on hover.
 * Throws, and so fails the build, when the program has a type error.
 */
export const exampleSource = async (name: string): Promise<{ source: string; html: string }> => {
  const source = readFileSync(join(process.cwd(), "examples", `${name}.ts`), "utf8").trimEnd();
  const html = await codeToHtml(source, {
    lang: "ts",
    themes: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    defaultColor: false,
    transformers: [hovers],
  });
  return { source, html };
};

// The projects that take the package home: what each installs, holds and does. Run by test-consumers.mjs.

/** Makes a short clip in the engine's worker, on four threads where they may be had, and says in the title what came out. */
const page = `import { createWorkerEngine, fora } from "diffusion-cache";
export const main = async () => {
  try {
    const engine = await createWorkerEngine({ model: new URL("/model", location.href).href, threads: 4 });
    const { clip, trace } = await engine.generate({ steps: 3, cache: [fora({ interval: 2 })] });
    document.title = "made " + clip.dims.join("x") + " " + trace.sites[0].computed + " on " + engine.device.description;
  } catch (error) {
    document.title = "failed " + (error.code ?? "") + " " + error.message;
  }
};
`;

const html = (script) =>
  `<!doctype html><html lang="en"><title>waiting</title><script type="module" src="${script}"></script></html>\n`;

/** Node: one program with the engine in its own thread. MODEL is the model's folder. */
const inNode = `import { createEngine, fora } from "diffusion-cache";
const engine = await createEngine({ model: process.env.MODEL });
const { clip, trace } = await engine.generate({ steps: 3, cache: [fora({ interval: 2 })] });
await engine.dispose();
console.log("made", clip.dims.join("x"), trace.sites[0].computed);
process.exit(0);
`;

const typed = `import { type Clip, createEngine, type Engine, keptFiles, pab, type Trace } from "diffusion-cache";
export const make = async (model: string): Promise<readonly [Clip, Trace]> => {
  const engine: Engine = await createEngine({ model });
  const { clip, trace } = await engine.generate({ cache: [pab({ spatialAttentionBlockSkipRange: 2 })] });
  return [clip, trace];
};
export const kept: Promise<readonly { readonly bytes: number }[]> = keptFiles();
`;

const tsconfig = (lib, module) =>
  JSON.stringify({
    compilerOptions: {
      ...{ strict: true, noEmit: true, skipLibCheck: false, target: "ES2022", lib, types: [] },
      ...(module === "nodenext"
        ? { module: "nodenext" }
        : { module: "esnext", moduleResolution: "bundler", exactOptionalPropertyTypes: true }),
    },
    files: ["program.ts"],
  });

const react = { react: "19.3.1", "react-dom": "19.3.1", next: "16.4.6" };
const next = {
  "app/layout.js": `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
`,
  "app/page.js": `"use client";
import { useEffect } from "react";
import { main } from "./clip.js";
export default function Page() {
  useEffect(() => { main(); }, []);
  return <p>A clip is made.</p>;
}
`,
  "app/clip.js": page,
  "app/api/route.js": `import { createEngine, fora } from "diffusion-cache";
export const dynamic = "force-dynamic";
export async function GET() {
  try {
    const engine = await createEngine({ model: process.env.MODEL });
    const { clip, trace } = await engine.generate({ steps: 3, cache: [fora({ interval: 2 })] });
    await engine.dispose();
    return new Response("made " + clip.dims.join("x") + " " + trace.sites[0].computed);
  } catch (error) {
    return new Response("failed " + error.code + " " + error.message + " " + error.hint, { status: 500 });
  }
}
`,
};

/** The model's folder is copied to `model`, where a browser is to read it. */
export const consumers = {
  node: {
    packages: {},
    files: { "program.mjs": inNode },
    steps: [["node", "program.mjs"]],
    says: /made 1x3x8x48x48 101/,
  },
  "typescript-5.9": {
    packages: { typescript: "5.9.3" },
    files: {
      "program.ts": typed,
      "tsconfig.json": tsconfig(["ES2022"], "nodenext"),
      "tsconfig.dom.json": tsconfig(["ES2022", "DOM"], "bundler"),
    },
    steps: [
      ["node", "node_modules/typescript/bin/tsc", "-p", "tsconfig.json"],
      ["node", "node_modules/typescript/bin/tsc", "-p", "tsconfig.dom.json"],
    ],
  },
  esbuild: {
    packages: { esbuild: "0.28.2" },
    files: {
      "plan.js": `import { dryRun, fora } from "diffusion-cache";
console.log("planned", dryRun({ methods: [fora({ interval: 2 })], timesteps: [951, 501, 1] })[0].computed);
`,
      "page.js": `${page}main();\n`,
      "build.mjs": `import { build } from "esbuild";
import { copyFileSync, readdirSync } from "node:fs";
const ort = "node_modules/onnxruntime-web/dist/";
const common = { bundle: true, minify: true, format: "esm", platform: "browser", outdir: "dist", logLevel: "info" };
await build({ ...common, entryPoints: ["plan.js"] });
// esbuild follows no "new URL": the worker is an entry of its own, and onnxruntime's files are copied beside it.
await build({ ...common, splitting: true, entryPoints: ["page.js", { in: "diffusion-cache/worker", out: "server" }] });
for (const file of readdirSync(ort)) if (file.endsWith(".wasm")) copyFileSync(ort + file, "dist/" + file);
`,
      "dist/index.html": html("/page.js"),
    },
    model: "dist/model",
    steps: [
      ["node", "build.mjs"],
      ["node", "dist/plan.js"],
    ],
    says: /planned 101/,
    quiet: /warning/i,
    serve: { folder: "dist" },
  },
  "webpack-5": {
    packages: { webpack: "5.113.0", "webpack-cli": "7.3.1" },
    files: {
      "page.js": `${page}main();\n`,
      "webpack.config.mjs": `export default { mode: "production", entry: "./page.js", experiments: { outputModule: true }, output: { module: true }, performance: { hints: false } };\n`,
      "dist/index.html": html("/main.mjs"),
    },
    model: "dist/model",
    steps: [["node", "node_modules/webpack/bin/webpack.js"]],
    quiet: /warning/i,
    serve: { folder: "dist" },
  },
  vite: {
    packages: { vite: "8.4.0" },
    files: {
      "index.html": html("/page.js"),
      "page.js": `${page}main();\n`,
      "vite.config.js": `export default { worker: { format: "es" } };\n`,
    },
    model: "public/model",
    steps: [["node", "node_modules/vite/bin/vite.js", "build"]],
    serve: { folder: "dist" },
  },
  "vite-default": {
    packages: { vite: "8.4.0" },
    files: { "index.html": html("/page.js"), "page.js": `${page}main();\n` },
    model: "public/model",
    steps: [["node", "node_modules/vite/bin/vite.js", "build"]],
    serve: { folder: "dist" },
  },
  "next-turbopack": {
    packages: react,
    files: next,
    model: "public/model",
    steps: [["node", "node_modules/next/dist/bin/next", "build"]],
    serve: { command: ["node_modules/next/dist/bin/next", "start"], also: "/api" },
  },
  "next-webpack": {
    packages: react,
    files: next,
    model: "public/model",
    steps: [["node", "node_modules/next/dist/bin/next", "build", "--webpack"]],
    serve: { command: ["node_modules/next/dist/bin/next", "start"], also: "/api" },
  },
};

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { checkPackage, createPackageFromTarballData, type Package } from "@arethetypeswrong/core";
import { unzipSync } from "fflate";
import { chromium } from "playwright";
import { publint } from "publint";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../scripts/chromium.mjs";
import { serveStatic } from "./static-server.js";

// What people take home: the starter project that the site offers, and the package inside it, installed as they would.

const run = promisify(execFile);
let folder: string;
let tarball: Uint8Array<ArrayBuffer>;
let packed: Package;

beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "diffusion-cache-starter-")), "diffusion-cache-starter");
  for (const [path, bytes] of Object.entries(unzipSync(await readFile("dist/site/starter.zip")))) {
    await mkdir(dirname(join(folder, "..", path)), { recursive: true });
    await writeFile(join(folder, "..", path), bytes);
  }
  const name = (await readdir(folder)).find((file) => file.endsWith(".tgz")) as string;
  tarball = new Uint8Array(await readFile(join(folder, name)));
  packed = createPackageFromTarballData(tarball);
});
afterAll(() => rm(dirname(folder), { recursive: true }));

describe("the tarball", () => {
  test("has the engine, the command and its papers, no site and no weights, in less than 550 kB", () => {
    const files = packed.listFiles().map((file) => file.replace("/node_modules/diffusion-cache/", ""));
    const expected =
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|bin\/diffusion-cache\.mjs|dist\/lib\/.+\.(js|d\.ts))$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
    for (const file of ["dist/lib/index.js", "dist/lib/index.d.ts", "dist/lib/worker/server.js", "LICENSE"])
      expect(files).toContain(file);
    expect(tarball.length).toBeLessThan(550_000);
  });

  test("publint has nothing to say", async () => {
    const { messages } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  test("its types are right wherever ES modules are taken", async () => {
    const result = await checkPackage(packed);
    expect(result.types).toMatchObject({ kind: "included" });
    const problems = "problems" in result ? result.problems : [];
    // An ES module is none for require of old, and TypeScript's resolution of Node 10 knows no "exports".
    const esm = problems.filter(
      (problem) =>
        problem.kind !== "CJSResolvesToESM" && !("resolutionKind" in problem && problem.resolutionKind === "node10"),
    );
    expect(esm).toEqual([]);
  });
});

describe("installed", () => {
  beforeAll(async () => {
    // What the lock file names is what this repository has installed, so the cache has it.
    const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    await run("npm", ["install", ...quiet], { cwd: folder, shell: process.platform === "win32" });
  });

  /** Modules and code of a program that imports from the package, bundled for browsers. */
  const bundled = async (program: string) => {
    const entry = join(folder, "program.js");
    await writeFile(entry, program);
    const bundle = await rolldown({ input: entry, platform: "browser", logLevel: "silent" });
    const { output } = await bundle.generate({ format: "es", codeSplitting: true });
    await bundle.close();
    const made = new Map(output.flatMap((one) => (one.type === "chunk" ? [[one.fileName, one] as const] : [])));
    // What the program can load. The bundler also writes chunks that load each other and that nothing else asks for.
    const reached = new Set([...made.values()].flatMap(({ isEntry, fileName }) => (isEntry ? [fileName] : [])));
    for (const name of reached)
      for (const next of [...(made.get(name)?.imports ?? []), ...(made.get(name)?.dynamicImports ?? [])])
        if (made.has(next)) reached.add(next);
    const chunks = [...reached].map((name) => made.get(name) as NonNullable<ReturnType<typeof made.get>>);
    return { modules: chunks.flatMap(({ moduleIds }) => moduleIds), code: chunks.map(({ code }) => code).join("\n") };
  };

  test("a grid of decisions takes neither the runtime nor the engine around it", async () => {
    const plan = await bundled(
      `import { dryRun, pab } from "diffusion-cache";
       console.log(dryRun({ methods: [pab({ spatialAttentionBlockSkipRange: 2 })], timesteps: [951, 901, 851] }));`,
    );
    expect(
      plan.modules.filter((id) => /onnxruntime|backends|create-engine|worker|graph|latte\.js|fora/.test(id)),
    ).toEqual([]);
    expect(plan.code).not.toMatch(/onnxruntime|InferenceSession|new Worker/);
    expect(plan.code.length).toBeLessThan(40_000);

    const engine = await bundled(`import { createEngine } from "diffusion-cache"; console.log(createEngine);`);
    expect(engine.modules.some((id) => id.includes("onnxruntime-web"))).toBe(true); // the check sees what it looks for
  });

  test("makes a clip in Node", async () => {
    const program = `
      import { createEngine, fora, version } from "diffusion-cache";
      const engine = await createEngine({ model: "public/models/latte-motion-nano" });
      const { clip, trace } = await engine.generate({ steps: 3, cache: [fora({ interval: 2 })] });
      await engine.dispose();
      console.log(JSON.stringify({ version, dims: clip.dims, finite: clip.data.every(Number.isFinite), masks: trace.sites.map(({ computed }) => computed) }));`;
    await writeFile(join(folder, "program.mjs"), program);
    const { stdout } = await run(process.execPath, ["program.mjs"], { cwd: folder });
    const said = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    expect(said).toMatchObject({ dims: [1, 3, 8, 48, 48], finite: true });
    expect(new Set(said.masks)).toEqual(new Set(["101"]));
    const bin = join(folder, "node_modules/diffusion-cache/bin/diffusion-cache.mjs");
    expect((await run(process.execPath, [bin, "--version"])).stdout.trim()).toBe(said.version);
    const onGpu = [bin, "run", "--model", "public/models/latte-motion-nano", "--backend", "webgpu"];
    await expect(run(process.execPath, onGpu, { cwd: folder })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^diffusion-cache: .*not installed\. Run: npm install webgpu\..*\[backend-missing\]\n$/,
      ),
    });
  });

  test("the starter type-checks, builds, and makes its two clips in a browser", async () => {
    await run(process.execPath, ["node_modules/typescript/bin/tsc"], { cwd: folder });
    const { stdout, stderr } = await run(process.execPath, ["node_modules/vite/bin/vite.js", "build"], { cwd: folder });
    expect(stdout + stderr).not.toMatch(/warn|externalized/i);
    const server = await serveStatic(join(folder, "dist"));
    const executablePath = findChromium();
    const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("pageerror", ({ message }) => complaints.push(message));
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      await page.goto(`${server.address}/`);
      await page.getByLabel("Steps").fill("4");
      await page.getByRole("button", { name: "Generate" }).click();
      await page
        .getByRole("status")
        .filter({ hasText: /^Done on WebAssembly/ })
        .waitFor({ timeout: 120_000 });
      const report = JSON.parse((await page.locator("pre").textContent()) ?? "");
      expect(report.uncached).toMatchObject({ backend: "wasm", reused: 0 });
      expect(report.cached.reused).toBeGreaterThan(0);
      expect(report.cached.cacheBytes).toBeGreaterThan(0);
      expect(report.quality.psnr).toBeGreaterThan(15);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      await server.close();
    }
  });
});

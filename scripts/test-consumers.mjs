// Packs the package and tries it in fresh projects of other people's tools: npm run test:consumers [NAME …]
// Needs the npm registry and Chromium, and some minutes: it is no part of npm test.
import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createPort } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright";
import { findChromium } from "./chromium.mjs";
import { consumers } from "./consumers.mjs";
import { knownNames } from "./script.mjs";

const model = resolve("site/public/models/latte-motion-nano");
const patienceMs = 300_000;
const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
/** A page of its own world, so that WebAssembly has threads. */
const isolated = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

const freePort = () =>
  new Promise((done) => {
    const server = createPort();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

const run = async (folder, [command, ...args]) => {
  const program = command === "node" ? process.execPath : command;
  const env = { ...process.env, MODEL: model, NEXT_TELEMETRY_DISABLED: "1", CI: "1" };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: folder, env, maxBuffer: 1e8 });
    return stdout + stderr;
  } catch (error) {
    throw new Error(`${[command, ...args].join(" ")}:\n${error.stdout ?? ""}${error.stderr ?? error.message}`);
  }
};

const serveFolder = async (folder) => {
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://host");
    const file = join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const bytes = await readFile(file).catch(() => undefined);
    const type = types[extname(file)] ?? "application/octet-stream";
    response.writeHead(bytes ? 200 : 404, { ...isolated, "content-type": bytes ? type : "text/plain" });
    response.end(bytes ?? "not found");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    close: () => server.closeAllConnections() ?? server.close(),
  };
};

const serveCommand = async (folder, command) => {
  const port = await freePort();
  const env = { ...process.env, MODEL: model };
  const server = spawn(process.execPath, [...command, "-p", String(port)], { cwd: folder, env, stdio: "pipe" });
  await new Promise((done, fail) => {
    server.stdout.on("data", (text) => /ready/i.test(String(text)) && done());
    server.on("exit", (code) => fail(new Error(`the server ended with ${code}`)));
  });
  return { address: `http://127.0.0.1:${port}`, close: () => server.kill() };
};

/** What the page at an address says in its title. */
const titleOf = async (address, also) => {
  const executablePath = findChromium();
  const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox"] });
  try {
    const tab = await browser.newPage();
    const complaints = [];
    tab.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    tab.on("pageerror", ({ message }) => complaints.push(message));
    await tab.goto(`${address}/`);
    await tab
      .waitForFunction(() => /^(made|failed)/.test(document.title), undefined, { timeout: patienceMs })
      .catch(() => {});
    const title = await tab.title();
    const route = also ? await fetch(address + also).then((answer) => answer.text()) : "made 1x3x8x48x48 101";
    return { title, route, complaints };
  } finally {
    await browser.close();
  }
};

const check = async (name, { packages, files, steps, says, quiet, model: place, serve }, tarball) => {
  const folder = await mkdtemp(join(tmpdir(), `consumer-${name}-`));
  try {
    const manifest = {
      private: true,
      type: "module",
      dependencies: { ...packages, "diffusion-cache": `file:${tarball}` },
    };
    for (const [path, text] of Object.entries({ ...files, "package.json": JSON.stringify(manifest) })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await run(folder, ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline"]);
    if (place) await cp(model, join(folder, place), { recursive: true });
    let output = "";
    for (const step of steps) output += await run(folder, step);
    if (says && !says.test(output)) throw new Error(`it said:\n${output}`);
    if (quiet?.test(output)) throw new Error(`it warned:\n${output}`);
    if (!serve) return "builds and runs";
    const server = serve.folder
      ? await serveFolder(join(folder, serve.folder))
      : await serveCommand(folder, serve.command);
    try {
      const { title, route, complaints } = await titleOf(server.address, serve.also);
      // Next's server sends no headers for a page that may share memory.
      const wanted = serve.folder ? "made 1x3x8x48x48 101 on WebAssembly, 4 threads" : "made 1x3x8x48x48 101 on ";
      if (!title.startsWith(wanted)) throw new Error(`the page says: ${title}\n${complaints.join("\n")}`);
      if (!/^made 1x3x8x48x48 101/.test(route)) throw new Error(`the route says: ${route}`);
      return title;
    } finally {
      server.close();
    }
  } finally {
    if (process.env.KEEP === undefined) await rm(folder, { recursive: true, force: true });
    else console.log(`kept: ${folder}`);
  }
};

const wanted = process.argv.slice(2);
knownNames("consumer", wanted, Object.keys(consumers));
const packed = await mkdtemp(join(tmpdir(), "consumer-package-"));
await run(process.cwd(), ["npm", "pack", "--ignore-scripts", "--pack-destination", packed]);
const tarball = join(packed, (await readdir(packed))[0]);
let failed = 0;
for (const [name, consumer] of Object.entries(consumers)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const start = performance.now();
  const said = await check(name, consumer, tarball).catch((error) => {
    failed++;
    return `FAILED: ${error.message}`;
  });
  console.log(`${name}: ${said} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
}
await rm(packed, { recursive: true });
process.exit(failed > 0 ? 1 : 0);

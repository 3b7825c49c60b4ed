// Runs the built site in Firefox and in WebKitGTK, which the test suite does not have: the first page, an example, an
// edited example. Each browser is driven by its own protocol, without a library between.
// Debian: apt-get install firefox-esr webkit2gtk-driver xvfb. Then npm run test:other-browsers; for one of them, on the
// site as it was built last: node scripts/other-browsers.mjs firefox|webkit.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { serveStatic } from "../tests/e2e/static-server.ts";

const port = 9411;
const started = [];
const start = (command, args, env = {}) => {
  const child = spawn(command, args, { stdio: "ignore", env: { ...process.env, ...env } });
  child.on("error", ({ message }) => {
    console.error(`${command} does not start: ${message}. Debian: apt-get install firefox-esr webkit2gtk-driver xvfb`);
    process.exit(1);
  });
  started.push(child);
};
/** Asks until there is an answer. */
const answered = async (ask, tries = 100) => {
  for (let at = 1; ; at++)
    try {
      return await ask();
    } catch (error) {
      if (at === tries) throw error;
      await after(200);
    }
};

/** Firefox, by WebDriver BiDi: one socket. */
const firefox = async () => {
  const profile = mkdtempSync(join(tmpdir(), "other-browsers-"));
  start("firefox-esr", ["--headless", "--profile", profile, `--remote-debugging-port=${port}`]);
  const socket = await answered(
    () =>
      new Promise((resolve, reject) => {
        const opening = new WebSocket(`ws://127.0.0.1:${port}/session`);
        opening.onopen = () => resolve(opening);
        opening.onerror = () => reject(new Error("Firefox does not listen."));
      }),
  );
  const waiting = new Map();
  socket.onmessage = ({ data }) => {
    const { id, result, message } = JSON.parse(data);
    waiting.get(id)?.(result ?? new Error(message));
  };
  const call = async (method, params = {}) => {
    const id = waiting.size + 1;
    const answer = await new Promise((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const { capabilities } = await call("session.new", { capabilities: {} });
  const { contexts } = await call("browsingContext.getTree");
  const { context } = contexts[0];
  return {
    name: `Firefox ${capabilities.browserVersion}`,
    // Now and then Firefox drops a navigation (NS_BINDING_ABORTED) that follows soon on another.
    open: (url) => answered(() => call("browsingContext.navigate", { context, url, wait: "complete" }), 5),
    async run(code) {
      const { result, exceptionDetails } = await call("script.evaluate", {
        expression: `(() => {${code}})()`,
        target: { context },
        awaitPromise: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.text);
      return result.value;
    },
  };
};

/** WebKitGTK's small browser, by WebDriver: a request a command. */
const webkit = async () => {
  const display = ":97";
  start("Xvfb", [display, "-screen", "0", "1400x1000x24"]);
  start("WebKitWebDriver", [`--port=${port}`], {
    DISPLAY: display,
    ...(process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" } : {}), // root has no sandbox
  });
  const folders = readdirSync("/usr/lib").flatMap((one) =>
    ["4.1", "6.0"].map((api) => `/usr/lib/${one}/webkit2gtk-${api}`),
  );
  const binary = folders.map((folder) => `${folder}/MiniBrowser`).find((path) => existsSync(path));
  const call = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const options = { binary, args: ["--automation"] };
  const { sessionId, capabilities } = await answered(() =>
    call("POST", "/session", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } } }),
  );
  return {
    name: `WebKitGTK ${capabilities.browserVersion}`,
    open: (url) => call("POST", `/session/${sessionId}/url`, { url }),
    run: (script) => call("POST", `/session/${sessionId}/execute/sync`, { script, args: [] }),
  };
};

const site = await serveStatic("dist/site");
let failed = 0;
const [only] = process.argv.slice(2);
for (const launch of [firefox, webkit].filter(({ name }) => only === undefined || name === only)) {
  const browser = await launch();
  const find = (selector) => `document.querySelector(${JSON.stringify(selector)})`;
  const until = (what, code) =>
    answered(async () => {
      const said = await browser.run(`return ${code}`);
      if (said === false || said === null || said === undefined) throw new Error(`${what} did not come`);
      return said;
    }, 600);
  const says = async (selector) => {
    const ended = "/^(Done|The run failed|Stopped|Nothing)/";
    const text = await until(
      "the end",
      `${ended}.test(${find(selector)}?.textContent) && ${find(selector)}.textContent`,
    ).catch(async ({ message }) => {
      throw new Error(
        `${message}; it says: ${await browser.run(`return ${find(selector)}?.parentElement?.textContent`)}`,
      );
    });
    if (!text.startsWith("Done"))
      throw new Error(`${text} ${await browser.run(`return ${find(".dc-failure")}?.textContent ?? ""`)}`);
    return text;
  };
  const press = async (selector) => {
    await until(selector, `${find(selector)}?.matches(":enabled") ?? false`); // a fieldset disables it until scripts listen
    await browser.run(`${find(selector)}.click()`);
  };
  /** Opens a page with an example, and waits until its script listens. */
  const openExample = async (path) => {
    await browser.open(`${site.address}${path}`);
    await until("the example", `${find(".dc-workbench .dc-run")}?.matches(":enabled") ?? false`);
  };
  const runIt = async () => {
    await browser.run(
      `const steps = ${find(".dc-workbench [name=steps]")}; steps.value = 4; for (const type of ["input", "change"]) steps.dispatchEvent(new Event(type, { bubbles: true }));`,
    );
    await press(".dc-workbench .dc-run");
    return says(".dc-workbench .dc-status [role=status]");
  };
  const flows = {
    async "first page"() {
      await browser.open(`${site.address}/`);
      await press(".dc-hero .dc-run");
      return says(".dc-hero .status [role=status]");
    },
    async example() {
      await openExample("/methods/pyramid-attention-broadcast/");
      return runIt();
    },
    async "edited example"() {
      await openExample("/methods/fora/");
      await press(".dc-workbench .dc-edit");
      await until("the editor", `${find(".dc-workbench .cm-content")} !== null`);
      await browser.run(
        `${find(".dc-workbench .cm-content")}.focus(); document.execCommand("insertText", false, " ");`,
      );
      return runIt();
    },
  };
  for (const [name, flow] of Object.entries(flows)) {
    const before = performance.now();
    const said = await flow().catch((error) => {
      failed++;
      return `FAILED: ${error.message}`;
    });
    console.log(`${browser.name}, ${name}: ${said} (${((performance.now() - before) / 1000).toFixed(1)} s)`);
  }
  for (const child of started.splice(0)) child.kill();
  await after(1000); // the port is free again
}
await site.close();
process.exit(failed ? 1 : 0);

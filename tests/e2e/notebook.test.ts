import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shareFragment } from "../../site/program/share-link.js";
import { violationsOf } from "./accessibility.js";
import { exampleOf } from "./example.js";
import { cellOf, notebookLink, notebookOf } from "./notebook.js";
import { openSite, type Site } from "./site.js";

// Programs that readers write: edited in place, in a notebook, from a link; and what they cannot do.

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const end = /Done|[Ff]ailed|Stopped/;

/** Opens the editor of the page's example and puts `text` behind its program. */
const edit = async (page: Page, text: string): Promise<void> => {
  const example = exampleOf(page);
  await example.tab("Program");
  if (await page.locator(".dc-workbench .cm-content").isHidden()) await example.part("edit").click();
  await page.locator(".dc-workbench .cm-content").click();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText(`\n${text}`);
};

describe("an example's program, edited", () => {
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    ({ page, complaints } = await site.visit("/methods/fora/"));
    await exampleOf(page).knob("steps", 2);
  });
  const ran = async (): Promise<void> => {
    await exampleOf(page).run();
    await exampleOf(page).says(end);
  };

  test("runs as it was edited, in place, and says what it logs", async () => {
    await edit(page, 'console.log("edited", [1, 2], methods({ interval: 2 })[0].options);');
    await ran();
    expect(await exampleOf(page).status()).toMatch(/^Done on WebAssembly/);
    expect(await exampleOf(page).part("edit-output").textContent()).toBe('edited [ 1, 2 ] { "interval": 2 }\n');
    expect(await exampleOf(page).part("source").textContent()).toContain("Your own run");
    expect((await exampleOf(page).canvas("cached")).lit).toBeGreaterThan(0.01);
  });

  test("is as accessible with the editor open as without, in both schemes; Escape leaves the editor", async () => {
    for (const theme of ["light", "dark"]) {
      await page.evaluate((theme) => {
        document.documentElement.dataset.theme = theme;
      }, theme);
      expect(await violationsOf(page)).toEqual([]);
    }
    await page.locator(".dc-workbench .cm-content").focus();
    await page.keyboard.press("Escape");
    expect(
      await exampleOf(page)
        .part("run")
        .evaluate((button) => button === document.activeElement),
    ).toBe(true);
  });

  test("completes the engine's names and options with their docs", async () => {
    await edit(page, "fora({ ");
    await page.keyboard.type("int");
    const list = page.locator(".cm-tooltip-autocomplete");
    await list.waitFor();
    expect(await list.textContent()).toContain("interval");
    expect(await page.locator(".cm-completionInfo").textContent()).toContain("Compute 1 step of this many");
    await page.keyboard.press("Escape");
    await exampleOf(page).part("edit-reset").click();
  });

  test("that throws, or cannot be read, is marked at its line", async () => {
    await edit(page, 'throw new RangeError("on purpose");');
    const lines = await page.locator(".dc-workbench .cm-line").count();
    await ran();
    expect(await exampleOf(page).part("edit-output").textContent()).toContain("RangeError: on purpose");
    expect(await page.locator(".dc-wrong-line").textContent()).toContain("on purpose");
    expect(await exampleOf(page).part("edit-output").locator("button").textContent()).toBe(`Line ${lines}, column 7`);
    await edit(page, "const = 1;");
    await ran();
    expect(await exampleOf(page).part("edit-output").textContent()).toContain("SyntaxError");
    expect(await page.locator(".dc-wrong-line").textContent()).toContain("const = 1;");
  });

  test("that never yields is ended by Stop, and the page goes on with its engine", async () => {
    await exampleOf(page).part("edit-reset").click();
    await edit(page, "for (;;) {}");
    await exampleOf(page).run();
    await exampleOf(page).says(/has not yielded for \d+ s/);
    await exampleOf(page).part("stop").click();
    expect(await exampleOf(page).status()).toBe("Stopped.");
    await exampleOf(page).part("edit-reset").click();
    await ran();
    expect(await exampleOf(page).status()).toMatch(/^Done/);
  });

  // A full heap ends the sandbox's process, which Playwright takes for the page's: the page itself goes on.
  test("that takes memory without end is told so", async () => {
    await edit(page, "const all = []; for (;;) all.push(new ArrayBuffer(2 ** 31));");
    await ran();
    expect(await exampleOf(page).part("edit-output").textContent()).toMatch(
      /RangeError: .*alloc|Stopped: the program had/,
    );
    await exampleOf(page).part("edit-reset").click();
  });

  test("is there again after a reload", async () => {
    await edit(page, "// kept by this browser");
    await page.reload();
    await page.locator(".dc-workbench .cm-content", { hasText: "// kept by this browser" }).waitFor();
    expect(await exampleOf(page).part("edit-note").textContent()).toBe("Your edits of this program, as you left them.");
    expect(complaints).toEqual([]);
  });
});

describe("a notebook", () => {
  test("runs a method written in a cell and sees it beside the others; a stale result says so", async () => {
    const cells = [
      'import { type CacheMethod, compute, dryRun, reuse } from "diffusion-cache";\nexport const mine: CacheMethod = { name: "every-other", options: {}, sites: (model) => [model.output()], start: () => ({ step, because }) => { because({ step }); return step % 2 ? reuse : compute; } };\ndisplay(dryRun({ methods: [mine], timesteps: [999, 700, 400, 100] }));',
      'import { compareClips, createWorkerEngine, fora } from "diffusion-cache";\nimport { mine } from "./cell-1";\nconst engine = await createWorkerEngine({ model: "/models/latte-motion-nano" });\nconst asked = { steps: 4, seed: 1 };\nconst uncached = await engine.generate(asked);\nexport const rows = [];\nfor (const method of [mine, fora({ interval: 2 })]) {\n  const { clip, trace } = await engine.generate({ ...asked, cache: [method] });\n  rows.push({ method: method.name, reused: trace.visits.filter(({ decision }) => decision === "reuse").length, psnr: compareClips(uncached.clip, clip).psnr });\n}\ndisplay(uncached, rows);',
      'import * as Plot from "@observablehq/plot";\nimport { rows } from "./cell-2";\ndisplay(Plot.plot({ title: "Both", marks: [Plot.dot(rows, { x: "reused", y: (row) => row.psnr })] }));',
    ];
    const { page, complaints } = await site.visit(`/play/${await notebookLink(cells)}`);
    await notebookOf(page).note.filter({ hasText: "came with a link" }).waitFor();
    expect(await cellOf(page, 0).output.textContent()).toBe(""); // nothing ran by itself
    await cellOf(page, 2).runs(); // runs both before it
    expect(await cellOf(page, 0).output.locator(".dc-grid-cells").count()).toBeGreaterThan(3);
    const table = cellOf(page, 1).output.locator("tbody tr");
    expect(await table.allInnerTexts()).toEqual([
      expect.stringMatching(/^every-other\s+4\s/),
      expect.stringMatching(/^fora\s/),
    ]);
    await cellOf(page, 2).output.locator("svg circle").first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.locator(".dc-cell").nth(0).locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.insertText("\n// another");
    expect(await cellOf(page, 0).stale.textContent()).toBe("Stale: edited since this result");
    expect(await cellOf(page, 2).stale.textContent()).toBe("Stale: the result of cell-2 is stale");
    expect(complaints).toEqual([]);
  });

  test("holds code where it reaches neither storage nor the network", async () => {
    const tries = {
      origin: "String(self.origin)",
      localStorage: "localStorage.length",
      indexedDB:
        'await new Promise((yes, no) => { const open = indexedDB.open("x"); open.onsuccess = yes; open.onerror = () => no(open.error); })',
      caches: 'await caches.open("x")',
      files: "await navigator.storage.getDirectory()",
      fetchHere: 'await fetch("SITE/models/latte-motion-nano/manifest.json")',
      fetchThere: 'await fetch("http://127.0.0.1:9/away")',
      import: 'await (0, eval)("import(\\"SITE/robots.txt\\")")',
      scripts: 'importScripts("SITE/service-worker.js")',
      window: "window.parent.document.title",
      model:
        'await (await import("diffusion-cache")).createWorkerEngine({ model: "http://127.0.0.1:9/models/latte-motion-nano" })',
    };
    const code = `const rows = [];\n${Object.entries(tries)
      .map(
        ([name, attempt]) =>
          `try { rows.push({ attempt: "${name}", result: "reached: " + (${attempt.replaceAll("SITE", site.address)}) }); } catch (error) { rows.push({ attempt: "${name}", result: error.name }); }`,
      )
      .join("\n")}\nnew WebSocket("ws://127.0.0.1:9/socket");\ndisplay(rows);`;
    const { page } = await site.visit(`/play/${await notebookLink([code])}`);
    const answered: string[] = []; // What the policy stops is announced as a request, too, and never leaves.
    page.on("response", (response) => answered.push(response.url()));
    await cellOf(page, 0).runs();
    const rows = await cellOf(page, 0).output.locator("tbody tr").allInnerTexts();
    expect(rows.map((row) => row.split(/\s+/).slice(0, 2).join(" "))).toEqual(
      Object.keys(tries).map((name) =>
        name === "origin" ? "origin reached:" : expect.stringMatching(`^${name} \\w*Error$`),
      ),
    );
    expect(rows[0]).toContain("null");
    expect(answered.filter((address) => /127\.0\.0\.1:9\/|manifest|robots|service-worker|^ws/.test(address))).toEqual(
      [],
    );
  });

  test.each([
    ["cut short", "#code=1.abc", "This link is damaged: it was cut short or changed on its way."],
    ["of another version", "#code=7.abc", "This link is of version 7; this page reads version 1."],
    [
      "of a notebook of another version",
      { notebook: { format: "diffusion-cache/notebook", version: 9, cells: [] } },
      "This notebook is of version 9; this page reads version 1.",
    ],
    [
      "of no notebook",
      { notebook: "<script>alert(1)</script>" },
      'This is no notebook of ours: its format is not "diffusion-cache/notebook".',
    ],
  ])("says what is wrong with a link %s, and stays usable", async (_, link, message) => {
    const { page, complaints } = await site.visit(
      `/play/${typeof link === "string" ? link : await shareFragment("code", link)}`,
    );
    await page.getByText(message).waitFor();
    await cellOf(page, 0).runs();
    expect(await cellOf(page, 0).output.locator(".dc-grid-cells").count()).toBeGreaterThan(3);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("shows hostile text as text", async () => {
    const evil = '<img src=x onerror="document.title = \'owned\'"><script>document.title = "owned"</script>';
    const code = `const evil = ${JSON.stringify(evil)};\ndisplay(evil, [{ [evil]: evil }]);\nconsole.log(evil);\nthrow new Error(evil);`;
    const { page, complaints } = await site.visit(`/play/${await notebookLink([code])}`);
    expect(await page.title()).toContain("Playground");
    await cellOf(page, 0).runs();
    expect(await cellOf(page, 0).output.textContent()).toContain(evil);
    expect(await page.title()).toContain("Playground");
    expect(complaints).toEqual([]);
  });
});

test("settings in a link are set, and nothing runs", async () => {
  const shared = {
    example: "fora",
    model: "latte-motion-nano",
    prompt: "a small blue ring orbiting on a white background",
    seed: 5,
    guidance: 3,
    steps: 8,
  };
  const { page } = await site.visit(
    `/methods/fora/${await shareFragment("settings", { ...shared, options: { interval: 4 } })}`,
  );
  await page.locator(".dc-workbench .dc-knob", { hasText: "Interval" }).locator("output", { hasText: "4" }).waitFor();
  expect(await page.locator(".dc-workbench [name=seed]").inputValue()).toBe("5");
  expect(await exampleOf(page).status()).toBe("Not run yet.");
  await page.goto(
    `${site.address}/methods/fora/${await shareFragment("settings", { ...shared, options: { interval: 400 } })}`,
  );
  await page.getByText("This link sets interval to 400, which this page cannot.").waitFor();
});

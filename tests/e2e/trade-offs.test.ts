import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchReportFromJson, readInfinity, writeInfinity } from "diffusion-cache";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { notebookFile } from "../../site/notebook/notebook-file.js";
import { shareFragment } from "../../site/program/share-link.js";
import { violationsOf } from "./accessibility.js";
import { cellOf } from "./notebook.js";
import { openSite, type Site } from "./site.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

/** The table of methods as a reader finds it. */
const tableOf = (page: Page) => {
  const panel = page.locator(".dc-trade-offs");
  return {
    panel,
    /** Of the form, by name: a number, a text, a method's box. */
    field: (name: string) => panel.locator(`form [name=${JSON.stringify(name)}]`),
    unfold: (text: string) => panel.locator("form summary").filter({ hasText: text }).click(),
    measure: panel.getByRole("button", { name: "Measure on this device" }),
    stop: panel.getByRole("button", { name: "Stop", exact: true }),
    status: panel.locator(".dc-status p"),
    failure: panel.locator(".dc-failures"),
    source: panel.locator(".source"),
    own: panel.locator(".own"),
    leftOut: panel.locator(".left-out"),
    file: panel.locator("input[type=file]"),
    rows: panel.locator("tbody tr[data-kind=cached]"),
    methods: () => panel.locator("tbody tr[data-kind=cached] th a").allTextContents(),
  };
};

it("the table of methods: recorded, measured here, sorted, saved, loaded beside itself, stopped", async () => {
  const { page, complaints } = await site.visit("/methods/");
  const table = tableOf(page);
  const { panel, methods } = table;

  // Recorded, and sorted by a press on a head, by keyboard.
  expect(await table.source.textContent()).toMatch(/^\s*Recorded, not measured here: latte-motion-nano/);
  expect((await methods()).length).toBeGreaterThan(10);
  expect((await table.rows.nth(2).boundingBox())?.y).toBeLessThan(850); // the first rows are in the first screen
  await panel.locator(".dc-run:enabled").waitFor(); // the page's scripts listen
  const head = panel.getByRole("columnheader", { name: "Method" }).getByRole("button");
  await head.focus();
  await page.keyboard.press("Enter");
  const names = await methods();
  expect(await panel.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("ascending");
  await page.keyboard.press("Enter"); // the head keeps the focus
  expect(await methods()).toEqual(names.toReversed());

  // Another measure beside PSNR is a column of its own, sorted from its closer end.

  await panel.locator("[name=measure]").selectOption("temporalError");
  await panel.getByRole("columnheader", { name: "Temporal error" }).getByRole("button").click();
  const errors = (await panel.locator("td[data-label='Temporal error']").allTextContents()).map(Number);
  expect(errors).toHaveLength(await panel.locator("tbody tr").count());
  expect(errors).toEqual(errors.toSorted((a, b) => a - b));

  // Two methods, few steps, here.
  await table.unfold("Methods");
  await panel.getByRole("button", { name: "None", exact: true }).click();
  for (const name of ["mask", "textkv"]) await table.field(name).check();
  await table.unfold("Prompt");
  await table.field("steps").fill("4");
  await table.field("repeats").fill("1");
  expect(await panel.locator(".command code").textContent()).toContain("--methods mask,textkv");
  await table.measure.click();
  await table.status.filter({ hasText: /Measuring, \d+ of \d+: / }).waitFor({ timeout: 120_000 });
  await table.status.filter({ hasText: /^Done on WebAssembly/ }).waitFor({ timeout: 200_000 });
  expect(await table.measure.evaluate((button) => button === document.activeElement)).toBe(true);
  expect(await table.failure.textContent()).toBe("");
  expect(await table.source.textContent()).toMatch(/^Your own run: latte-motion-nano on WebAssembly/);
  expect((await methods()).length).toBe(2);

  // The file is the command line's.
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    panel.getByRole("button", { name: "Save JSON" }).click(),
  ]);
  const path = await download.path();
  const report = benchReportFromJson(JSON.parse(await readFile(path, "utf8"), readInfinity), "saved");
  expect(report.settings).toMatchObject({ steps: 4, repeats: 1 });
  expect(report.rows.find(({ method }) => method === "textkv")?.runs[0]?.psnr).toBe(Number.POSITIVE_INFINITY);

  // Beside itself every ratio is 1; a file that is none says why.
  await table.file.setInputFiles(path);
  await panel.locator(".beside").waitFor();
  expect(await panel.locator("tbody tr").first().locator("td").last().textContent()).toBe("1.00 ×");
  for (const theme of ["light", "dark"]) {
    await page.evaluate((name) => {
      document.documentElement.dataset.theme = name;
      for (const details of document.querySelectorAll("details")) details.open = true;
    }, theme);
    expect(await violationsOf(page)).toEqual([]);
  }
  const broken = join(tmpdir(), `diffusion-cache-${process.pid}.json`);
  await writeFile(broken, JSON.stringify({ ...report, version: 9 }));
  await table.file.setInputFiles(broken);
  await table.failure.getByText("its version is 9; this program reads 1").waitFor();

  // A text of somebody's file is text, whatever it says.
  const attack = '<img src=x onerror="alert(1)">';
  await writeFile(broken, JSON.stringify({ ...report, machine: attack }, writeInfinity));
  await table.file.setInputFiles(broken);
  await panel.locator(".beside").filter({ hasText: attack }).waitFor();
  expect(await panel.locator("img").count()).toBe(0);

  // Stopped in the middle, what is there stays.
  await table.field("repeats").fill("50");
  await table.measure.click();
  await table.source.filter({ hasText: "not complete" }).waitFor({ timeout: 120_000 });
  await table.stop.click();
  await table.status.filter({ hasText: /^Stopped/ }).waitFor();
  expect(await table.measure.evaluate((button) => button === document.activeElement)).toBe(true);
  expect((await methods()).length).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
}, 480_000);

it("measures methods that readers wrote beside the others; a failing one fails alone, and a link runs nothing", async () => {
  const cell = (decision: string): string =>
    `import { compute, reuse } from "diffusion-cache";\nexport const mine = { name: "mine", options: {}, sites: (model) => [model.output()], start: () => ({ step }) => ${decision} };`;
  const [good, bad] = [cell("step % 2 ? reuse : compute"), cell("step === 1 ? missing.decision : compute")].map(
    (code) => notebookFile([{ name: "cell-1", code }]),
  );
  const link = async (own: object): Promise<string> =>
    `/methods/${await shareFragment("table", { settings: { steps: 4, repeats: 1, ...own } })}`;

  // From a notebook to the table, which keeps it until it is taken away.
  const { page, complaints, asked } = await site.visit(`/play/${await shareFragment("code", { notebook: good })}`);
  await cellOf(page, 0).run.click();
  await page.getByRole("button", { name: "Measure mine in the table" }).click();
  await page.waitForURL(/\/methods\/$/);
  const table = tableOf(page);
  const { panel } = table;
  await panel.getByLabel("mine", { exact: true }).waitFor();
  await page.reload();
  expect(await panel.getByLabel("mine", { exact: true }).isChecked()).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
  await panel.getByRole("button", { name: "Remove mine" }).click();
  await expect.poll(() => table.own.count()).toBe(0);
  await page.reload();
  await panel.locator(".dc-run:enabled").waitFor();
  expect(await table.own.count()).toBe(0);

  // A link shows what it brings and runs nothing by itself.
  asked.clear();
  const own = [
    { name: "good", exported: "mine", notebook: good },
    { name: "bad", exported: "mine", notebook: bad },
  ];
  await page.goto(site.address + (await link({ methods: ["good (own)", "bad (own)", "textkv"], own })));
  await table.own.getByText("It came with a link. Read it first").first().waitFor();
  expect(await table.own.getByRole("link", { name: "its program" }).first().getAttribute("href")).toContain(
    "/play/#code=1.",
  );
  expect([...asked].filter((path) => /cell\.html|models/.test(path))).toEqual([]);
  await table.measure.click();
  await table.status.filter({ hasText: /^Done on WebAssembly/ }).waitFor({ timeout: 200_000 });
  const rows = await table.rows.allInnerTexts();
  expect(rows.map((row) => row.split(/\s/)[0]).toSorted()).toEqual(["Text", "good"]);
  expect(rows.find((row) => row.startsWith("good"))).toContain("came with a link");
  expect(await table.leftOut.textContent()).toMatch(/^bad has no row\. missing is not defined \(cell-1, line 2\)/);
  expect(await page.locator("iframe").count()).toBe(0); // their workers went with the table
  expect(complaints).toEqual([]);
}, 300_000);

it("speed against quality: a point leads to its settings, its snippet and its clips", async () => {
  const { page, complaints } = await site.visit("/guide/speed-against-quality/");
  const pareto = page.locator(".dc-pareto");
  const part = (name: string) => pareto.locator(`.${name}`);
  const status = part("dc-status").locator("p");
  await part("dc-plot").locator("circle").first().waitFor();
  expect((await part("dc-plot").locator("circle").first().boundingBox())?.y).toBeLessThan(900); // in the first screen
  await pareto.locator("[name=measure]").selectOption("flip");
  await part("dc-plot").filter({ hasText: "closer: FLIP" }).waitFor();
  await pareto.locator("[name=measure]").selectOption("psnr");
  await pareto.locator("[name=method]").selectOption("fora");
  await pareto.locator(".dc-chart summary").click();
  const first = pareto.locator("button.dc-pick").filter({ hasText: "FORA" }).first();
  const label = await first.textContent();
  await first.click();
  await expect.poll(() => part("chosen").locator("a").textContent()).toBe(label);
  await expect.poll(() => pareto.locator(".dc-snippet code").textContent()).toContain("cache: [fora({");
  await pareto.locator("[name=psnr]").fill("99");
  await part("found").filter({ hasText: "Nothing measured here" }).waitFor();
  await part("make").click();
  await status.filter({ hasText: /^Done on WebAssembly/ }).waitFor({ timeout: 200_000 });
  expect(await part("said").textContent()).toMatch(/^Made here: \d/);
  expect(await part("said").textContent()).not.toContain("equal");

  // A sweep of one's own takes the place of the recorded one, point by point, and stops when asked.
  await part("dc-run").click();
  await status.filter({ hasText: /Measuring, 1 of about \d+: Fewer steps/ }).waitFor({ timeout: 120_000 });
  await pareto.getByRole("button", { name: "Stop", exact: true }).click();
  await status.filter({ hasText: "Stopped. What was measured is kept." }).waitFor();
  expect(await part("numbers").textContent()).toMatch(/ideal (is )?\d/); // what tells a disturbed measurement
  await part("source").filter({ hasText: "Your own sweep: latte-motion-nano on WebAssembly" }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
}, 300_000);

it("stacks the table of methods into cards at 360 px, each cell with its heading", async () => {
  const { page } = await site.visit("/methods/", { viewport: { width: 360, height: 800 } });
  const { panel, rows } = tableOf(page);
  const card = rows.first();
  const cells = await card.locator("td").evaluateAll((all) =>
    all.map((cell) => ({
      heading: getComputedStyle(cell, "::before").content,
      ...{ left: cell.getBoundingClientRect().left, right: cell.getBoundingClientRect().right },
    })),
  );
  expect(cells.map(({ heading }) => heading)).toContain('"Speed-up"');
  expect(cells.filter(({ heading, left, right }) => heading === "none" || left < 0 || right > 360)).toEqual([]);
  const table = panel.locator(".dc-bench");
  expect(await table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await page.context().close();
});

it.each([
  ["/reference/support/", "Pipelines and the caches that they take"],
  ["/reference/settings/", "Settings published for models"],
])("%s shows all columns of its table at 1280 px", async (path, name) => {
  const { page } = await site.visit(path);
  const table = page.getByRole("region", { name });
  expect(await table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await page.context().close();
});

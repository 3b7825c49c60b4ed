import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchReportFromJson, readInfinity } from "diffusion-cache";
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

it("the table of methods: recorded, measured here, sorted, saved, loaded beside itself, stopped", async () => {
  const { page, complaints } = await site.visit("/methods/");
  const table = page.locator("dc-trade-offs");
  const part = (name: string) => table.locator(`[data-part=${name}]`);
  const methods = () => table.locator("tbody tr[data-kind=cached] th a").allTextContents();

  // Recorded, and sorted by a press on a head, by keyboard.
  expect(await part("source").textContent()).toMatch(/^\s*Recorded, not measured here: latte-motion-nano/);
  expect((await methods()).length).toBeGreaterThan(10);
  const head = table.locator("[data-sort=method]");
  await head.focus();
  await page.keyboard.press("Enter");
  const names = await methods();
  expect(await table.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("ascending");
  await page.keyboard.press("Enter"); // the head keeps the focus
  expect(await methods()).toEqual(names.toReversed());

  // Two methods, few steps, here.
  await table.getByRole("button", { name: "None", exact: true }).click();
  for (const name of ["mask", "textkv"]) await table.locator(`[data-method=${name}]`).check();
  await table.locator("details.dc-more summary").click();
  await table.locator("[data-ask=steps]").fill("4");
  await table.locator("[data-ask=repeats]").fill("1");
  expect(await part("command").textContent()).toContain("--methods mask,textkv");
  await part("run").click();
  await part("status")
    .filter({ hasText: /Measuring, \d+ of \d+: / })
    .waitFor({ timeout: 120_000 });
  await part("status")
    .filter({ hasText: /^Done on WebAssembly/ })
    .waitFor({ timeout: 200_000 });
  expect(await part("failure").textContent()).toBe("");
  expect(await part("source").textContent()).toMatch(/^Your own run: latte-motion-nano on WebAssembly/);
  expect((await methods()).length).toBe(2);

  // The file is the command line's.
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    table.getByRole("button", { name: "Save JSON" }).click(),
  ]);
  const path = await download.path();
  const report = benchReportFromJson(JSON.parse(await readFile(path, "utf8"), readInfinity), "saved");
  expect(report.settings).toMatchObject({ steps: 4, repeats: 1 });
  expect(report.rows.find(({ method }) => method === "textkv")?.runs[0]?.psnr).toBe(Number.POSITIVE_INFINITY);

  // Beside itself every ratio is 1; a file that is none says why.
  await part("file").setInputFiles(path);
  await part("compared").waitFor();
  expect(await table.locator("tbody tr").first().locator("td").last().textContent()).toBe("1.00 ×");
  for (const theme of ["light", "dark"]) {
    await page.evaluate((name) => {
      document.documentElement.dataset.theme = name;
      for (const details of document.querySelectorAll("details")) details.open = true;
    }, theme);
    expect(await violationsOf(page)).toEqual([]);
  }
  const broken = join(tmpdir(), `diffusion-cache-${process.pid}.json`);
  await writeFile(broken, JSON.stringify({ ...report, version: 9 }));
  await part("file").setInputFiles(broken);
  await part("failure").getByText("its version is 9; this program reads 1").waitFor();

  // Stopped in the middle, what is there stays.
  await table.locator("[data-ask=repeats]").fill("50");
  await part("run").click();
  await part("source").filter({ hasText: "not complete" }).waitFor({ timeout: 120_000 });
  await part("stop").click();
  expect(await part("status").textContent()).toMatch(/^Stopped/);
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
  const table = page.locator("dc-trade-offs");
  const part = (name: string) => table.locator(`[data-part=${name}]`);
  await table.getByLabel("mine", { exact: true }).waitFor();
  await page.reload();
  expect(await table.getByLabel("mine", { exact: true }).isChecked()).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
  await table.getByRole("button", { name: "Remove mine" }).click();
  await page.reload();
  expect(await part("own").locator("li").count()).toBe(0);

  // A link shows what it brings and runs nothing by itself.
  asked.clear();
  const own = [
    { name: "good", exported: "mine", notebook: good },
    { name: "bad", exported: "mine", notebook: bad },
  ];
  await page.goto(site.address + (await link({ methods: ["good (own)", "bad (own)", "textkv"], own })));
  await part("own").getByText("It came with a link. Read it first").first().waitFor();
  expect(await part("own").getByRole("link", { name: "its program" }).first().getAttribute("href")).toContain(
    "/play/#code=1.",
  );
  expect([...asked].filter((path) => /cell\.html|models/.test(path))).toEqual([]);
  await part("run").click();
  await part("status")
    .filter({ hasText: /^Done on WebAssembly/ })
    .waitFor({ timeout: 200_000 });
  const rows = await table.locator("tbody tr[data-kind=cached]").allInnerTexts();
  expect(rows.map((row) => row.split(/\s/)[0]).toSorted()).toEqual(["Text", "good"]);
  expect(rows.find((row) => row.startsWith("good"))).toContain("came with a link");
  expect(await part("left-out").textContent()).toMatch(/^bad has no row\. missing is not defined \(cell-1, line 2\)/);
  expect(await page.locator("iframe").count()).toBe(0); // their workers went with the table
  expect(complaints).toEqual([]);
}, 300_000);

it("speed against quality: a point leads to its settings, its snippet and its clips", async () => {
  const { page, complaints } = await site.visit("/guide/speed-against-quality/");
  const pareto = page.locator("dc-pareto");
  const part = (name: string) => pareto.locator(`[data-part=${name}]`);
  await part("method").selectOption("fora");
  await pareto.locator(".dc-chart summary").click();
  const first = pareto.locator("button.dc-pick").filter({ hasText: "FORA" }).first();
  const label = await first.textContent();
  await first.click();
  await expect.poll(() => part("title").textContent()).toBe(label);
  await expect.poll(() => part("snippet").textContent()).toContain("cache: [fora({");
  await part("psnr").fill("99");
  await part("found").filter({ hasText: "Nothing measured here" }).waitFor();
  await part("clips").click();
  await part("status")
    .filter({ hasText: /^Done on WebAssembly/ })
    .waitFor({ timeout: 200_000 });
  expect(await part("clips-said").textContent()).toMatch(/^Made here: \d/);
  expect(await part("clips-said").textContent()).not.toContain("equal");

  // A sweep of one's own takes the place of the recorded one, point by point, and stops when asked.
  await part("run").click();
  await part("status")
    .filter({ hasText: /Measuring, 1 of about \d+: Fewer steps/ })
    .waitFor({ timeout: 120_000 });
  await part("stop").click();
  expect(await part("status").textContent()).toBe("Stopped. What was measured is kept.");
  await part("source").filter({ hasText: "Your own sweep: latte-motion-nano on WebAssembly" }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
}, 300_000);

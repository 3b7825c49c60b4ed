import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { notebookFile } from "../../site/notebook/notebook-file.js";
import { shareFragment } from "../../site/program/share-link.js";
import { exampleOf } from "./example.js";
import { cellOf, notebookLink, notebookOf } from "./notebook.js";
import { openSite, type Site } from "./site.js";

// What programs of readers can do to the page that shows them.

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

describe("a cell without measure", () => {
  test("does not hold up the page: what is too much is cut, and one line says so", async () => {
    const plot = (options: string, mark = "Plot.dot([{ a: 1 }], { x: 'a' })") =>
      `import * as Plot from "@observablehq/plot";\ndisplay(Plot.plot({ marks: [${mark}], ${options} }));`;
    const cells: readonly (readonly [code: string, status: RegExp, output: RegExp])[] = [
      ["throw 'x'.repeat(1e8);", /^Failed/, /x{2000} … \d+ more signs/],
      [plot("x: { tickFormat: '200000000d' }"), /^Done/, /This plot cannot be drawn: x: tickFormat/],
      [plot("height: 1e9"), /^Done/, /height is 1000000000, which it cannot be/],
      [plot("x: { ticks: 1e7 }"), /^Done/, /ticks is 10000000/],
      [plot("", "Plot.dot([{ a: 1 }], { x: 'a', fill: 'bleu' })"), /^Done/, /fill of dot is "bleu", which is neither/],
      [
        plot("color: { scheme: 'blau' }", "Plot.dot([{ a: 1 }], { x: 'a', fill: 'a' })"),
        /^Done/,
        /cannot be drawn: .*blau/,
      ],
      [plot("", "Plot.line([{ a: 1 }], { x: 'a', y: 'a', curve: 'round' })"), /^Done/, /cannot be drawn: .*round/],
      [
        plot("", "Plot.tickX(Array.from({ length: 12000 }, (_, at) => 'n' + at))"),
        /^Done/,
        /cannot be drawn: .*10,000/,
      ],
      [
        "const row = Object.fromEntries(Array.from({ length: 50 }, (_, at) => ['c' + at, at]));\nfor (let at = 0; at < 150; at++) display(Array.from({ length: 500 }, () => row));",
        /^Done/,
        /Cut here: a run can show 25,000 cells/,
      ],
      [
        "const send = MessagePort.prototype.postMessage; let port; MessagePort.prototype.postMessage = function (...all) { port = this; return send.apply(this, all); };\ndisplay(1);\nfor (let at = 0; at < 1e5; at++) send.call(port, { id: at, display: { type: 'text', text: 'x'.repeat(1000) } });",
        /^Stopped/,
        /the program sent more messages than the page can take/,
      ],
    ];
    const { page, complaints } = await site.visit(`/play/${await notebookLink(cells.map(([code]) => code))}`);
    for (const [at, [, status, output]] of cells.entries()) {
      const [said, shown] = await cellOf(page, at).runs();
      expect(said).toMatch(status);
      await expect.poll(() => cellOf(page, at).output.textContent(), { message: shown.slice(0, 200) }).toMatch(output);
    }
    expect(await page.evaluate(() => document.querySelectorAll(".dc-cell td").length)).toBeLessThanOrEqual(25_000);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("sends no request, whatever it calls a colour", async () => {
    const colours = ["\\\\75rl(/leak#a)", "url(/leak#b)", "rgb(0 0 0 / url(/leak))"];
    const code = `import * as Plot from "@observablehq/plot";
for (const colour of ${JSON.stringify(colours).replaceAll("\\\\\\\\", "\\\\")})
  for (const type of ["identity", undefined])
    display(Plot.plot({ color: { type }, marks: [Plot.dot([{ a: 1 }, { a: 2 }], { x: "a", fill: () => colour })] }));`;
    const { page, asked } = await site.visit(`/play/${await notebookLink([code])}`);
    await cellOf(page, 0).runs();
    await cellOf(page, 0).output.locator("svg").nth(2).waitFor();
    await page.waitForLoadState("networkidle");
    expect([...asked].filter((path) => path.includes("leak"))).toEqual([]);
    expect(await cellOf(page, 0).output.textContent()).toMatch(/the scale of colours is "identity"/);
    await page.context().close();
  });
});

test("a notebook asks for its engine anew in every run, says where it failed, and Stop ends what a cell left behind", async () => {
  const cells = [
    "foo();",
    'display(after);\nimport { after } from "./cell-3";',
    "export const after = 1;",
    'import { gone } from "./cell-9";',
    "setInterval(() => console.log('still here'), 20);",
    'import { createWorkerEngine } from "diffusion-cache";\nfor (let at = 0; at < 30; at++) await createWorkerEngine({ model: "/models/latte-motion-nano" });',
    "throw new Proxy(new Error('x'), { getPrototypeOf: () => { throw new Error('no'); } });",
    "throw Object.assign(new Error('place'), { stack: 'Error: place\\n at cell-7.ts:0:0' });",
  ];
  const { page, complaints } = await site.visit(`/play/${await notebookLink(cells)}`);
  expect(await cellOf(page, 0).runs()).toEqual(["Failed.", expect.stringContaining("Line 1, column 1")]);
  await page.locator(".dc-cell").nth(2).getByRole("button", { name: "Move up" }).click();
  expect(await cellOf(page, 2).runs()).toEqual([expect.stringMatching(/^Done/), "1"]);
  expect(await cellOf(page, 3).runs()).toEqual(["Failed.", expect.stringContaining("no cell is called that")]);
  expect((await cellOf(page, 6).runs())[0]).toBe("Failed.");
  expect((await cellOf(page, 7).runs())[1]).toContain("Error: place");
  for (let time = 0; time < 3; time++) expect((await cellOf(page, 5).runs())[0]).toMatch(/^Done/);
  await cellOf(page, 4).runs();
  await cellOf(page, 4)
    .output.filter({ hasText: /still here\nstill here/ })
    .waitFor();
  await notebookOf(page).stop.click();
  const said = await cellOf(page, 4).output.textContent();
  expect(await notebookOf(page).stop.isDisabled()).toBe(true);
  await expect.poll(() => cellOf(page, 4).stale.textContent()).toContain("its worker was stopped");
  expect(await cellOf(page, 4).output.textContent()).toBe(said);
  // What was refused no longer stands above what was taken.
  const failure = notebookOf(page).failure;
  const choose = (name: string, text: string) =>
    notebookOf(page).file.setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });
  await choose("bad.json", "{}");
  await failure.filter({ hasText: "This is no notebook of ours" }).waitFor();
  await choose("good.json", JSON.stringify(notebookFile([{ name: "one", code: "" }])));
  await notebookOf(page).note.filter({ hasText: "good.json: 1 cells" }).waitFor();
  expect(await failure.count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("a link brings a program beside the reader's own: it is never kept in its place, nor run by a press that came before", async () => {
  const { page } = await site.visit("/methods/fora/");
  const example = exampleOf(page);
  const editor = page.locator(".dc-workbench .cm-content");
  await example.knob("steps", 2);
  await example.tab("Program");
  await example.part("edit").click();
  await editor.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.insertText("// my own\n");
  const go = (fragment: string) => page.evaluate((hash) => location.assign(hash), fragment);
  // While the engine loads, a link arrives.
  await example.run();
  await go(await shareFragment("code", { example: "fora", text: 'throw new Error("the linked one ran");' }));
  await editor.filter({ hasText: "the linked one ran" }).waitFor();
  await example.says(/^(Done|The run failed)/);
  expect(await example.part("edit-output").textContent()).toBe("");
  expect(await example.status()).toMatch(/^Done/);
  expect(await example.part("edit-note").textContent()).toContain("Your own edits are kept");
  await page.goto(`${site.address}/methods/`);
  await page.goto(`${site.address}/methods/fora/`);
  await editor.filter({ hasText: "// my own" }).waitFor();
  expect(await example.part("edit-note").textContent()).toBe("Your edits of this program, as you left them.");
  // On a fresh load the linked one stands in the one editor, and a good link takes the last one's error away.
  await page.goto("about:blank");
  await page.goto(
    `${site.address}/methods/fora/${await shareFragment("code", { example: "fora", text: "// theirs" })}`,
  );
  await editor.filter({ hasText: "// theirs" }).waitFor();
  expect(await editor.count()).toBe(1);
  await go("#code=1.abc");
  await example.part("failure").filter({ hasText: "This link is damaged" }).waitFor();
  await go(await shareFragment("code", { example: "fora", text: "// good" }));
  await editor.filter({ hasText: "// good" }).waitFor();
  expect(await example.part("failure").textContent()).toBe("");
  await example.part("edit-reset").click();
  await editor.filter({ hasText: "// my own" }).waitFor();
  await page.context().close();
});

import type { Result, Trace } from "diffusion-cache";
import type { Locator, Page } from "playwright";

/** Mean colour over all frames of a clip, 0 … 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** What a test needs of an outcome; pixels stay in the page. */
export interface Outcome {
  readonly uncached: Trace;
  readonly cached: Trace;
  readonly quality: { readonly psnr: number; readonly ssim: number; readonly maxError: number };
  /** Mean of each channel, and standard deviation over all pixels, of the uncached clip in [−1, 1]. */
  readonly mean: Colour;
  readonly deviation: number;
}

/** Parts of the workbench, as the page marks them. */
const places = {
  status: ".dc-status p",
  failure: ".dc-failures",
  again: '.dc-failure button:text-is("Try again")',
  run: ".dc-run",
  stop: 'button:text-is("Stop")',
  reset: 'form button:text-is("Reset")',
  share: ".dc-share",
  source: ".dc-run-source",
  sentence: ".dc-sentence",
  snippet: ".dc-snippet code",
  copy: ".dc-snippet button",
  grid: ".decisions .dc-grid",
  decisions: ".decisions .dc-panel-title",
  play: ".clips .dc-player button",
  frame: ".clips .dc-player output",
  edit: 'button:text-is("Edit")',
  "edit-output": ".dc-program-output",
  "edit-note": ".dc-program-note",
  "edit-reset": 'button:text-is("Reset program")',
} as const;
export type PartName = keyof typeof places;

const part = (page: Page, name: PartName): Locator => page.locator(`.dc-workbench ${places[name]}`);

/** Waits until the page's own scripts listen. */
const ready = (page: Page): Promise<void> => page.locator(".dc-workbench .dc-run:enabled").first().waitFor();

/** Drives the live example of a page as a reader does. */
export const exampleOf = (page: Page) => ({
  ready: () => ready(page),
  part: (name: PartName) => part(page, name),
  /** One of the parts below clips and grid. */
  async tab(name: string): Promise<void> {
    await ready(page);
    await page.locator(".dc-workbench .below").getByRole("tab", { name, exact: true }).click();
  },
  status: () => part(page, "status").textContent(),
  summary: (key: string) => page.locator(`.dc-workbench [data-summary=${key}]`).textContent(),
  async ask(name: string, value: string): Promise<void> {
    await ready(page);
    await page.locator(`.dc-workbench [name=${name}]`).fill(value);
  },
  async knob(name: string, value: number): Promise<void> {
    await ready(page);
    await page.locator(`.dc-workbench [name="${name}"]`).fill(String(value));
  },
  run: () => part(page, "run").click(),
  /** Waits for the status line to say it. */
  async says(text: RegExp, timeout = 120_000): Promise<void> {
    await part(page, "status").filter({ hasText: text }).waitFor({ timeout });
  },
  /** Calls for what the next finished pair of runs leaves; await the result after pressing Run. */
  outcome: (): Promise<Outcome> =>
    page.evaluate(
      () =>
        new Promise<Outcome>((resolve) => {
          document.addEventListener(
            "dc-outcome",
            (event) => {
              const { uncached, cached, quality } = (event as CustomEvent).detail as Record<
                "uncached" | "cached",
                Result
              > &
                Pick<Outcome, "quality">; // prettier-ignore
              const { data } = uncached.clip;
              const size = data.length / 3;
              const mean = [0, 1, 2].map(
                (channel) =>
                  data.subarray(channel * size, (channel + 1) * size).reduce((sum, value) => sum + value, 0) / size,
              ); // prettier-ignore
              const all = data.reduce((sum, value) => sum + value, 0) / data.length;
              const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - all) ** 2, 0) / data.length);
              const trace = { uncached: uncached.trace, cached: cached.trace, quality };
              resolve({ ...trace, mean: mean as unknown as Outcome["mean"], deviation });
            },
            { once: true },
          );
        }),
    ),
  /** Share of a canvas's pixels that are not black, and its mean colour. */
  canvas: (view: "uncached" | "cached" | "difference"): Promise<{ lit: number; mean: Colour }> =>
    page.locator(`.clips canvas[data-view=${view}]`).evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const pixels = canvas.width * canvas.height;
      const sum = [0, 0, 0];
      let lit = 0;
      for (let i = 0; i < pixels; i++) {
        const rgb = [0, 1, 2].map((channel) => data[4 * i + channel] ?? 0);
        for (const [channel, value] of rgb.entries()) sum[channel] = (sum[channel] ?? 0) + value / pixels;
        if (Math.max(...rgb) > 24) lit += 1 / pixels;
      }
      return { lit, mean: sum as unknown as Colour };
    }),
});

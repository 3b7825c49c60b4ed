import type { Trace } from "diffusion-cache";
import { inBytes, inMemory, inTime } from "../page/bytes.js";
import { failureHtml } from "../page/failure.js";

/** More than any trace that the engine writes; a larger file is refused before it is read. */
const mostBytes = 20e6;

const said = (options: Readonly<Record<string, unknown>>): string => {
  const text = JSON.stringify(options);
  return text.length > 300 ? `${text.slice(0, 300)} …` : text;
};

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

const factsOf = (trace: Trace): readonly (readonly [string, string])[] => {
  const { totals, quality, visits, stepProbeMs } = trace;
  const estimated = visits.filter(({ decision }) => decision !== "compute").length;
  return [
    ["Model", `${trace.model.name} (${trace.model.architecture})`],
    ["Backend", trace.backend.description],
    ["Made by", `diffusion-cache ${trace.engine.version}, onnxruntime-web ${trace.engine.onnxruntime}`],
    ["Prompt", trace.prompt ?? "none: it ran from tensors"],
    ["Steps, seed, guidance", `${trace.steps}, ${trace.seed ?? "none"}, ${trace.guidance}`],
    ["Methods", trace.methods.map(({ name, options }) => `${name} ${said(options)}`).join("; ") || "none: uncached"],
    ["Time", inTime(totals.wallMs)],
    ...(stepProbeMs ? [["Of it reading probes", `${sum(stepProbeMs).toFixed(1)} ms`] as const] : []),
    ["Reused or forecast", `${estimated} of ${visits.length} features`],
    ["Kept features, at most", inMemory(totals.bytes.peak.cache)],
    ...(quality
      ? [
          [
            "Against the uncached run",
            `PSNR ${Number.isFinite(quality.psnr) ? `${quality.psnr.toFixed(1)} dB` : "∞ (equal)"}, SSIM ${quality.ssim.toFixed(4)}`,
          ] as const,
        ] // prettier-ignore
      : []),
  ];
};

/** Shows a trace from a file or a paste: what was run, and its charts. */
class TraceReader extends HTMLElement {
  connectedCallback(): void {
    const file = this.#part<HTMLInputElement>("file");
    file.addEventListener("change", async () => {
      const [one] = file.files ?? [];
      if (!one) return;
      if (one.size > mostBytes)
        return this.#fail(new Error(`${one.name} has ${inBytes(one.size)}: too large for a trace.`));
      await this.#read(await one.text());
    });
    const text = this.#part<HTMLTextAreaElement>("text");
    text.addEventListener("input", () => {
      if (text.value.length > mostBytes)
        return this.#fail(new Error(`The text has ${inBytes(text.value.length)}: too large for a trace.`));
      void this.#read(text.value);
    });
  }

  #part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.querySelector(`[data-part=${name}]`) as T;
  }

  #fail(error: unknown): void {
    this.#part("shown").replaceChildren();
    this.#part("failure").innerHTML = failureHtml(error, this.dataset.base ?? "/");
  }

  async #read(text: string): Promise<void> {
    this.#part("failure").innerHTML = "";
    if (text.trim() === "") return this.#part("shown").replaceChildren();
    const { readTrace } = await import("./read-trace.js");
    try {
      await this.#show(readTrace(text));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #show(trace: Trace): Promise<void> {
    const { drawTrace } = await import("../charts/index.js");
    const facts = document.createElement("dl");
    facts.className = "dc-facts";
    for (const [name, value] of factsOf(trace)) {
      const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
      [term.textContent, detail.textContent] = [name, value];
      facts.append(term, detail);
    }
    const charts = document.createElement("div");
    charts.className = "dc-charts";
    this.#part("shown").replaceChildren(facts, charts);
    drawTrace(charts, trace);
  }
}

customElements.define("dc-trace", TraceReader);

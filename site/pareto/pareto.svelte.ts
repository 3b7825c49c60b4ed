import type { CacheMethod, Engine, Measure } from "diffusion-cache";
import { fromStore } from "svelte/store";
import type { Pixels } from "../clips/frames.js";
import { type PanelRun, Runs } from "../device/runs.svelte.js";
import { measureNamed, measuresOf } from "../measures/measure-words.js";
import { chosenModel, modelNamed, type PageModel } from "../model/models.js";
import type { RunName } from "../program/example-module.js";
import { type BarePoint, foundInWords, frontierOf, namedPoint, type QualityPoint } from "./quality-points.js";

/** Points, and where they are from. */
interface Points {
  readonly source: string;
  readonly points: readonly QualityPoint[];
}

/** What the page hands to its chart of speed against quality. */
export interface ParetoConfig {
  readonly models: readonly (PageModel & { readonly clip: Size })[];
  readonly titles: Readonly<Record<string, { readonly title: string; readonly href: string }>>;
  /** By model: where there is a recorded sweep. */
  readonly recorded: Readonly<Record<string, { readonly source: string; readonly points: readonly BarePoint[] }>>;
  readonly base: string;
}

interface Size {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly fps: number;
}

/** A pair of clips made of a point. */
export interface Made {
  readonly of: QualityPoint;
  readonly clips: Partial<Readonly<Record<RunName, { readonly pixels: Pixels; readonly label: string }>>>;
  readonly said: string;
}

/** Speed against quality over the settings of the methods: recorded first, then swept here; each point leads to its settings and clips. */
export class Pareto {
  readonly config: ParetoConfig;
  readonly runs = new Runs({
    idle: "Not swept here yet.",
    failed: "The sweep was not finished. What was measured is kept.",
    stopped: () => "Stopped. What was measured is kept.",
  });
  readonly #model = fromStore(chosenModel);
  /** Own sweeps, by model. */
  own = $state.raw<Readonly<Record<string, Points>>>({});
  method = $state("all");
  /** Name of the measure on the axis. */
  by = $state<Measure["name"]>("psnr");
  floor = $state({ psnr: 30, ssim: 0.95 });
  picked = $state.raw<QualityPoint>();
  made = $state.raw<Made>();

  readonly model = $derived.by(() => modelNamed(this.config.models, this.#model.current));
  readonly sweep: Points = $derived.by(() => {
    const { name } = this.model;
    const none = { source: `No sweep of ${name} is recorded. Press Sweep to measure it here.`, points: [] };
    const { recorded, titles } = this.config;
    const there = recorded[name];
    const kept = there && { ...there, points: there.points.map((point) => namedPoint(point, titles)) };
    return this.own[name] ?? kept ?? none;
  });
  readonly measures = $derived(measuresOf(this.sweep.points));
  /** Of the table under the chart: with all of them the page would come late. */
  readonly listed = $derived(
    this.measures.filter(({ name }) => name === "psnr" || name === "ssim" || name === this.by),
  );
  readonly axis = $derived(measureNamed(this.by, this.measures));
  readonly #asked = $derived(
    this.sweep.points.filter((one) => one.kind === "fewer" || this.method === "all" || one.name === this.method),
  );
  readonly #shown = $derived(this.#asked.filter((one) => one[this.axis.name] !== undefined));
  /** How many of the settings asked for were not measured by what the axis shows. */
  readonly unplaced = $derived(this.#asked.length - this.#shown.length);
  readonly fewer = $derived(this.#shown.filter(({ kind }) => kind === "fewer"));
  readonly points = $derived(this.#shown.filter(({ kind }) => kind === "method"));
  readonly frontier = $derived(frontierOf(this.points, this.axis));
  readonly found = $derived(
    foundInWords([...this.points, ...this.fewer], { psnr: this.floor.psnr || 0, ssim: this.floor.ssim || 0 }),
  );
  /** The picked point, or the fastest of the frontier where a sweep, a model or a method has taken that away. */
  readonly chosen = $derived.by(() => {
    const { picked, points, fewer, frontier } = this;
    const shown = [...points, ...fewer];
    return picked && shown.includes(picked) ? picked : (frontier.at(-1) ?? fewer.at(-1));
  });

  constructor(config: ParetoConfig) {
    this.config = config;
  }

  /** The method of a point; it comes with the program of a sweep, which the page does not load before. */
  async methodsOf(point: QualityPoint): Promise<readonly CacheMethod[]> {
    const { address } = this.model;
    return (await import("./sweep-here.js")).methodsOf(point, address);
  }

  async measure(): Promise<void> {
    if (!this.runs.busy) await this.runs.run((run) => this.#measure(run, this.method));
  }

  async makeClips(): Promise<void> {
    const { chosen } = this;
    if (!this.runs.busy && chosen) await this.runs.run((run) => this.#makeClips(run, chosen));
  }

  /** Every setting of the chosen method, or of all, and fewer steps; the chart follows point by point. */
  async #measure(run: PanelRun, method: string): Promise<Engine> {
    const { sweep } = await import("./sweep-here.js");
    const { name, address } = this.model;
    return sweep(run, { address, method, titles: this.config.titles }, (points, source, said, share) => {
      this.own = { ...this.own, [name]: { source, points } };
      this.runs.say(said, share);
    });
  }

  async #makeClips(run: PanelRun, point: QualityPoint): Promise<Engine> {
    const { makeClips } = await import("./sweep-here.js");
    this.made = { of: point, clips: {}, said: "" };
    const show = (change: Partial<Made>): void => {
      if (this.made) this.made = { ...this.made, ...change, clips: { ...this.made.clips, ...change.clips } };
    };
    return makeClips(run, { address: this.model.address, point }, show, (said, share) => this.runs.say(said, share));
  }
}

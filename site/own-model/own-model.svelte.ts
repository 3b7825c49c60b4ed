import type { Comparison, Engine, ModelInfo, Picked, Progress, RunInputs } from "diffusion-cache";
import { forgetEngine } from "../device/engines.js";
import { preferred } from "../device/preference.js";
import { statusOf } from "../device/run-status.js";
import { type PanelRun, Runs } from "../device/runs.svelte.js";
import type { RunName } from "../program/example-module.js";
import { type OwnChoice, type OwnStart, ownChoices } from "./choices.js";

/** How a network is told what to make. */
export type Told = "prompt" | "label" | "file";

const toldBy = ({ textRows, architecture }: ModelInfo): Told => {
  if (textRows > 0) return "prompt";
  return architecture === "DiTTransformer2DModel" ? "label" : "file";
};

/** A model that the reader brings, and runs on it. Nothing is asked of another server before Load is pressed. */
export class OwnModel {
  readonly choices: readonly OwnChoice[];
  readonly #start: OwnStart | undefined;
  address = $state("");
  /** What the reader picked or dropped in place of an address. */
  picked = $state.raw<Picked>();
  pickedName = $state("");
  info = $state.raw<ModelInfo>();
  device = $state("");
  prompt = $state("");
  label = $state(207);
  inputsFile = $state.raw<File>();
  steps = $state(20);
  guidance = $state(1);
  seed = $state(0);
  choice = $state.raw() as OwnChoice;
  result = $state.raw<Comparison>();
  /** What the result was made with. */
  made = $state.raw<OwnChoice>();
  readonly runs = new Runs({ idle: "Nothing is loaded." });

  readonly told: Told | undefined = $derived(this.info && toldBy(this.info));
  readonly ready: boolean = $derived(
    this.told !== undefined && (this.told !== "file" || this.inputsFile !== undefined),
  );

  #engine: Engine | undefined;

  /** @param start what a page about one paper begins with */
  constructor(start?: OwnStart) {
    this.#start = start;
    this.choices = start ? [start.choice, ...ownChoices] : ownChoices;
    this.choice = this.choices[0] as OwnChoice;
    this.address = start?.address ?? "";
  }

  readonly load = async (): Promise<void> => {
    const loaded = await this.runs.run(async ({ signal, current }) => {
      const { createWorkerEngine } = await import("../device/engine-door.js");
      await this.#engine?.dispose();
      this.#engine = undefined;
      this.info = undefined;
      this.result = undefined;
      forgetEngine(); // There is never a second copy of weights on a page.
      const onProgress = (progress: Progress): void => this.#show(current, "uncached", progress);
      const model = this.picked ?? this.address.trim();
      const engine = await createWorkerEngine({ model, backend: preferred(), signal, onProgress });
      this.#engine = engine;
      const { defaults } = engine.model;
      this.info = engine.model;
      this.device = engine.device.description;
      this.prompt = defaults.prompt;
      this.steps = this.#start?.steps ?? defaults.steps;
      this.guidance = this.#start?.guidance ?? (this.told === "label" ? 4 : defaults.guidance);
      this.label = Math.min(this.label, Math.max(0, (engine.model.classes?.length ?? 1000) - 1));
      return engine;
    });
    if (loaded) this.runs.say("The model is loaded.", 1);
    else if (this.runs.failure !== undefined) this.runs.say("Nothing is loaded.", 0);
  };

  readonly run = (): Promise<boolean> =>
    this.runs.run(async (panelRun) => {
      const { signal, current } = panelRun;
      const { compare, methodFromName } = await import("../device/engine-door.js");
      const [engine, choice] = [this.#engine as Engine, this.choice];
      const { steps, guidance, seed, prompt } = this;
      const inputs = await this.#inputs();
      const asked = inputs ? { inputs } : { prompt, seed };
      const settings = { steps, guidance, ...asked };
      const onProgress = (run: RunName, progress: Progress): void => this.#show(current, run, progress);
      const measured = choice.calibrated && (await this.#calibrate(engine, choice.calibrated, inputs, panelRun));
      const method = methodFromName(choice.method, { ...measured, ...choice.options });
      this.result = await compare({ engine, settings, signal, onProgress }, [method]);
      this.made = choice;
      return engine;
    });

  /** Lets the engine go: the part leaves the page. */
  readonly end = (): void => {
    this.runs.end();
    void this.#engine?.dispose();
  };

  /** The numbers that a method takes of this network, from an uncached run of what is asked. */
  async #calibrate(engine: Engine, name: "smoothcache", inputs: RunInputs | undefined, run: PanelRun) {
    const { steps, guidance, prompt } = this;
    const asked = inputs ? { inputs } : { prompts: [prompt] };
    const onProgress = (progress: Progress): void => {
      this.#show(run.current, "uncached", progress, "Measuring: ");
    };
    return (await engine.calibrate({ steps, guidance, ...asked, signal: run.signal, onProgress }))[name];
  }

  async #inputs(): Promise<RunInputs | undefined> {
    const { inputsFromTensors, randn, readSafetensors } = await import("../device/engine-door.js");
    if (this.told === "prompt") return undefined;
    if (this.told === "file" && this.inputsFile) {
      const { name } = this.inputsFile;
      return inputsFromTensors(readSafetensors(new Uint8Array(await this.inputsFile.arrayBuffer()), name), name);
    }
    const { clip, network } = this.info as ModelInfo;
    const { in_channels: channels = 4 } = network as { readonly in_channels?: number };
    const noise = randn(this.seed, [1, channels, 1, clip.height, clip.width]);
    return { noise, cond: { label: { dims: [1], data: Float32Array.of(this.label) } } };
  }

  #show(current: () => boolean, run: RunName, progress: Progress, before = ""): void {
    const { text, share } = statusOf(run, progress);
    if (current()) this.runs.say(before + text, share);
  }
}

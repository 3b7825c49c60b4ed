import type { Engine, Progress } from "diffusion-cache";
import { codeOf } from "../page/failure.js";
import { hiddenNote } from "../page/in-view.js";
import { engineBroke } from "./engine-broke.js";
import { preferred } from "./preference.js";
import { statusOf } from "./run-status.js";
import { inTurn, placeInWords } from "./turns.js";

/** One run of a panel. */
export interface PanelRun {
  readonly signal: AbortSignal;
  /** Whether it is still the one that the panel shows. */
  readonly current: () => boolean;
  /** The page's engine for a model; the panel says how far it is. */
  readonly engine: (model: { readonly address: string }) => Promise<Engine>;
  /** What is to be said of all times taken since the engine was there: nothing, if the page was in view. */
  readonly note: () => string;
}

interface RunsOptions {
  /** What the status says before the first run, after one that failed, and after one that was stopped. */
  readonly idle: string;
  readonly failed?: string;
  readonly stopped?: () => string;
  /** Shows an error at a place of its own. @returns whether it did */
  readonly fail?: (error: unknown) => boolean;
}

/** The runs of a panel that computes: one at a time, in turn with all others of the page, where they are and how they failed. */
export class Runs {
  readonly #options: RunsOptions;
  #running = $state.raw<AbortController>();
  /** Where work is, in words. */
  text = $state("");
  /** Of its bar, 0 … 1; undefined where it is not known. */
  share = $state<number | undefined>(0);
  /** What the last run, or a link, failed with. */
  failure = $state.raw<unknown>();
  readonly busy = $derived(this.#running !== undefined);

  constructor(options: RunsOptions) {
    this.#options = options;
    this.text = options.idle;
  }

  say(text: string, share?: number): void {
    this.text = text;
    this.share = share;
  }

  #idle(text: string, share = 0): void {
    this.#running = undefined;
    this.say(text, share);
  }

  /** Answers at once; the engine ends its run at the next graph. */
  stop(): void {
    if (!this.#running) return;
    this.#running.abort();
    this.#idle(this.#options.stopped?.() ?? "Stopped.");
  }

  /** @param work gives the engine that it ran on. @returns whether it came to its end */
  async run(work: (run: PanelRun) => Promise<Engine>): Promise<boolean> {
    const mine = new AbortController();
    const { signal } = mine;
    const current = (): boolean => this.#running === mine;
    const onProgress = (progress: Progress): void => {
      const { text, share } = statusOf("uncached", progress);
      if (current()) this.say(text, share);
    };
    let begun = performance.now();
    const engine = async ({ address }: { readonly address: string }): Promise<Engine> => {
      const { engineFor } = await import("./engines.js"); // with the first run, not with the page
      const made = await engineFor({ model: address, backend: preferred(), signal, onProgress });
      begun = performance.now();
      return made;
    };
    const note = (): string => hiddenNote(begun);
    const onPlace = (ahead: number): void => {
      if (current() && ahead > 0) this.say(placeInWords(ahead));
    };
    this.#running = mine;
    this.failure = undefined;
    this.say("Loading the engine");
    try {
      const { device } = await inTurn(() => work({ signal, current, engine, note }), { signal, onPlace });
      if (!current()) return false;
      this.#idle(`Done on ${device.description}${note()}.`, 1);
      return true;
    } catch (error) {
      if (!current()) return false;
      if (codeOf(error) === "stopped") this.#idle(this.#options.stopped?.() ?? "Stopped.");
      else {
        if (engineBroke(error)) (await import("./engines.js")).forgetEngine();
        if (!this.#options.fail?.(error)) this.failure = error;
        this.#idle(this.#options.failed ?? "The run failed.");
      }
      return false;
    }
  }

  /** Ends a run without a word: the panel goes. */
  end(): void {
    this.#running?.abort();
  }
}

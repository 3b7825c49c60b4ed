import type { Engine, Progress } from "diffusion-cache";
import { codeOf, failureHtml } from "../page/failure.js";
import { hiddenNote } from "../page/in-view.js";
import { statusLine } from "../page/status-line.js";
import { engineBroke, engineFor, forgetEngine } from "./engines.js";
import { preferred } from "./preference.js";
import { statusOf } from "./run-status.js";
import { inTurn, placeInWords } from "./turns.js";

interface PanelOptions {
  /** Address of the site's root. */
  readonly base: string;
  /** Parts that begin a run. */
  readonly starts: readonly string[];
  readonly failed: string;
  readonly stopped?: () => string;
  /** Shows an error at a place of its own. @returns whether it did */
  readonly fail?: (error: unknown) => boolean;
}

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

/** What panels that compute have in common: buttons that begin and Stop, a status, turns with all others, failures. */
export const panelRuns = (
  root: HTMLElement,
  { base, starts, failed, stopped = () => "Stopped.", fail }: PanelOptions,
) => {
  const part = (name: string): HTMLElement => root.querySelector(`[data-part=${name}]`) as HTMLElement;
  const say = statusLine(root);
  let running: AbortController | undefined;

  const busy = (now: boolean): void => {
    for (const name of starts) (part(name) as HTMLButtonElement).disabled = now;
    (part("stop") as HTMLButtonElement).disabled = !now;
  };
  const idle = (text: string, share = 0): void => {
    running = undefined;
    busy(false);
    say(text, share);
  };

  busy(false); // pages come with these buttons disabled: until now nobody listened to them

  /** Answers at once; the engine ends its run at the next graph. */
  part("stop").addEventListener("click", () => {
    running?.abort();
    idle(stopped());
  });

  return {
    say,
    running: (): boolean => running !== undefined,
    /** @param work gives the engine that it ran on */
    async run(work: (run: PanelRun) => Promise<Engine>): Promise<void> {
      const mine = new AbortController();
      const { signal } = mine;
      const current = (): boolean => running === mine;
      const onProgress = (progress: Progress): void => {
        const { text, share } = statusOf("uncached", progress);
        if (current()) say(text, share);
      };
      let begun = performance.now();
      const engine = async ({ address }: { readonly address: string }): Promise<Engine> => {
        const made = await engineFor({ model: address, backend: preferred(), signal, onProgress });
        begun = performance.now();
        return made;
      };
      const note = (): string => hiddenNote(begun);
      const onPlace = (ahead: number): void => {
        if (current() && ahead > 0) say(placeInWords(ahead));
      };
      running = mine;
      busy(true);
      part("failure").innerHTML = "";
      say("Loading the engine");
      try {
        const { device } = await inTurn(() => work({ signal, current, engine, note }), { signal, onPlace });
        if (current()) idle(`Done on ${device.description}${note()}.`, 1);
      } catch (error) {
        if (!current()) return;
        if (codeOf(error) === "stopped") return idle(stopped());
        if (engineBroke(error)) forgetEngine();
        if (!fail?.(error)) part("failure").innerHTML = failureHtml(error, base);
        idle(failed);
      }
    },
    /** Ends a run without a word: the panel goes. */
    end: (): void => running?.abort(),
  };
};

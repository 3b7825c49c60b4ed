import type { CacheMethod, Result } from "diffusion-cache";
import type { Follower } from "../device/lent-engine.js";
import type { PageModel } from "../model/models.js";
import { CellFailure } from "../notebook/cell-failure.js";
import { cellOutput } from "../notebook/cell-output.js";
import { createKernel, type Kernel } from "../notebook/kernel.js";
import type { ExampleModule, Outcome, RunName } from "../program/example-module.js";
import { loadExample } from "../program/examples.js";
import { editedOptions } from "./edited-options.js";

export type RunRequest = Parameters<ExampleModule["run"]>[0];

const nameOf = (methods: readonly CacheMethod[]): RunName => (methods.length > 0 ? "cached" : "uncached");

interface EditedRunOptions {
  readonly example: string;
  readonly base: string;
  readonly models: readonly PageModel[];
  readonly model: () => PageModel;
  readonly say: (text: string) => void;
}

/**
 * Runs what an example's program has become, in a worker of its own.
 *
 * @param place where it shows what the program shows
 */
export const editedRun = (
  place: HTMLElement,
  { example, base, models, model, say }: EditedRunOptions,
  goTo: (line: number, column: number) => void,
) => {
  const output = cellOutput(place, goTo);
  let [kernel, follower]: [Kernel?, Follower?] = [];

  return {
    /** What a run of the edited program did, as the engine did it: the page does not take the program's word. */
    async run(
      text: string,
      { settings, signal, onProgress }: RunRequest,
      onMethods: (methods: readonly CacheMethod[]) => void,
    ): Promise<Outcome> {
      const results: Partial<Record<RunName, Result>> = {};
      follower = {
        onStart: onMethods,
        onProgress: (methods, progress) => onProgress(nameOf(methods), progress),
        onResult: (methods, result) => {
          results[nameOf(methods)] = result;
        },
      };
      kernel ??= createKernel({
        ...{ base, models },
        follower: {
          onStart: (methods) => follower?.onStart?.(methods),
          onProgress: (methods, progress) => follower?.onProgress?.(methods, progress),
          onResult: (methods, result) => follower?.onResult?.(methods, result),
        },
        onSilence: (seconds) => seconds > 0 && say(`The program has not yielded for ${seconds} s: Stop ends it`),
      });
      const mine = kernel;
      const stop = (): void => void mine.stop();
      signal.addEventListener("abort", stop, { once: true });
      const listener = { onShown: output.show, onLine: output.line, onLate: output.fail };
      try {
        const ran = await mine.ask({ run: example, code: text }, listener);
        const { knobs } = await loadExample(example);
        const own = { ...settings, options: editedOptions(settings.options, knobs, JSON.parse(ran.knobs)) };
        const address = new URL(model().address, location.href).href;
        await mine.ask({ example, model: address, settings: own }, listener);
      } finally {
        signal.removeEventListener("abort", stop);
        mine.stop(); // nothing that it began goes on behind a Stop that cannot be pressed
        follower = undefined;
      }
      const { uncached, cached } = results;
      if (!uncached || !cached)
        throw new CellFailure({
          name: "Error",
          message: `The program made no ${uncached ? "cached" : "uncached"} run`,
          hint: "run has to generate twice: without cache, and with the methods.",
        });
      const { compareRuns } = await import("../device/engine-door.js");
      return { uncached, cached, quality: compareRuns(uncached, cached) };
    },
    /** Shows an error of the program. */
    show: output.fail,
    clear: output.clear,
    close: (): void => void kernel?.stop(),
  };
};

export type EditedRun = ReturnType<typeof editedRun>;

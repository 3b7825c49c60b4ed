import { fromStore } from "svelte/store";
import { device } from "../device/preference.js";

/** A run that takes longer does not follow by itself. */
const mostMs = 2000;
/** A slider that is still moved starts nothing. */
const restMs = 250;

/** Runs that follow a moved setting by themselves, where the last run was quick. */
export class Follow {
  readonly #device = fromStore(device);
  readonly #run: () => void;
  #soon: ReturnType<typeof setTimeout> | undefined;
  /** Whether the reader wants it; until one says, it is so on WebGPU alone. */
  wanted = $state<boolean>();
  readonly on = $derived.by(() => this.wanted ?? this.#device.current.report?.backend === "webgpu");
  /** How long the last pair of runs took; infinite before there was one with this model. */
  lastMs = $state(Number.POSITIVE_INFINITY);
  readonly quick = $derived(this.lastMs < mostMs);

  constructor(run: () => void) {
    this.#run = run;
  }

  /** A setting was moved: a run follows once it stays where it is. */
  moved(): void {
    this.end();
    if (this.on && this.quick) this.#soon = setTimeout(this.#run, restMs);
  }

  end(): void {
    clearTimeout(this.#soon);
  }
}

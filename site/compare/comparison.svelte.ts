import { clipsOf, type FoundClips, likelyReference, type OwnClip } from "./clips-of.js";
import { CompareError } from "./compare-error.js";
import type { ComparedClip } from "./compare-exports.js";
import { type CompareWorker, openWorker } from "./in-worker.js";

/** A reader's clips: what was picked, which is the reference, what is measured so far and what runs. Nothing leaves the page. */
export class Comparison {
  found = $state.raw<FoundClips>({ clips: [], leftOut: [] });
  reference = $state("");
  rows = $state.raw<readonly ComparedClip[]>([]);
  /** The clip whose frames are shown. */
  picked = $state("");
  busy = $state(false);
  status = $state("Nothing is picked.");
  /** Of the work under way, 0 … 1. */
  share = $state(0);
  failure = $state.raw<unknown>();
  #worker: CompareWorker | undefined;
  /** Reads frames to look at while the other measures. */
  #viewer: CompareWorker | undefined;

  readonly row: ComparedClip | undefined = $derived.by(
    () => this.rows.find(({ name }) => name === this.picked) ?? this.rows.find(({ failure }) => !failure),
  );

  clip(name: string): OwnClip | undefined {
    return this.found.clips.find((one) => one.name === name);
  }

  /** Takes files by their paths, and compares the clips among them. */
  async take(files: ReadonlyMap<string, File>): Promise<void> {
    this.close();
    [this.rows, this.failure, this.share] = [[], undefined, 0];
    this.found = { clips: [], leftOut: [] };
    try {
      this.found = clipsOf(files);
      const { clips } = this.found;
      if (clips.length < 2)
        throw new CompareError(
          "one-clip",
          `There is only one clip, ${clips[0]?.name}.`,
          "Pick the folder above it, with the uncached clip beside it.",
        );
    } catch (error) {
      [this.failure, this.status] = [error, "Nothing is compared."];
      return;
    }
    await this.against(likelyReference(this.found.clips));
  }

  /** Compares all other clips with the one of this name. */
  async against(reference: string): Promise<void> {
    this.end();
    const others = this.found.clips.filter(({ name }) => name !== reference);
    [this.reference, this.busy, this.share] = [reference, true, 0];
    this.rows = others.map(({ name }) => ({ name, frames: [] }));
    const worker = openWorker();
    this.#worker = worker;
    for (const [place, clip] of others.entries()) {
      await this.#measure(worker, clip, place, others.length);
      if (this.#worker !== worker) return; // stopped, or others were picked
    }
    this.end();
    const done = this.rows.filter(({ total }) => total).length;
    [this.status, this.share] = [`Compared ${done} of ${others.length} with ${reference}.`, 1];
  }

  async #measure(worker: CompareWorker, clip: OwnClip, place: number, all: number): Promise<void> {
    const set = (change: Partial<ComparedClip>): void => {
      if (this.#worker === worker)
        this.rows = this.rows.with(place, { ...(this.rows[place] as ComparedClip), ...change });
    };
    this.status = `Comparing ${clip.name}`;
    try {
      const total = await worker.compare(this.clip(this.reference) as OwnClip, clip, (frame, at, of) => {
        if (this.#worker !== worker) return;
        set({ frames: [...(this.rows[place]?.frames ?? []), frame] });
        [this.status, this.share] = [`Comparing ${clip.name}: frame ${at + 1} of ${of}`, (place + (at + 1) / of) / all];
      });
      set({ total });
    } catch (failure) {
      set({ failure });
    }
  }

  stop(): void {
    this.end();
    this.status = "Stopped. What was measured is kept.";
  }

  /** Drops what is under way. */
  end(): void {
    this.#worker?.close();
    this.#worker = undefined;
    this.busy = false;
  }

  /** A frame of a clip to look at. */
  picture(clip: OwnClip, at: number): Promise<ImageData> {
    this.#viewer ??= openWorker();
    return this.#viewer.picture(clip, at);
  }

  /** Ends all that the clips were opened for. */
  close(): void {
    this.end();
    this.#viewer?.close();
    this.#viewer = undefined;
  }
}

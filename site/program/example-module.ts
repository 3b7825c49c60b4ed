import type { CacheMethod, Calibration, Engine, Progress, Quality, Result } from "diffusion-cache";

interface KnobBase {
  /** The option of the method that it sets. */
  readonly name: string;
  readonly label: string;
  readonly unit?: string;
  readonly help: string;
}

interface Scale {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** One control of an example: sets one option of its method. */
export type Knob =
  | (KnobBase & Scale & { readonly type: "range"; readonly default: number })
  | (KnobBase & Scale & { readonly type: "window"; readonly default: readonly [number, number] })
  | (KnobBase & { readonly type: "select"; readonly default: string; readonly choices: readonly string[] })
  | (KnobBase & { readonly type: "toggle"; readonly default: boolean });

export type KnobValue = number | readonly [number, number] | string | boolean;
export type Options = Readonly<Record<string, KnobValue>>;

/** What a run of an example is asked for. */
export interface Settings {
  readonly prompt: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidance: number;
  readonly options: Options;
}

export type RunName = "uncached" | "cached";

export interface Outcome {
  readonly uncached: Result;
  readonly cached: Result;
  readonly quality: Quality;
}

/** A finished pair of runs without its pixels. */
export interface Measured {
  readonly uncached: Pick<Result, "trace">;
  readonly cached: Pick<Result, "trace">;
  readonly quality: Quality;
}

/** What every file of examples/ exports: tests/site/examples.test.ts holds them to it. */
export interface ExampleModule {
  readonly knobs: readonly Knob[];
  /** @param calibration what was measured of the model; most methods need none */
  methods(options: object, calibration: Calibration): readonly CacheMethod[];
  run(request: {
    readonly engine: Engine;
    readonly settings: Settings;
    readonly signal: AbortSignal;
    readonly onProgress: (run: RunName, progress: Progress) => void;
  }): Promise<Outcome>;
}

export const defaultsOf = (knobs: readonly Knob[]): Options =>
  Object.fromEntries(knobs.map((knob) => [knob.name, knob.default]));

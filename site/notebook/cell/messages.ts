import type { PlannedSite } from "diffusion-cache";

// What passes between a page and the worker that runs a reader's code. Everything that comes from there may have been
// forged by that code: the page takes it as data and checks it.

/** Page → cell. */
export type CellRequest =
  | { readonly ping: number }
  /** Runs a program; `code` is JavaScript with CommonJS imports, line by line as it was written. */
  | { readonly id: number; readonly run: string; readonly code: string }
  /** Calls `run` of a program that has the form of those in examples/. */
  | ({ readonly id: number; readonly example: string } & ExampleRequest);

export interface ExampleRequest {
  /** Address of the model. */
  readonly model: string;
  readonly settings: object;
}

/** What a program exports that a page asks for: caching methods, and its sliders as JSON. */
export interface CellResult {
  readonly methods: readonly ExportedMethod[];
  readonly knobs: string;
}

/** A caching method, and what it is exported as. */
export interface ExportedMethod {
  readonly name: string;
  readonly exported: string;
}

/** Cell → page. */
export type CellEvent =
  | { readonly pong: number }
  | { readonly engine: MessagePort }
  | { readonly id: number; readonly display: Shown }
  | { readonly id: number; readonly line: ConsoleLine }
  | { readonly id: number; readonly result: CellResult }
  | { readonly id: number; readonly error: CellError };

export interface ConsoleLine {
  readonly level: "log" | "info" | "warn" | "error";
  readonly text: string;
}

export interface CellError {
  readonly name: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly code?: string | undefined;
  /** Where in which program, 1-based. */
  readonly at?: { readonly program: string; readonly line: number; readonly column: number } | undefined;
}

export type TableCell = string | number | boolean | null;

/** A value as `display` sends it: plain data that the page draws. */
export type Shown =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "table";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly TableCell[])[];
      readonly more: number;
    }
  | {
      readonly type: "clip";
      readonly label: string;
      readonly fps: number;
      readonly dims: readonly number[];
      readonly data: Float32Array;
    }
  | { readonly type: "grid"; readonly planned: readonly PlannedSite[] }
  | { readonly type: "plot"; readonly plot: PlotShown };

export interface PlotShown {
  readonly marks: readonly MarkShown[];
  readonly options: Readonly<Record<string, unknown>>;
}

export interface MarkShown {
  readonly mark: string;
  /** Number of data; every channel that is an array has as many values. */
  readonly length: number;
  readonly options: Readonly<Record<string, unknown>>;
}

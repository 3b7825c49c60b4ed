import type { CellError, ConsoleLine, Shown } from "../cell/messages.js";

/** One thing under a program. Clips that come one after the other are one thing: they play side by side. */
export type OutputItem =
  | { readonly kind: "shown"; readonly shown: Exclude<Shown, { type: "clip" }> }
  | { readonly kind: "clips"; readonly clips: readonly Extract<Shown, { type: "clip" }>[] }
  | { readonly kind: "log"; readonly lines: readonly ConsoleLine[] }
  | { readonly kind: "error"; readonly error: CellError };

/** What a program displays and logs, in order, and how it failed. */
export class Output {
  items = $state.raw<readonly OutputItem[]>([]);

  readonly clear = (): void => {
    this.items = [];
  };

  readonly show = (shown: Shown): void => {
    const last = this.items.at(-1);
    if (shown.type !== "clip") this.items = [...this.items, { kind: "shown", shown }];
    else if (last?.kind === "clips")
      this.items = [...this.items.slice(0, -1), { kind: "clips", clips: [...last.clips, shown] }];
    else this.items = [...this.items, { kind: "clips", clips: [shown] }];
  };

  readonly line = (line: ConsoleLine): void => {
    const last = this.items.at(-1);
    if (last?.kind === "log") this.items = [...this.items.slice(0, -1), { kind: "log", lines: [...last.lines, line] }];
    else this.items = [...this.items, { kind: "log", lines: [line] }];
  };

  readonly fail = (error: CellError): void => {
    this.items = [...this.items, { kind: "error", error }];
  };
}

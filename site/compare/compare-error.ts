/** Why clips cannot be compared, in one line each: what is so, and what to do. */
export class CompareError extends Error {
  readonly kind: CompareProblem;
  readonly hint: string;

  constructor(kind: CompareProblem, message: string, hint: string) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }
}

export type CompareProblem =
  | "empty"
  | "no-image"
  | "unreadable"
  | "no-decoder"
  | "one-clip"
  | "counts"
  | "sizes"
  | "large";

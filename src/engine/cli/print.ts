import { printable } from "../errors.js";

// Names and messages may come from a file of somebody else: what a terminal would act on is written out. In JSON that is
// the same text.

/** A result, on standard output. */
export const print = (text: string): void => console.log(printable(text));

/** What is said beside the result, on standard error. */
export const printAside = (text: string): void => console.error(printable(text));

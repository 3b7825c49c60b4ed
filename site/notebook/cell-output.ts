import { mount } from "svelte";
import CellOutput from "./output/CellOutput.svelte";
import { Output } from "./output/output.svelte.js";

/** Where a program's output goes, in a place of the page. */
export const cellOutput = (place: HTMLElement, goTo: (line: number, column: number) => void): Output => {
  const output = new Output();
  mount(CellOutput, { target: place, props: { output, goTo } });
  return output;
};

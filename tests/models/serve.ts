import { onTestFinished } from "vitest";
import { type Answer, listen } from "./listen.js";

/** A server on this machine for the length of one test; gives its address, which ends in "/". */
export const serve = async (answer: Answer): Promise<string> => {
  const { address, close } = await listen(answer);
  onTestFinished(close);
  return address;
};

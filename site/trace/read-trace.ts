import { EngineError, readInfinity, type Trace, traceFromJson } from "diffusion-cache";

/** The digits of the largest number, as every writer of JSON has them. */
const largest = "7976931348623157";

/** @throws EngineError "file-invalid" for text that is no JSON, or no trace */
export const readTrace = (text: string): Trace => {
  let json: unknown;
  try {
    // Reading number by number takes ten times as long: only where the one that stands for Infinity is among them.
    json = text.includes(largest) ? JSON.parse(text, readInfinity) : JSON.parse(text);
  } catch (cause) {
    throw new EngineError("file-invalid", `This is not a trace that can be read: ${(cause as Error).message}.`, {
      hint: "Paste the whole file, from the first brace to the last.",
      cause,
    });
  }
  return traceFromJson(json);
};

import { EngineError, readInfinity, type Trace, traceFromJson } from "diffusion-cache";

/** @throws EngineError "file-invalid" for text that is no JSON, or no trace */
export const readTrace = (text: string): Trace => {
  let json: unknown;
  try {
    json = JSON.parse(text, readInfinity);
  } catch (cause) {
    throw new EngineError("file-invalid", `This is not a trace that can be read: ${(cause as Error).message}.`, {
      hint: "Paste the whole file, from the first brace to the last.",
      cause,
    });
  }
  return traceFromJson(json);
};

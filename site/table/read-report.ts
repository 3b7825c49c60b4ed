import { type BenchReport, benchReportFromJson, readInfinity } from "diffusion-cache";

/** No table of anybody is as large as this. */
const mostBytes = 4e6;

/**
 * A file that the reader chose, as a report.
 * @throws EngineError "file-invalid"; Error for one that is no JSON or too large
 */
export const readReport = async (file: File): Promise<BenchReport> => {
  if (file.size > mostBytes) throw new Error(`${file.name} has ${file.size} bytes, more than any table of methods.`);
  let json: unknown;
  try {
    json = JSON.parse(await file.text(), readInfinity);
  } catch (cause) {
    throw new Error(`${file.name} is not JSON. Save a table as JSON, or make one with diffusion-cache bench --json.`, {
      cause,
    });
  }
  return benchReportFromJson(json, file.name);
};

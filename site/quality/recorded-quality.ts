import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type MethodName,
  type QualityFigures,
  type QualityReport,
  qualityFigures,
  qualityReportFromJson,
  readInfinity,
} from "diffusion-cache";
import { methodFacts } from "../methods/method-facts.js";

/** What figures of quality the site, its landing page and the README publish: none of them are written down elsewhere. */
export interface QualitySource {
  readonly model: string;
  readonly steps: number;
}

/** A method of a report with its figures. */
export interface QualityLine extends QualityFigures {
  readonly label: string;
  /** Its page's name. */
  readonly page: string | undefined;
  /** Median gain in dB on the better of both rivals; undefined where the method computes everything. */
  readonly gain: number | undefined;
}

/** The command that makes a report, as one line. */
export const qualityCommand = ({ model, steps }: QualitySource): string =>
  `npx diffusion-cache quality --model site/public/models/${model} --prompts training/prompts-quality-${model}.txt --steps ${steps}`;

const folder = join(process.cwd(), "site/public/recorded/quality");
const fileOf = ({ model, steps }: QualitySource): string => join(folder, `${model}-${steps}.json`);

/** What has been measured, by model and steps. */
export const qualitySources = (): readonly QualitySource[] =>
  readdirSync(folder).flatMap((file) => {
    const [, model, steps] = /^(.+)-(\d+)\.json$/.exec(file) ?? [];
    return model === undefined ? [] : [{ model, steps: Number(steps) }];
  });

/** @throws EngineError "file-invalid" */
export const recordedQuality = (source: QualitySource): QualityReport =>
  qualityReportFromJson(JSON.parse(readFileSync(fileOf(source), "utf8"), readInfinity), fileOf(source));

/** The methods of a report, first the one that has most above the better of its rivals. */
export const qualityLines = (report: QualityReport): readonly QualityLine[] =>
  qualityFigures(report)
    .map((figures): QualityLine => {
      const { aboveFewer, aboveReused } = figures;
      const gain =
        aboveFewer === undefined || aboveReused === undefined ? undefined : Math.min(aboveFewer, aboveReused);
      const { label, page } = methodFacts[figures.row.method as MethodName] ?? { label: figures.row.method };
      return { ...figures, label, page, gain };
    })
    .toSorted((a, b) => (b.gain ?? -Infinity) - (a.gain ?? -Infinity));

/** "DPCache, LeMiCa" is one method: in a list of names it must not look like two. */
const oneName = (label: string): string => label.replace(/, (.*)$/, " ($1)");

/** One sentence for a report: how many methods are closer than fewer steps, and which are closer than both rivals. */
export const qualityVerdict = (report: QualityReport): string => {
  const lines = qualityLines(report).filter(({ gain }) => gain !== undefined);
  const overFewer = lines.filter(({ aboveFewer = 0 }) => aboveFewer > 0).length;
  const overBoth = lines.filter(({ gain = 0 }) => gain > 0).map(({ label }) => oneName(label));
  const names = new Intl.ListFormat("en").format(overBoth);
  return (
    `${report.model}, ${report.steps} steps: ${overFewer} of ${lines.length} methods are closer to the uncached clip than fewer ` +
    `steps, and ${overBoth.length === 0 ? "none is" : `${overBoth.length} are`} closer than both rivals${names && `: ${names}`}.`
  );
};

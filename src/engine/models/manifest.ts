import { EngineError, shown } from "../errors.js";
import { anAmount, aText, fields, is, oneOf, orNull, wholeFrom } from "../expect.js";
import { type NamedSigmas, namedSigmas } from "../schedulers/pipeline-sigmas.js";
import type { Expected } from "./source.js";

/** `manifest.json` of a model: what its files are, and what a page needs to know before it loads them. */
export interface Manifest {
  readonly name?: string;
  /** Every file of the model, by its path from the manifest on. */
  readonly files: readonly ({ readonly path: string } & Expected)[];
  /** What a run makes: its pixels where a `vae/` decodes the latents, or else what is denoised. */
  readonly clip?: {
    readonly fps?: number;
    readonly channels?: number;
    readonly frames?: number;
    readonly height?: number;
    readonly width?: number;
  };
  readonly defaults?: {
    readonly prompt?: string;
    readonly steps?: number;
    readonly guidance?: number;
    /** How the model was made and measured, where that is not as its pipeline has it. Default "pipeline". */
    readonly sigmas?: NamedSigmas;
  };
}

const invalid = (where: string, why: string) =>
  new EngineError("file-invalid", `${where} is not a valid manifest: ${why}.`, {
    hint: "Write the manifest again with the program that exported the model.",
  });

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isFile = (value: unknown): value is Manifest["files"][number] =>
  isRecord(value) &&
  typeof value.path === "string" &&
  Number.isSafeInteger(value.bytes) &&
  (value.bytes as number) >= 0 &&
  (isHex(value.sha256, 64) || isHex(value.gitBlob, 40));

const isHex = (value: unknown, digits: number): boolean =>
  typeof value === "string" && value.length === digits && /^[0-9a-f]+$/.test(value);

const size = wholeFrom(1, 65_536);

const known = fields({
  "name?": aText,
  "clip?": orNull(
    fields({
      "fps?": is("a number above 0 up to 1000", (value) => typeof value === "number" && value > 0 && value <= 1000),
      "channels?": size,
      "frames?": size,
      "height?": size,
      "width?": size,
    }),
  ),
  "defaults?": orNull(
    fields({
      "prompt?": aText,
      "steps?": wholeFrom(1, 1000),
      "guidance?": anAmount,
      "sigmas?": oneOf(...namedSigmas),
    }),
  ),
});

/**
 * Checks a parsed manifest.json. Fields that the engine does not know are left alone.
 *
 * @param where the file, for messages
 * @throws EngineError "file-invalid"
 */
export const manifestFromJson = (json: unknown, where: string): Manifest => {
  if (!isRecord(json)) throw invalid(where, "it is not a JSON object");
  const { files } = json;
  if (!Array.isArray(files)) throw invalid(where, "files is not a list");
  for (const [i, file] of files.entries())
    if (!isFile(file)) throw invalid(where, `files[${i}] is not { path, bytes, sha256 }, but ${shown(file)}`);
  const wrong = known(json, "");
  if (wrong !== undefined) throw invalid(where, wrong);
  return json as unknown as Manifest;
};

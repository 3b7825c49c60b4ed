import { parseArgs } from "node:util";
import { type Preference, preferences } from "../backends/ladder.js";
import { type MethodName, methodFromName, methodName } from "../cache/methods/index.js";
import { calibrationFromJson, type PartialCalibration, partialCalibration } from "../calibrate/calibration.js";
import { EngineError } from "../errors.js";
import type { CacheMethod } from "../method.js";
import { openFiles } from "../models/files.js";
import { jsonReader } from "../models/json-files.js";
import { presetOf, presetsFromJson } from "../models/presets.js";
import { optionsOf } from "./options.js";
import { printAside } from "./print.js";
import { jsonFile } from "./read-file.js";

/** What a verb of the command line is. */
export interface Verb {
  readonly summary: string;
  /** One line per argument, as `--help` prints it. */
  readonly flags: Readonly<Record<string, Flag>>;
  /** The flag whose value may stand alone, without the flag's name. */
  readonly alone?: string;
  run(values: Values): Promise<void>;
}

export interface Flag {
  /** What stands for the value, or undefined for a switch. */
  readonly value?: string;
  readonly help: string;
  readonly repeated?: boolean;
}

export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

const invalid = (message: string, hint?: string): EngineError =>
  new EngineError("argument-invalid", message, hint === undefined ? {} : { hint });

/** A negative number after a flag is its value: parseArgs alone takes it for another flag. */
const withNegatives = (flags: Verb["flags"], args: readonly string[]): string[] =>
  args.flatMap((arg, index) => {
    const takesValue = (word = ""): boolean => word.startsWith("--") && flags[word.slice(2)]?.value !== undefined;
    const negative = (word = ""): boolean => /^-[.\d]/.test(word);
    if (takesValue(arg) && negative(args[index + 1])) return [`${arg}=${args[index + 1]}`];
    return negative(arg) && takesValue(args[index - 1]) ? [] : [arg];
  });

/** Reads the arguments of a verb. Unknown ones, missing values, stray words and second values are refused. */
export const readFlags = (name: string, { flags, alone }: Verb, args: readonly string[]): Values => {
  const options = Object.fromEntries(
    Object.entries(flags).map(([flag, { value, repeated = false }]) => [
      flag,
      { type: value === undefined ? ("boolean" as const) : ("string" as const), multiple: repeated },
    ]),
  );
  const read = () => {
    const given = withNegatives(flags, args);
    try {
      return parseArgs({ args: given, options, strict: true, allowPositionals: alone !== undefined, tokens: true });
    } catch (cause) {
      const [message = ""] = (cause as Error).message.split(/\.\s/);
      throw invalid(`${message}.`, `See: diffusion-cache ${name} --help`);
    }
  };
  const { values, tokens, positionals } = read();
  const named = tokens.flatMap((token) => (token.kind === "option" && token.value !== undefined ? [token.name] : []));
  const given = [...positionals.map(() => alone as string), ...named];
  const twice = given.find((flag, index) => !flags[flag]?.repeated && given.indexOf(flag) < index);
  if (twice !== undefined) throw invalid(`--${twice} is given twice.`, "Give it once.");
  const [word] = positionals;
  return (word === undefined ? values : { ...values, [alone as string]: word }) as Values;
};

export const textOf = (values: Values, flag: string): string | undefined => values[flag] as string | undefined;

export const requiredOf = (values: Values, flag: string): string => {
  const value = textOf(values, flag);
  if (value === undefined) throw invalid(`--${flag} is missing.`);
  return value;
};

/** The calibration in --calibration, or else the one in the folder of --model, where there is one. */
export const calibrationOf = async (values: Values): Promise<PartialCalibration | undefined> => {
  const [path, model] = [textOf(values, "calibration"), textOf(values, "model")];
  if (path !== undefined) return partialCalibration(await jsonFile(path), path);
  if (model === undefined) return undefined;
  const json = await jsonReader(await openFiles(model), undefined, undefined).optional("calibration.json");
  return json && calibrationFromJson(json, `${model}: calibration.json`);
};

/** A method with what a calibration says for it, unless its options say otherwise. */
export const methodOf = (name: string, options: object, calibration: PartialCalibration | undefined): CacheMethod => {
  const { forecast } = options as { readonly forecast?: { readonly by?: unknown } };
  const fitted = forecast?.by === "l2p" ? { forecast: { ...calibration?.l2p, ...forecast } } : {};
  return methodFromName(name, { ...calibration?.[name as "magcache"], ...options, ...fitted });
};

/** The options of --preset for a method, by the presets of the model. */
export const presetsOf = async (values: Values): Promise<(name: string) => object> => {
  const preset = textOf(values, "preset");
  if (preset === undefined) return () => ({});
  const model = requiredOf(values, "model");
  const json = await jsonReader(await openFiles(model), undefined, undefined).optional("presets.json");
  if (!json) throw invalid(`--preset is "${preset}", but ${model} has no presets.json.`);
  const presets = presetsFromJson(json, `${model}: presets.json`);
  return (name) => presetOf(presets, name, preset);
};

/** The names given by --method, the k-th with the k-th --options. */
export const namedMethods = async (values: Values): Promise<readonly (readonly [name: string, options: object])[]> => {
  const names = (values.method ?? []) as readonly string[];
  const options = (values.options ?? []) as readonly string[];
  if (options.length > names.length)
    throw invalid(
      `There are ${options.length} --options for ${names.length} --method.`,
      "The k-th --options belongs to the k-th --method.",
    );
  const own = await Promise.all(options.map(optionsOf));
  return names.map((name, index) => [name, own[index] ?? {}]);
};

/** The methods named by --method, with their --options. */
export const methodsOf = async (values: Values): Promise<readonly CacheMethod[]> => {
  const [calibration, preset] = [await calibrationOf(values), await presetsOf(values)];
  const named = await namedMethods(values);
  return named.map(([name, options]) => methodOf(name, { ...preset(name), ...options }, calibration));
};

/** The names in --methods; undefined for all of them. */
export const methodNamesIn = (values: Values): readonly MethodName[] | undefined => {
  const names = textOf(values, "methods") ?? "all";
  if (names === "all") return undefined;
  return names.split(",").map(methodName);
};

/** Says how options were taken, on standard error; after the work, so that a failure stays one line. */
export const printNotes = (methods: readonly CacheMethod[]): void => {
  for (const { name, notes = [] } of methods) for (const note of notes) printAside(`${name}: ${note}`);
};

/** What --backend asks for; WASM by default, so that a script gives the same everywhere. */
export const backendOf = (values: Values): Preference => {
  const wanted = textOf(values, "backend") ?? "wasm";
  const found = preferences.find((name) => name === wanted);
  if (!found) throw invalid(`--backend is "${wanted}"; expected one of ${preferences.join(", ")}.`);
  return found;
};

/** Help of one verb. */
export const helpOf = (name: string, { summary, flags, alone }: Verb): string => {
  const rows = Object.entries(flags).map(([flag, { value, help, repeated }]) => [
    `  --${flag}${value === undefined ? "" : ` ${value}`}${repeated ? " …" : ""}`,
    help,
  ]);
  const width = Math.max(...rows.map(([left]) => (left as string).length)) + 2;
  return [
    `diffusion-cache ${name}: ${summary}`,
    ...(alone === undefined ? [] : [`diffusion-cache ${name} ${flags[alone]?.value} …: --${alone} may be left out`]),
    "",
    ...rows.map(([left, right]) => `${(left as string).padEnd(width)}${right}`),
  ].join("\n");
};

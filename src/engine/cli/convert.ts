import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { convertCheckpoint } from "../convert/convert.js";
import { bitsOf, storedDtypes } from "../convert/stored-as.js";
import { EngineError, shown } from "../errors.js";
import { openFiles } from "../models/files.js";
import { requiredOf, textOf, type Values, type Verb } from "./arguments.js";
import { commonFlags } from "./flags.js";
import { print, printAside } from "./print.js";
import { progressLine } from "./progress.js";
import { checkOutputFolder, writeFolder } from "./write-file.js";

const invalid = (message: string, hint?: string): EngineError =>
  new EngineError("argument-invalid", message, hint === undefined ? {} : { hint });

const dtypeOf = (values: Values) => {
  const wanted = textOf(values, "dtype") ?? "f16";
  const found = storedDtypes.find((one) => one === wanted);
  if (found) return found;
  throw invalid(`--dtype is ${shown(wanted, 60)}; expected f16, q8 or q4.`);
};

const units: Readonly<Record<string, number>> = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Bytes of "16MiB"; at least 1 MiB, and no more than a program can hold at once. */
const shardBytesOf = (values: Values): number => {
  const text = textOf(values, "shard") ?? "16MiB";
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) ?(KiB|MiB|GiB|)$/.exec(text) ?? [];
  const bytes = Math.floor(Number(number || Number.NaN) * (units[unit] as number));
  if (bytes >= 2 ** 20 && bytes <= 2 ** 31) return bytes;
  throw invalid(`--shard is ${shown(text, 60)}; expected a size from 1MiB to 2GiB, such as 16MiB.`);
};

/** What a folder or an address calls its model. */
const nameOf = (model: string): string => {
  const path = /^\w{2,}:/.test(model) ? model.replace(/[?#@].*$/, "") : resolve(model);
  return basename(path.replace(/\/+$/, "")) || "model";
};

const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;

export const convert: Verb = {
  summary: "write a checkpoint as a page wants it: in shards, in float16, 8 or 4 bits, with a manifest",
  flags: {
    model: { value: "DIR", help: "checkpoint folder, as diffusers saves it, or hub:organisation/model@revision" },
    out: { value: "DIR", help: "the new folder; it must not be there, or be empty" },
    dtype: {
      value: "f16|q8|q4",
      help: "float16 (default), or linear layers in 8 bits (4: only where nothing else fits)",
    },
    shard: { value: "16MiB", help: "largest file of weights (default: 16MiB); a tensor is never cut" },
    ...commonFlags,
  },
  alone: "model",
  async run(values) {
    const [model, out] = [requiredOf(values, "model"), requiredOf(values, "out")];
    const [dtype, shardBytes] = [dtypeOf(values), shardBytesOf(values)];
    await checkOutputFolder(out);
    const files = await openFiles(model);
    const show = progressLine(values.json !== true);
    try {
      const written = await writeFolder(out, (write) => {
        const hashed = async (path: string, bytes: Uint8Array) => {
          await write(path, bytes);
          return { sha256: createHash("sha256").update(bytes).digest("hex") };
        };
        const onProgress = (loaded: number, total: number, file: string): void =>
          show.text(`writing ${file}: ${((100 * loaded) / Math.max(total, 1)).toFixed(0)} %`);
        return convertCheckpoint(files, nameOf(model), hashed, { dtype, shardBytes, onProgress });
      });
      show.end();
      for (const note of written.notes) printAside(note);
      if (values.json === true) return print(JSON.stringify({ out, dtype, ...written }));
      const { architecture, parameters, files: all, bytes, relativeError } = written;
      const off =
        relativeError === undefined
          ? ""
          : `; weights in ${bitsOf(dtype)} bits are ${(100 * relativeError).toPrecision(2)} % off (RMS)`;
      print(
        `${out}: ${architecture}, ${(parameters / 1e6).toFixed(1)} M weights, ${all.length} files, ${mega(bytes)}${off}`,
      );
    } finally {
      show.end();
    }
  },
};

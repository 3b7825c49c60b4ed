import { EngineError } from "../errors.js";
import { version } from "../version.js";
import { helpOf, readFlags, type Verb } from "./arguments.js";
import { autotune } from "./autotune.js";
import { beforeEnd } from "./before-end.js";
import { bench } from "./bench.js";
import { calibrate } from "./calibrate.js";
import { cardsVerb } from "./cards.js";
import { convert } from "./convert.js";
import { methodsVerb } from "./methods.js";
import { plan } from "./plan.js";
import { printAside } from "./print.js";
import { quality } from "./quality.js";
import { reasonOf } from "./read-file.js";
import { run } from "./run.js";

const verbs: Readonly<Record<string, Verb>> = {
  autotune,
  bench,
  calibrate,
  cards: cardsVerb,
  convert,
  methods: methodsVerb,
  plan,
  quality,
  run,
};

const overview = (): string =>
  [
    `diffusion-cache ${version}: caching methods for diffusion transformers`,
    "",
    ...Object.entries(verbs).map(([name, { summary }]) => `  ${name.padEnd(11)}${summary}`),
    "",
    "diffusion-cache VERB --help prints the arguments of a verb, --version the version.",
  ].join("\n");

const asksHelp = (arg: string): boolean => arg === "--help" || arg === "-h";

/** Runs one verb. Everything that goes wrong is one line on stderr and a non-zero exit code. */
const main = async (given: readonly string[]): Promise<number> => {
  const [name, ...args] = given[0] === "help" && given[1] !== undefined ? [given[1], "--help"] : given;
  if (name === undefined) {
    console.error(overview());
    return 2;
  }
  if (asksHelp(name) || name === "help") {
    console.log(overview());
    return 0;
  }
  if (name === "--version" || name === "-V") {
    console.log(version);
    return 0;
  }
  try {
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (!verb)
      throw new EngineError("argument-invalid", `There is no verb "${name}".`, {
        hint: `Choose one of: ${Object.keys(verbs).join(", ")}.`,
      });
    if (args.some(asksHelp)) console.log(helpOf(name, verb));
    else await verb.run(readFlags(name, verb, args));
    return 0;
  } catch (error) {
    const known = error instanceof EngineError;
    const { message } = error as Error;
    const text = known
      ? `${message}${error.hint ? ` ${error.hint}` : ""} [${error.code}]`
      : `unexpected error: ${(error as Error).stack ?? message}`;
    printAside(`diffusion-cache: ${text}`);
    return known && error.code === "argument-invalid" ? 2 : 1;
  }
};

// A reader like `head` may have had enough. Anything else, a full disk for one, would lose the result in silence.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  console.error(`diffusion-cache: Cannot write to standard output: ${reasonOf(error)}.`);
  process.exit(1);
});

// Whoever reads the errors may have gone too, and then there is nobody to tell.
process.stderr.on("error", () => {});

beforeEnd((signal) => {
  const overProgress = process.stderr.isTTY === true ? "\r\x1b[2K" : "";
  console.error(`${overProgress}diffusion-cache: Ended by ${signal}; no file was left half-written.`);
});

// onnxruntime keeps threads alive, so the process is ended rather than left to end.
const code = await main(process.argv.slice(2));
process.stdout.write("", () => setImmediate(() => process.exit(code)));

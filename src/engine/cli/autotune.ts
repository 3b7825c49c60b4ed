import { EngineError, shown } from "../errors.js";
import { markdown } from "../files/tables.js";
import { type Floor, autotune as search, type Trial } from "../measure/autotune.js";
import { settingsNear } from "../measure/settings-near.js";
import { furtherMeasures, inDigits, type Measure, measures } from "../metrics/measures.js";
import { writeInfinity } from "../metrics/quality.js";
import { methodNamesIn, textOf, type Values, type Verb } from "./arguments.js";
import { commonFlags } from "./flags.js";
import { modelFlags, openEngine, requestFlags, requestOf } from "./model.js";
import { numbersIn, speedUpIn, within } from "./numbers.js";
import { print } from "./print.js";
import { progressLine } from "./progress.js";

/** The flag of a measure: "--ms-ssim". */
const flagOf = ({ name }: Measure): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const floorFlags = Object.fromEntries(
  measures.map((measure) => {
    const { title, unit, better } = measure;
    const help = `${better === "high" ? "least" : "most"} ${title} of the worst clip against the uncached one`;
    return [flagOf(measure), { value: unit === "" ? "N" : unit.toUpperCase(), help }];
  }),
);

const boundFlags = Object.keys(floorFlags)
  .map((flag) => `--${flag}`)
  .join(", ");

const floorOf = (values: Values): Floor =>
  Object.fromEntries(
    measures.flatMap((measure) => {
      const bound = within(
        values,
        flagOf(measure),
        Math.max(0, measure.least),
        Math.min(measure.most, Number.MAX_VALUE),
      );
      return bound === undefined ? [] : [[measure.name, bound]];
    }),
  );

/** PSNR and SSIM, and what else the floor is of. */
const cellsOf = (floor: Floor) => (trial: Trial) => ({
  ...cells(trial),
  ...Object.fromEntries(
    furtherMeasures
      .filter(({ name }) => floor[name] !== undefined)
      .map((measure) => [measure.title, inDigits(trial[measure.name], measure)]),
  ),
  floor: trial.reachesFloor ? "reached" : "missed",
});

const cells = ({ method, options, speedup, psnr, ssim, cacheBytes, finalist }: Trial) => ({
  method,
  options: JSON.stringify(options),
  "speed-up": speedup.toFixed(2),
  timed: finalist ? "3 times" : "once",
  "PSNR dB": Number.isFinite(psnr) ? psnr.toFixed(2) : "∞",
  SSIM: ssim.toFixed(4),
  "cache MiB": (cacheBytes / 2 ** 20).toFixed(2),
});

const numbersOf = (values: Values, flag: string): readonly number[] | undefined => {
  const text = textOf(values, flag);
  if (text === undefined) return undefined;
  const numbers = numbersIn(text);
  if (numbers?.every(Number.isInteger)) return numbers;
  throw new EngineError("argument-invalid", `--${flag} is ${shown(text)}; expected whole numbers like 0,1,2.`);
};

/** "Give me 2×": of every method the setting whose decisions come nearest to it. */
const printNear = async (values: Values, speedup: number): Promise<void> => {
  const { inputs, sigmas, ...request } = await requestOf(values);
  if (inputs || sigmas)
    throw new EngineError("argument-invalid", "--speedup cannot be given together with --inputs or --sigmas.");
  const methods = methodNamesIn(values);
  const show = progressLine(true);
  const engine = await openEngine(values, show.progress);
  try {
    const { found, leftOut } = await settingsNear(engine, { ...request, speedup, ...(methods ? { methods } : {}) });
    show.end();
    const rows = found.map(({ name, options, ideal }) => ({ method: name, options, ideal }));
    if (values.json === true) return print(JSON.stringify({ speedup, settings: rows, leftOut }));
    print(
      markdown(
        rows.map(({ method, options, ideal }) => ({
          method,
          options: JSON.stringify(options),
          "ideal speed-up": ideal.toFixed(2),
        })),
      ),
    );
    for (const [method, why] of Object.entries(leftOut)) print(`${method} is left out: ${why}`);
    print("\nIdeal: by the network's operations. What is gained in time, and lost, a run says: bench --method.");
  } finally {
    show.end();
    await engine.dispose();
  }
};

export const autotune: Verb = {
  summary: "find the fastest caching above a quality, or of every method the setting for a speed-up",
  flags: {
    ...modelFlags,
    ...requestFlags,
    ...floorFlags,
    speedup: { value: "X", help: "ideal speed-up to come near to, for every method; takes no other bound" },
    methods: { value: "all|a,b", help: "methods to try (default: all that can act)" },
    seeds: { value: "0,1", help: "clips that each setting makes (default: 0)" },
    ...commonFlags,
  },
  async run(values) {
    const floor = floorOf(values);
    const bounds = Object.keys(floor).length;
    const speedup = speedUpIn(values);
    if (speedup !== undefined) {
      if (bounds > 0 || values.seeds !== undefined)
        throw new EngineError(
          "argument-invalid",
          `--speedup cannot be given together with --seeds or a bound (${boundFlags}).`,
        );
      return printNear(values, speedup);
    }
    if (bounds === 0)
      throw new EngineError("argument-invalid", `A bound is missing: give one of ${boundFlags}, or --speedup.`);
    const { prompt, ...request } = await requestOf(values);
    const seeds = numbersOf(values, "seeds") ?? [0];
    const methods = methodNamesIn(values);
    const show = progressLine(true);
    const engine = await openEngine(values, show.progress);
    try {
      const tuned = await search(engine, {
        floor,
        ...(methods ? { methods } : {}),
        ...(request.inputs
          ? {}
          : { clips: seeds.map((seed) => ({ seed, ...(prompt === undefined ? {} : { prompt }) })) }),
        ...request,
        onTrial: ({ method, speedup }, tried) => show.text(`${tried} tried; ${method}: ${speedup.toFixed(2)}`),
      });
      show.end();
      const { best, trials, leftOut } = tuned;
      if (values.json === true) return print(JSON.stringify(tuned, writeInfinity));
      print(markdown(trials.map(cellsOf(floor))));
      for (const [method, why] of Object.entries(leftOut)) print(`${method} was not tried: ${why}`);
      print(
        best
          ? `\nFastest above the floor: --method ${best.method} --options '${JSON.stringify(best.options)}' (${best.speedup.toFixed(2)} times)`
          : "\nNothing above the floor is faster than the uncached run.",
      );
    } finally {
      show.end();
      await engine.dispose();
    }
  },
};

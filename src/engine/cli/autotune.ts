import { EngineError, shown } from "../errors.js";
import { markdown } from "../files/tables.js";
import { autotune as search, type Trial } from "../measure/autotune.js";
import { settingsNear } from "../measure/settings-near.js";
import { writeInfinity } from "../metrics/quality.js";
import { methodNamesIn, textOf, type Values, type Verb } from "./arguments.js";
import { commonFlags } from "./flags.js";
import { modelFlags, openEngine, requestFlags, requestOf } from "./model.js";
import { numbersIn, speedUpIn, within } from "./numbers.js";
import { print } from "./print.js";
import { progressLine } from "./progress.js";

const cells = ({ method, options, speedup, psnr, ssim, cacheBytes, reachesFloor, finalist }: Trial) => ({
  method,
  options: JSON.stringify(options),
  "speed-up": speedup.toFixed(2),
  timed: finalist ? "3 times" : "once",
  "PSNR dB": Number.isFinite(psnr) ? psnr.toFixed(2) : "∞",
  SSIM: ssim.toFixed(4),
  "cache MiB": (cacheBytes / 2 ** 20).toFixed(2),
  floor: reachesFloor ? "reached" : "missed",
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
    psnr: { value: "DB", help: "least PSNR of the worst clip against the uncached one" },
    ssim: { value: "S", help: "least SSIM; one of the two floors must be given, or --speedup" },
    speedup: { value: "X", help: "ideal speed-up to come near to, for every method; takes no floor" },
    methods: { value: "all|a,b", help: "methods to try (default: all that can act)" },
    seeds: { value: "0,1", help: "clips that each setting makes (default: 0)" },
    ...commonFlags,
  },
  async run(values) {
    const [psnr, ssim] = [within(values, "psnr", 0, Number.MAX_VALUE), within(values, "ssim", 0, 1)];
    const speedup = speedUpIn(values);
    if (speedup !== undefined) {
      if (psnr !== undefined || ssim !== undefined || values.seeds !== undefined)
        throw new EngineError("argument-invalid", "--speedup cannot be given together with --psnr, --ssim or --seeds.");
      return printNear(values, speedup);
    }
    if (psnr === undefined && ssim === undefined)
      throw new EngineError("argument-invalid", "--psnr or --ssim is missing: there is no floor to stay above.");
    const { prompt, ...request } = await requestOf(values);
    const seeds = numbersOf(values, "seeds") ?? [0];
    const methods = methodNamesIn(values);
    const show = progressLine(true);
    const engine = await openEngine(values, show.progress);
    try {
      const tuned = await search(engine, {
        floor: { ...(psnr === undefined ? {} : { psnr }), ...(ssim === undefined ? {} : { ssim }) },
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
      print(markdown(trials.map(cells)));
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

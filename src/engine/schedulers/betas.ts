import type { ConfigFields } from "./config-fields.js";
import { configError } from "./scheduler.js";
import { linspace32 } from "./spacing.js";

const { fround } = Math;

/** The schedules of beta that diffusers names; "sigmoid" is DDPM's alone. */
const schedules = ["linear", "scaled_linear", "squaredcos_cap_v2"] as const;
type BetaSchedule = (typeof schedules)[number] | "sigmoid";

/** What a class takes for a field that its config leaves out. */
export interface BetaDefaults {
  readonly start?: number;
  readonly end?: number;
  readonly schedule?: BetaSchedule;
  readonly sigmoid?: boolean;
}

/** The cosine schedule of Nichol and Dhariwal (arXiv:2102.09672), each beta at most 0.999. */
const cosineBetas = (count: number): Float32Array => {
  const alphaBar = (t: number) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2;
  return Float32Array.from({ length: count }, (_, i) =>
    Math.min(1 - alphaBar((i + 1) / count) / alphaBar(i / count), 0.999),
  );
};

const sigmoidBetas = (start: number, end: number, count: number): Float32Array =>
  linspace32(-6, 6, count).map((x) => fround(fround(1 / (1 + Math.exp(-x))) * fround(end - start)) + start);

/** Running product of 1 − beta: summed up in double, kept in float32, as torch.cumprod does. */
const alphaBars = (betas: Float32Array): Float32Array => {
  let product = 1;
  return betas.map((beta) => {
    product *= fround(1 - beta);
    return product;
  });
};

/** Algorithm 1 of arXiv:2305.08891: no signal at the last timestep. */
const rescaledBars = (bars: Float32Array): Float32Array => {
  const roots = bars.map(Math.sqrt);
  const first = roots[0] as number;
  const last = roots.at(-1) as number;
  const scale = fround(first / fround(first - last));
  return roots.map((root) => fround(root - last) * scale).map((root) => root * root);
};

const rescaledBetas = (betas: Float32Array): Float32Array => {
  const bars = rescaledBars(alphaBars(betas));
  return bars.map((bar, i) => 1 - (i === 0 ? bar : fround(bar / (bars[i - 1] as number))));
};

const readBetas = (
  scheduler: string,
  config: Readonly<Record<string, unknown>>,
  fields: ConfigFields,
  count: number,
  standard: BetaDefaults,
) => {
  const inside = (value: number) => value > 0 && value < 1;
  const start = fields.number("beta_start", standard.start ?? 0.0001, inside, "between 0 and 1");
  const end = fields.number("beta_end", standard.end ?? 0.02, inside, "between 0 and 1");
  const known = standard.sigmoid ? ([...schedules, "sigmoid"] as const) : schedules;
  const schedule: BetaSchedule = fields.oneOf("beta_schedule", standard.schedule ?? "linear", known);
  const trained = config.trained_betas ?? undefined;
  if (trained === undefined) return { start, end, schedule };
  const lawful = (value: unknown) => typeof value === "number" && inside(value);
  if (!Array.isArray(trained) || trained.length !== count || !trained.every(lawful))
    throw configError(scheduler, "trained_betas", trained, `null or ${count} numbers between 0 and 1`);
  return { start, end, schedule, trained: Float32Array.from(trained as number[]) };
};

/**
 * ᾱ_t of a config for t = 0 … count − 1, rounded to float32 where PyTorch rounds: 1 − ᾱ at the last steps has few digits
 * left there, and a clip made without that rounding would differ.
 *
 * @throws EngineError "scheduler-config"
 */
export const alphaBarsOf = (
  scheduler: string,
  config: Readonly<Record<string, unknown>>,
  fields: ConfigFields,
  count: number,
  standard: BetaDefaults = {},
): Float32Array => {
  const { start, end, schedule, trained } = readBetas(scheduler, config, fields, count, standard);
  const betas =
    trained ??
    {
      linear: () => linspace32(start, end, count),
      scaled_linear: () => linspace32(Math.sqrt(start), Math.sqrt(end), count).map((b) => b * b),
      squaredcos_cap_v2: () => cosineBetas(count),
      sigmoid: () => sigmoidBetas(start, end, count),
    }[schedule]();
  return alphaBars(fields.flag("rescale_betas_zero_snr", false) ? rescaledBetas(betas) : betas);
};

/**
 * ᾱ_t of CogVideoX's schedulers: signal and noise shifted by `snr_shift_scale`, and then, not before, rescaled. In double
 * where beta is "scaled_linear", as their code has it, else in float32.
 *
 * @throws EngineError "scheduler-config"
 */
export const shiftedAlphaBarsOf = (
  scheduler: string,
  config: Readonly<Record<string, unknown>>,
  fields: ConfigFields,
  count: number,
): readonly number[] => {
  const standard: BetaDefaults = { start: 0.00085, end: 0.012, schedule: "scaled_linear" };
  const { start, end, schedule, trained } = readBetas(scheduler, config, fields, count, standard);
  const shift = fields.number("snr_shift_scale", 3, (value) => value > 0, "above 0");
  const rescale = fields.flag("rescale_betas_zero_snr", false);
  if (trained || schedule !== "scaled_linear") {
    const betas = trained ?? (schedule === "linear" ? linspace32(start, end, count) : cosineBetas(count));
    const bars = alphaBars(betas).map((bar) => bar / fround(shift + fround(fround(1 - shift) * bar)));
    return [...(rescale ? rescaledBars(bars) : bars)];
  }
  const [from, to] = [Math.sqrt(start), Math.sqrt(end)];
  const gap = (to - from) / Math.max(1, count - 1);
  let product = 1;
  const bars = Array.from({ length: count }, (_, i) => {
    product *= 1 - (i < Math.floor(count / 2) ? from + i * gap : to - (count - 1 - i) * gap) ** 2;
    return product / (shift + (1 - shift) * product);
  });
  if (!rescale) return bars;
  const roots = bars.map(Math.sqrt);
  const [first, last] = [roots[0] as number, roots.at(-1) as number];
  return roots.map((root) => ((root - last) * (first / (first - last))) ** 2);
};

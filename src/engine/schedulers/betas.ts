import { type ConfigFields, configError } from "./scheduler.js";

const { fround } = Math;

/** torch.linspace in float32, from both ends towards the middle; product and sum are rounded once. */
const linspace = (start: number, end: number, count: number): Float32Array => {
  const [from, to] = [fround(start), fround(end)];
  const step = count > 1 ? fround(fround(to - from) / (count - 1)) : 0;
  return Float32Array.from({ length: count }, (_, i) =>
    i < Math.max(1, Math.floor(count / 2)) ? from + step * i : to - step * (count - 1 - i),
  );
};

/** The cosine schedule of Nichol and Dhariwal (arXiv:2102.09672), each beta at most 0.999. */
const cosineBetas = (count: number): Float32Array => {
  const alphaBar = (t: number) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2;
  return Float32Array.from({ length: count }, (_, i) =>
    Math.min(1 - alphaBar((i + 1) / count) / alphaBar(i / count), 0.999),
  );
};

/** Running product of 1 − beta: summed up in double, kept in float32, as torch.cumprod does. */
const alphaBars = (betas: Float32Array): Float32Array => {
  let product = 1;
  return betas.map((beta) => {
    product *= fround(1 - beta);
    return product;
  });
};

/** Algorithm 1 of arXiv:2305.08891: no signal at the last timestep. */
const rescaleZeroSnr = (betas: Float32Array): Float32Array => {
  const roots = alphaBars(betas).map(Math.sqrt);
  const first = roots[0] as number;
  const last = roots.at(-1) as number;
  const scale = fround(first / fround(first - last));
  const bars = roots.map((root) => fround(root - last) * scale).map((root) => root * root);
  return bars.map((bar, i) => 1 - (i === 0 ? bar : fround(bar / (bars[i - 1] as number))));
};

/**
 * ᾱ_t of a DDIM config for t = 0 … count − 1, rounded to float32 where PyTorch rounds: 1 − ᾱ at the last steps has few
 * digits left there, and a clip made without that rounding would differ.
 *
 * @throws EngineError "scheduler-config"
 */
export const alphaBarsOf = (
  scheduler: string,
  config: Readonly<Record<string, unknown>>,
  fields: ConfigFields,
  count: number,
): Float32Array => {
  const inside = (value: number) => value > 0 && value < 1;
  const start = fields.number("beta_start", 0.0001, inside, "between 0 and 1");
  const end = fields.number("beta_end", 0.02, inside, "between 0 and 1");
  const schedule = fields.oneOf("beta_schedule", "linear", ["linear", "scaled_linear", "squaredcos_cap_v2"]);
  const trained = config.trained_betas ?? undefined;
  let betas: Float32Array;
  if (trained !== undefined) {
    const lawful = (value: unknown) => typeof value === "number" && inside(value);
    if (!Array.isArray(trained) || trained.length !== count || !trained.every(lawful))
      throw configError(scheduler, "trained_betas", trained, `null or ${count} numbers between 0 and 1`);
    betas = Float32Array.from(trained as number[]);
  } else if (schedule === "linear") betas = linspace(start, end, count);
  else if (schedule === "scaled_linear") betas = linspace(Math.sqrt(start), Math.sqrt(end), count).map((b) => b * b);
  else betas = cosineBetas(count);
  return alphaBars(fields.flag("rescale_betas_zero_snr", false) ? rescaleZeroSnr(betas) : betas);
};

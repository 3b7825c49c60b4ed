import { EngineError, shown } from "../errors.js";
import { configError } from "./scheduler.js";

/**
 * Fields of diffusers' other schedulers, which may stand in a config since its classes are made from each other's: they
 * are passed over, as diffusers does. Any other field is refused.
 */
const elsewhere: ReadonlySet<string> = new Set(
  `algorithm_type base_image_seq_len base_shift beta_end beta_schedule beta_start clip_sample clip_sample_range
  corrector_order disable_corrector dynamic_thresholding_ratio euler_at_final eta final_sigmas_type flow_shift
  interpolation_type invert_sigmas lambda_min_clipped lower_order_final max_image_seq_len max_shift num_inference_steps
  num_train_timesteps original_inference_steps predict_x0 prediction_type predictor_order rescale_betas_zero_snr rho
  sample_max_value set_alpha_to_one shift shift_terminal sigma_data sigma_max sigma_min sigma_schedule skip_prk_steps
  snr_shift_scale solver_order solver_p solver_type steps_offset stochastic_sampling tau_func thresholding
  time_shift_type timestep_scaling timestep_spacing timestep_type trained_betas use_beta_sigmas use_dynamic_shifting
  use_exponential_sigmas use_flow_sigmas use_karras_sigmas use_lu_lambdas variance_type`.split(/\s+/),
);

/** Typed access to a config's fields: a missing field has diffusers' default, a wrong one is an EngineError. */
export const configFields = (scheduler: string, config: Readonly<Record<string, unknown>>) => {
  /** Null is a value, of which diffusers makes no default. */
  const said = (field: string, standard: unknown): unknown => (config[field] === undefined ? standard : config[field]);
  const fields = {
    number(field: string, standard: number, lawful: (value: number) => boolean, wanted: string): number {
      const value = said(field, standard);
      if (typeof value !== "number" || !Number.isFinite(value) || !lawful(value))
        throw configError(scheduler, field, value, wanted);
      return value;
    },
    /** A number that may be left out. */
    optional(field: string, lawful: (value: number) => boolean, wanted: string): number | undefined {
      return (config[field] ?? undefined) === undefined ? undefined : fields.number(field, 0, lawful, wanted);
    },
    /** A number that may be null where nothing reads it. */
    numberIf(
      read: boolean,
      field: string,
      standard: number,
      lawful: (value: number) => boolean,
      wanted: string,
    ): number {
      if (!read && said(field, standard) === null) return standard;
      return fields.number(field, standard, lawful, wanted);
    },
    /** Null is false, as it is to Python. */
    flag(field: string, standard: boolean): boolean {
      const value = said(field, standard) ?? false;
      if (typeof value !== "boolean") throw configError(scheduler, field, value, "true or false");
      return value;
    },
    oneOf<Choice extends string>(field: string, standard: Choice, choices: readonly Choice[]): Choice {
      const value = said(field, standard);
      const found = choices.find((choice) => choice === value);
      if (found === undefined) throw configError(scheduler, field, value, choices.map((c) => `"${c}"`).join(" or "));
      return found;
    },
    /** Fields whose features the engine does not have: each must be absent, null or false. */
    absent(...names: string[]): void {
      for (const field of names)
        if (config[field] !== undefined && config[field] !== null && config[field] !== false)
          throw configError(scheduler, field, config[field], "off, because the engine does not have it");
    },
    /** Of several switches one at most is on. */
    oneSwitch(...names: string[]): string | undefined {
      const on = names.filter((field) => fields.flag(field, false));
      if (on.length > 1) throw configError(scheduler, on[1] as string, true, `off, since ${on[0]} is on`);
      return on[0];
    },
    /** `num_train_timesteps`. */
    trained(): number {
      const whole = (value: number) => Number.isInteger(value) && value >= 1 && value <= 100_000;
      return fields.number("num_train_timesteps", 1000, whole, "a whole number from 1 to 100000");
    },
    /** `steps_offset`. */
    offset(): number {
      const whole = (value: number) => Number.isInteger(value) && value >= 0 && value <= 100_000;
      return fields.number("steps_offset", 0, whole, "a whole number from 0 on");
    },
  };
  return fields;
};

export type ConfigFields = ReturnType<typeof configFields>;

/** Refuses fields that no scheduler of diffusers has. */
export const expectKnownFields = (scheduler: string, config: Readonly<Record<string, unknown>>): void => {
  const unknown = Object.keys(config).find((field) => !field.startsWith("_") && !elsewhere.has(field));
  if (unknown !== undefined)
    throw new EngineError("scheduler-config", `${scheduler} has no field ${shown(unknown)}.`, {
      hint: "Take it out of scheduler_config.json, or correct its name.",
    });
};

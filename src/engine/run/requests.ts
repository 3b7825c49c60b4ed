import type { Architecture } from "../architectures/architecture.js";
import type { Backend } from "../backends/backend.js";
import { type Segmenter, segmenter } from "../cache/segments.js";
import { expectCalibrated } from "../calibrate/calibration.js";
import type { Clip } from "../clip.js";
import type { GenerateOptions, ModelInfo } from "../engine.js";
import { EngineError, shown } from "../errors.js";
import type { Graph } from "../graph/builder.js";
import { weightStore } from "../graph/weights.js";
import type { Geometry, Model } from "../models/model.js";
import { schedulerFromConfig } from "../schedulers/index.js";
import { scheduleOf } from "../schedulers/pipeline-sigmas.js";
import type { Tensor } from "../tensor.js";
import type { Checkpoint } from "./checkpoint.js";
import type { Decoding } from "./decode.js";
import { type ClipShape, checkedInputs, expectDims, expectKnown, promptInputs, repeated, stepNoise } from "./inputs.js";
import { checkRequest } from "./request-checks.js";

/** What a manifest says of the size of a clip. */
const clipShape = (manifest: Checkpoint["manifest"]) => {
  const { fps: _, ...shape } = manifest?.clip ?? {};
  return shape;
};

const inPixels = (latents: ClipShape, factor: number): ClipShape => ({
  ...latents,
  height: latents.height * factor,
  width: latents.width * factor,
});

/** The latents that a decoder makes a clip of this size from. */
const latentsOf = ({ frames, height, width }: ClipShape, channels: number, factor: number): ClipShape => {
  if (height % factor || width % factor)
    throw new EngineError(
      "file-invalid",
      `manifest.json has clips of ${width} × ${height}; vae/ decodes blocks of ${factor} × ${factor}.`,
      {
        hint: `Give a width and a height that are multiples of ${factor}.`,
      },
    );
  return { channels, frames, height: height / factor, width: width / factor };
};

/** The mask of a branch that was given none. */
const allRead = (tokens: number): Tensor => ({ dims: [1, tokens], data: new Float32Array(tokens).fill(1) });

const withSegments = (model: Model) => ({ model, segments: segmenter(model) });

/** Reads requests for one checkpoint on one backend: defaults, checks, and models by geometry, each built once. */
export const requestReader = (
  checkpoint: Checkpoint,
  architecture: Architecture,
  backend: Backend,
  decoding?: Decoding,
) => {
  const stored = weightStore(checkpoint.weights);
  const weights = checkpoint.computing?.(stored) ?? stored;
  const { manifest, vocabulary } = checkpoint;
  const factor = decoding?.factor ?? 1;
  const usual = architecture.shape(checkpoint.config);
  const made = { ...inPixels(usual, factor), ...clipShape(manifest) };
  const shape = decoding ? latentsOf(made, usual.channels, factor) : made;
  const name = manifest?.name ?? "unnamed";
  const fps = manifest?.clip?.fps ?? 8;
  const built = new Map<string, { readonly model: Model; readonly segments: Segmenter }>();
  const modelFor = (geometry: Geometry) => {
    const key = JSON.stringify(geometry);
    const found = built.get(key) ?? withSegments(architecture.build(checkpoint.config, weights, geometry));
    built.set(key, found);
    return found;
  };
  const defaults = {
    prompt: manifest?.defaults?.prompt ?? "",
    steps: manifest?.defaults?.steps ?? 20,
    guidance: manifest?.defaults?.guidance ?? 1,
    ...(manifest?.defaults?.sigmas ? { sigmas: manifest.defaults.sigmas } : {}),
  };
  const info: ModelInfo = {
    name,
    architecture: (checkpoint.config as { _class_name: string })._class_name,
    network: checkpoint.config as object,
    parameters: weights.parameters,
    textRows: checkpoint.vocabulary?.slots.length ?? 0,
    ...(checkpoint.classes ? { classes: checkpoint.classes } : {}),
    downloadBytes: (manifest?.files ?? []).reduce((sum, { bytes }) => sum + bytes, 0),
    defaults,
    ...(checkpoint.calibration ? { calibration: checkpoint.calibration } : {}),
    clip: { frames: made.frames, height: made.height, width: made.width, fps },
  };

  const scheduled = (request: GenerateOptions, size: Omit<Geometry, "clips" | "tokens">) => {
    const { steps, timesteps, sigmas = timesteps ? undefined : defaults.sigmas } = request;
    const scheduler = checkpoint.schedulerConfig;
    const network = checkpoint.config;
    const asked = { sigmas, timesteps, steps, defaultSteps: defaults.steps };
    const found = scheduleOf({ ...asked, network, scheduler, size });
    return schedulerFromConfig(scheduler, found.steps, found.schedule);
  };

  return {
    info,
    notes: checkpoint.notes ?? [],
    /** Everything a request means, checked, ready for the denoising loop. */
    prepare(request: GenerateOptions) {
      const { guidance: scale = defaults.guidance, cache = [], signal, inputs } = request;
      checkRequest(request);
      if (signal?.aborted) throw new EngineError("stopped", "The run was stopped before it began.");
      if (!Number.isFinite(scale) || scale < 0)
        throw new EngineError("input-invalid", `guidance is ${shown(scale)}; expected a number from 0 up.`);
      if (!checkpoint.schedulerConfig)
        throw new EngineError("file-missing", "This checkpoint has no scheduler/scheduler_config.json.", {
          hint: "Add the scheduler's configuration as diffusers saves it, or name another with --scheduler.",
        });
      const drawn = (["prompt", "clips"] as const).find((name) => request[name] !== undefined);
      if (inputs && drawn)
        throw new EngineError("input-invalid", `inputs and ${drawn} cannot be given together.`, {
          hint: "The tensors say what is made, and how many.",
        });
      const given = inputs ? checkedInputs(inputs, shape) : promptInputs(vocabulary, shape, defaults.prompt, request);
      const { noise, cond, uncond, image, guidance } = architecture.guided(given, scale, checkpoint.config);
      if (guidance !== 1 && !uncond)
        throw new EngineError("input-invalid", `guidance is ${guidance}, but there is no unconditional input.`, {
          hint: "Give the tensor uncond, or guidance 1.",
        });
      const [clips, channels, frames, height, width] = noise.dims as [number, number, number, number, number];
      const scheduler = scheduled(request, { channels, frames, height, width });
      const steps = scheduler.timesteps.length;
      for (const method of cache) expectCalibrated(method, { model: name, scheduler: scheduler.name, steps });
      const draws = [...scheduler.timesteps.keys()].some((i) => (scheduler.step(i).draws ?? 0) > 0);
      if (inputs && request.seed !== undefined && !draws)
        throw new EngineError("input-invalid", "inputs and seed cannot be given together.", {
          hint: `The tensors say what is made, and ${scheduler.name} draws no noise in its steps.`,
        });
      const latents = architecture.pack(noise, checkpoint.config);
      const first = image && expectDims("image", image, [clips, channels, 1, height, width]);
      const tokens = cond.text?.dims[1] ?? 0;
      const masked = (cond.mask ?? uncond?.mask) !== undefined;
      const names = [...Object.keys(cond), ...(image ? ["image"] : [])].sort();
      const { model, segments } = modelFor({ clips, channels, frames, height, width, tokens, masked, given: names });
      decoding?.expectChannels(channels);
      if (inputs) expectKnown({ ...cond, ...uncond }, model, architecture.firstFrame ? ["image"] : []);
      const rows = (given: Readonly<Record<string, Tensor>>): Map<string, Tensor> =>
        new Map(
          model.conditions.map(({ name, dims }) => {
            const tensor = given[name] ?? (name === "mask" ? allRead(tokens) : undefined);
            const value = tensor && architecture.condition(name, tensor, checkpoint.config);
            return [name, repeated(expectDims(name, value, dims), dims[0] as number)];
          }),
        );
      return {
        model,
        segments,
        backend,
        scheduler,
        guidance,
        signal,
        noise: latents,
        image: first && architecture.pack(repeated(first, clips), checkpoint.config),
        draws,
        draw: stepNoise(latents, {
          seed: request.seed ?? 0,
          drawn: inputs === undefined,
          asLatents: architecture.drawn,
        }),
        methods: cache,
        conditions: { cond: rows(cond), ...(uncond && guidance !== 1 ? { uncond: rows(uncond) } : {}) },
        compile: (graph: Graph) => backend.compile(graph),
        clips,
        /** Pixels of latents as `clipOf` gives them; as they are where there is no decoder. */
        decode: decoding && ((latents: Clip) => decoding.decode(latents, signal)),
        /** What makes small pictures of such latents while they form. */
        colours: decoding && (() => decoding.colours(signal)),
        /** Latents in the layout of a clip, from the model's own. */
        clipOf: (latents: Float32Array): Clip => ({
          ...architecture.unpack(latents, noise.dims, checkpoint.config),
          fps,
        }),
      };
    },
  };
};

export type RequestReader = ReturnType<typeof requestReader>;

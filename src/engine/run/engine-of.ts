import { architectureOf } from "../architectures/index.js";
import type { Backend } from "../backends/backend.js";
import { queue } from "../backends/queue.js";
import { decoderOf } from "../decoders/index.js";
import type { Engine, GenerateOptions } from "../engine.js";
import { EngineError } from "../errors.js";
import { accept, anObject, aTensor, aText, fields } from "../expect.js";
import { weightStore } from "../graph/weights.js";
import type { Checkpoint } from "./checkpoint.js";
import { generate } from "./generate.js";
import type * as Measuring from "./measuring-runs.js";
import { type RequestReader, requestReader } from "./requests.js";

/** What makes pixels of this checkpoint's latents, if it has that. */
const decodingOf = async ({ vae }: Checkpoint, backend: Backend) => {
  if (!vae) return undefined;
  const weights = weightStore(vae.weights);
  const { decoding } = await import("./decode.js");
  return decoding(await decoderOf(vae.config, weights), weights, backend);
};

/**
 * An engine over parts that are already there.
 * @throws EngineError "model-unknown", "model-config"
 */
export const engineOf = async (checkpoint: Checkpoint, backend: Backend, device: Engine["device"]): Promise<Engine> => {
  const architecture = await architectureOf(checkpoint.config);
  const reader = requestReader(checkpoint, architecture, backend, await decodingOf(checkpoint, backend));
  const { vocabulary } = checkpoint;
  const inOrder = queue();
  const end = new AbortController();
  const { signal: ending } = end;
  const refuse = (cause?: unknown): never => {
    throw new EngineError("disposed", "This engine has been disposed of.", { cause });
  };
  /** One at a time, in the order asked for. */
  const queued =
    <R extends Pick<GenerateOptions, "signal">, T>(run: (reader: RequestReader, request: R) => Promise<T>) =>
    (request: R): Promise<T> =>
      inOrder(async () => {
        accept("The engine", { request: [request, anObject] });
        if (ending.aborted) return refuse();
        const own = request.signal ?? ending;
        const signal = own instanceof AbortSignal ? AbortSignal.any([own, ending]) : own; // what is none is refused
        return run(reader, { ...request, signal }).catch((error) => {
          if (ending.aborted) return refuse(error);
          throw error;
        });
      });
  // Runs that measure come when one is asked for: most pages never do.
  const measuring = () => import("./measuring-runs.js");
  const profile: typeof Measuring.measureProfile = async (...given) => (await measuring()).measureProfile(...given);
  const calibrate: typeof Measuring.calibrate = async (...given) => (await measuring()).calibrate(...given);
  const changes: typeof Measuring.measureChanges = async (...given) => (await measuring()).measureChanges(...given);
  const [generating, profiling] = [queued(generate), queued(profile)];
  const [calibrating, changing] = [queued(calibrate), queued(changes)];

  return {
    model: reader.info,
    device,
    generate: (request = {}) => generating(request),
    profile: (request = {}) => profiling(request),
    calibrate: (request = {}) => calibrating(request),
    changes: (request = {}) => changing(request),
    async read(request) {
      accept("engine.read", { request: [request, fields({ clip: aTensor, prompt: aText })] });
      if (!vocabulary) return undefined;
      const { adherence } = await import("../metrics/judged.js"); // with the first clip that is read
      return adherence(vocabulary, request.clip, request.prompt);
    },
    dispose() {
      end.abort();
      return inOrder(() => backend.dispose());
    },
  };
};

import type { Bytes } from "../../src/engine/backends/backend.js";
import type { Engine, GenerateOptions, Profile } from "../../src/engine/engine.js";
import { schedulerFromConfig } from "../../src/engine/schedulers/index.js";
import type { TraceVisit } from "../../src/engine/trace/trace.js";

/** What a run of a stated engine takes and makes. */
export interface Stated {
  readonly ms: number;
  /** Value of every pixel, in [−1, 1]: an uncached clip is all 0, so 0.2 is 20 dB off, 0.02 is 40. Latents are 1 more. */
  readonly pixel?: number;
  readonly peak?: Partial<Bytes>;
  readonly visits?: readonly Pick<TraceVisit, "site" | "decision">[];
}

const ddim = { _class_name: "DDIMScheduler", timestep_spacing: "trailing" };
const nothing: Bytes = { weights: 0, activations: 0, cache: 0, workspace: 0 };

/**
 * An engine whose runs take the times and make the clips that are stated, so that what is made of them can be checked to
 * the digit. Timesteps are those of the real scheduler. `asked` has every request, in order.
 */
export const statedEngine = (
  state: (asked: GenerateOptions & { readonly steps: number }) => Stated,
  { scheduler = ddim, profile }: { scheduler?: { _class_name: string }; profile?: Profile } = {},
) => {
  const asked: GenerateOptions[] = [];
  const engine = {
    model: {
      ...{ name: "stated", architecture: "Stated", parameters: 1, textRows: 1 },
      network: { _class_name: "LatteTransformer3DModel", patch_size: 11 },
      defaults: { prompt: "a ring", steps: 20, guidance: 2 },
    },
    device: { backend: "wasm", description: "stated", ladder: [] },
    async generate(request: GenerateOptions) {
      asked.push(request);
      const { steps = 20, guidance = 2, onProgress } = request;
      const { ms, pixel = 0, peak, visits = [] } = state({ ...request, steps });
      for (let step = 0; step < steps; step++)
        onProgress?.({ phase: "step", step, steps, ms: ms / steps, decisions: [] });
      return {
        latents: { dims: [1, 3, 1, 11, 11], data: new Float32Array(363).fill(1 + pixel) },
        clip: { dims: [1, 3, 1, 11, 11], data: new Float32Array(363).fill(pixel), fps: 8 },
        trace: {
          ...{ steps, guidance, visits, scheduler: scheduler._class_name },
          timesteps: schedulerFromConfig(scheduler, steps).timesteps,
          totals: { wallMs: ms, compileMs: 0, bytes: { now: nothing, peak: { ...nothing, ...peak } } },
        },
      };
    },
    profile: async () => profile,
    read: async ({ clip }: { clip: { data: Float32Array } }) => ({ wrong: clip.data[0] ? ["shape"] : [] }),
  };
  return { engine: engine as unknown as Engine, asked };
};

import { expect, test } from "vitest";
import { modelCard } from "../../src/engine/cards/index.js";
import { cardTimesteps } from "../../src/engine/cards/timesteps.js";
import { latentFrames, tokensOf } from "../../src/engine/cards/tokens.js";
import { schedulerFromConfig } from "../../src/engine/schedulers/index.js";
import { scheduleOf } from "../../src/engine/schedulers/pipeline-sigmas.js";

// The rule of a card against the schedulers themselves, which are held against diffusers in tests/schedulers.

const euler = (fields: object) => ({ _class_name: "FlowMatchEulerDiscreteScheduler", ...fields });
const dynamic = { use_dynamic_shifting: true, time_shift_type: "exponential" };
const unipc = (flow_shift: number) => ({
  ...{ _class_name: "UniPCMultistepScheduler", prediction_type: "flow_prediction", use_flow_sigmas: true, flow_shift },
});
const flux = euler({ ...dynamic, base_shift: 0.5, max_shift: 1.15, base_image_seq_len: 256, max_image_seq_len: 4096 });

test.each([
  ["FLUX.1-dev", 28, {}, flux],
  ["FLUX.1-dev", 13, { width: 768, height: 1344 }, flux],
  ["FLUX.1-schnell", 4, {}, euler({ shift: 1 })],
  ["FLUX.2-dev", 50, {}, euler(dynamic)],
  ["FLUX.2-dev", 28, { width: 768, height: 512 }, euler(dynamic)],
  ["FLUX.2-dev", 20, { width: 1536, height: 1536 }, euler(dynamic)],
  ["SD3.5-large", 28, {}, euler({ shift: 3 })],
  ["HunyuanVideo", 50, {}, euler({ shift: 7 })],
  ["Mochi-1", 64, {}, euler({ shift: 1, num_train_timesteps: 1000 })],
  ["LTX-Video-2B", 50, {}, euler({ ...dynamic, base_shift: 0.95, max_shift: 2.05, base_image_seq_len: 1024 })],
  ["Kandinsky-5.0-T2V-Lite", 50, {}, euler({ shift: 5 })],
  ["Wan2.1-1.3B", 50, {}, unipc(3)],
  ["Wan2.1-14B", 33, {}, unipc(5)],
  ["Wan2.2-A14B", 40, {}, unipc(12)],
  ["CogVideoX-5b", 50, {}, { _class_name: "CogVideoXDDIMScheduler", timestep_spacing: "trailing" }],
] as const)("%s in %i steps at %j has the timesteps of its scheduler", (name, steps, asked, scheduler) => {
  const card = modelCard(name);
  const size = { width: 0, height: 0, frames: 1, ...card.sizes[0], ...asked };
  const { channels, space } = card.latent;
  const { schedule } = scheduleOf({
    ...{ steps, defaultSteps: steps, scheduler },
    network: { _class_name: card.class, in_channels: channels * card.patch[1] * card.patch[2] },
    size: { channels, frames: latentFrames(card, size.frames), height: size.height / space, width: size.width / space },
  });
  const laid = schedulerFromConfig(scheduler, steps, schedule).timesteps;
  const planned = cardTimesteps(card.timesteps, steps, tokensOf(card, size).N);
  expect(planned).toHaveLength(laid.length);
  for (const [at, timestep] of laid.entries()) expect(planned[at], `step ${at}`).toBeCloseTo(timestep, 2);
});

test("trailing timesteps round halves to even, as numpy does", () => {
  const rule = { kind: "diffusion", spacing: "trailing", offset: 0 } as const;
  // DDIMScheduler(timestep_spacing="trailing").set_timesteps(16) of diffusers 0.42.1
  const sixteen = [999, 937, 874, 811, 749, 687, 624, 561, 499, 437, 374, 311, 249, 187, 124, 61];
  expect(cardTimesteps(rule, 16, 1)).toEqual(sixteen);
});

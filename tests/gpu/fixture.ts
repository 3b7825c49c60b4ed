import { readSafetensors } from "../../src/engine/safetensors.js";

/** Where the test server has the small Latte of tests/fixtures. */
export const latteFolder = new URL("/tests/fixtures/latte-a", location.href).href;

export const schedulerConfig = async (name: "ddim" | "flow"): Promise<Record<string, unknown>> =>
  (await fetch(`${latteFolder}/scheduler-${name}/scheduler_config.json`)).json();

/** The recorded tensors of the fixture: noise, conditions, samples and predictions of diffusers. */
export const latteReference = async () => {
  const bytes = await (await fetch(`${latteFolder}/reference.safetensors`)).arrayBuffer();
  const tensors = readSafetensors(new Uint8Array(bytes));
  return (name: string) => {
    const found = tensors.get(name);
    if (!found) throw new Error(`the fixture has no tensor ${name}`);
    return found;
  };
};

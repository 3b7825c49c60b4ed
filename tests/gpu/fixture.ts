import { readSafetensors } from "../../src/engine/files/safetensors.js";

/** Where the test server has a small model of tests/fixtures. */
export const folderOf = (name: string): string => new URL(`/tests/fixtures/${name}`, location.href).href;
export const latteFolder = folderOf("latte-a");

export const schedulerConfig = async (scheduler: "ddim" | "flow", name = "latte-a"): Promise<Record<string, unknown>> =>
  (await fetch(`${folderOf(name)}/scheduler-${scheduler}/scheduler_config.json`)).json();

/** The recorded tensors of a fixture: noise, conditions, samples and predictions of diffusers. */
export const referenceOf = async (name: string) => {
  const bytes = await (await fetch(`${folderOf(name)}/reference.safetensors`)).arrayBuffer();
  const tensors = readSafetensors(new Uint8Array(bytes));
  return (name: string) => {
    const found = tensors.get(name);
    if (!found) throw new Error(`the fixture has no tensor ${name}`);
    return found;
  };
};
export const latteReference = () => referenceOf("latte-a");

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli } from "./cli.js";

const folderOf = (network: object, scheduler?: object): string => {
  const folder = mkdtempSync(join(tmpdir(), "plan-"));
  for (const part of ["transformer", "scheduler"]) mkdirSync(join(folder, part));
  writeFileSync(join(folder, "transformer", "config.json"), JSON.stringify(network));
  if (scheduler) writeFileSync(join(folder, "scheduler", "scheduler_config.json"), JSON.stringify(scheduler));
  return folder;
};
const timestepsOf = async (...args: string[]): Promise<readonly number[]> => {
  const { code, stdout, stderr } = await cli("plan", "--method", "fora", "--json", ...args);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout).timesteps;
};
const flow = { _class_name: "FlowMatchEulerDiscreteScheduler" };

describe("plan --model", () => {
  test("takes the folder's scheduler and its pipeline's sigmas, and networks that are not run here", async () => {
    const fill = { _class_name: "FluxTransformer2DModel", in_channels: 384, out_channels: 64 };
    const folder = folderOf(fill, flow);
    expect(await timestepsOf("--model", folder, "--steps", "4")).toEqual([1000, 750, 500, 250]);
    expect(await timestepsOf("--model", folder, "--sigmas", "1,0.5")).toEqual([1000, 500]);
    const latte = folderOf(
      { _class_name: "LatteTransformer3DModel", in_channels: 4, out_channels: 8 },
      {
        _class_name: "DDIMScheduler",
        timestep_spacing: "trailing",
      },
    );
    expect(await timestepsOf("--model", latte, "--steps", "4")).toEqual([999, 749, 499, 249]);
  });

  test("--scheduler takes the folder, the pipeline's folder and the file itself", async () => {
    const folder = folderOf({}, { _class_name: "DDIMScheduler", timestep_spacing: "trailing" });
    for (const path of ["", "/scheduler", "/scheduler/scheduler_config.json"])
      expect(await timestepsOf("--scheduler", folder + path, "--steps", "4")).toEqual([999, 749, 499, 249]);
  });

  test("without a scheduler DDIM's; a misspelt --sigmas is refused in one line", async () => {
    const latte = folderOf({ _class_name: "LatteTransformer3DModel" });
    expect(await timestepsOf("--model", latte, "--steps", "4")).toEqual([751, 501, 251, 1]);
    const { code, stderr } = await cli("plan", "--method", "fora", "--steps", "4", "--sigmas", "pipe");
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/--sigmas is "pipe"/);
  });
});

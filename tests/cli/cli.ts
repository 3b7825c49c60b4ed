import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs the command line as a person does, under flags of Node; a code other than 0 is a result too. */
export const cliUnder = async (flags: readonly string[], ...args: string[]) =>
  promisify(execFile)(process.execPath, [...flags, "bin/diffusion-cache.mjs", ...args], { encoding: "utf8" }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );

export const cli = (...args: string[]) => cliUnder([], ...args);

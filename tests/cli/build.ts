import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Compiles the package, as `npm install` does: what the command line runs. Once, since all its tests share the files. */
export const setup = async (): Promise<void> => {
  await promisify(execFile)(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.lib.json"]);
};

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Builds the site once, as it is published, before the first end-to-end test. */
export const setup = async (): Promise<void> => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const astro = `${root}node_modules/astro/bin/astro.mjs`;
  const env = { ...process.env, NODE_ENV: "production" };
  await promisify(execFile)(process.execPath, [astro, "build"], { cwd: root, env });
};

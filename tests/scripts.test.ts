import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

// Programs that record and measure refuse a wrong word in one line, before they load a model.

const node = "node_modules/node/bin/node"; // runs TypeScript as it is

test.each([
  [["list-files.mjs"], "list-files.mjs: Name the model's folder.\n"],
  [["mutate.mjs", "nosuch"], /^mutate\.mjs: There is no method "nosuch"; choose among ada-cache, [^\n]*\n$/],
] as const)("%j", async (args, said) => {
  const [script, ...words] = args;
  const failed = await promisify(execFile)(node, [`scripts/${script}`, ...words]).then(
    () => undefined,
    (error: { code: number; stderr: string }) => error,
  );
  expect(failed?.code).toBe(1);
  expect(failed?.stderr).toEqual(typeof said === "string" ? said : expect.stringMatching(said));
});

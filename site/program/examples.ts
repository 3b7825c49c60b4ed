import type { ExampleModule } from "./example-module.js";

const modules = import.meta.glob<ExampleModule>("/examples/*.ts");

/** The program that a page shows, by the name of its file. Loads the methods and schedulers, but no runtime. */
export const loadExample = (name: string): Promise<ExampleModule> => {
  const load = modules[`/examples/${name}.ts`];
  if (!load) throw new Error(`there is no examples/${name}.ts`);
  return load();
};

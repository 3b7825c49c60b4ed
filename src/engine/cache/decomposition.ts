type Decomposition = typeof import("./dmd.js");

let loaded: Decomposition | undefined;

/** What makes weights of products. Few runs need it, so that it comes when a method asks for products. */
export const loadDecomposition = async (): Promise<Decomposition> => {
  loaded ??= await import("./dmd.js");
  return loaded;
};

/** Takes it from who has it and cannot wait. */
export const giveDecomposition = (given: Decomposition): void => {
  loaded = given;
};

/** @throws Error where nobody has loaded it: whoever tells products has */
export const decomposition = (): Decomposition => {
  if (!loaded) throw new Error("products were told, and what makes weights of them is not loaded");
  return loaded;
};

// The module worker that holds the engine: one engine, asked through messages by `client.ts`.

// WebKit evaluates a worker's first script once more when another script imports from it: bundlers put here what all parts
// share, so that nothing may lie here that has state. All of it is imported when it is asked for.

/**
 * Begins to listen. A message that comes while its module is still on its way finds nobody here: it is kept, and handed
 * on once the module listens.
 */
const listen = async (begin: () => Promise<unknown>): Promise<void> => {
  const early: unknown[] = [];
  const keep = ({ data }: MessageEvent): void => void early.push(data);
  self.addEventListener("message", keep);
  await begin();
  self.removeEventListener("message", keep);
  for (const data of early) self.dispatchEvent(new MessageEvent("message", { data }));
};

const begins = self.name.startsWith("em-pthread")
  ? // A bundler that makes one script of worker and onnxruntime-web gives onnxruntime's threads this script: they are
    // started under a name of their own, and its main thread writes at once.
    () => import("onnxruntime-web/wasm")
  : async () => (await import("./serve-here.js")).serveHere();

listen(begins).catch(reportError); // else nobody would hear that a script did not come

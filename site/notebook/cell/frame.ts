// The page in a sandbox that a reader's code lives behind. Its origin is none, so the site's storage is out of reach, and
// its policy lets no request out. It only starts the worker: code cannot touch the frame either.
addEventListener(
  "message",
  ({ data, ports }: MessageEvent<unknown>) => {
    const runtime = document.querySelector("#runtime")?.textContent ?? "";
    // Not of a blob: WebKit refuses one to a sandboxed frame where the site asks for COEP.
    const worker = new Worker(`data:text/javascript;charset=utf-8,${encodeURIComponent(runtime)}`);
    worker.postMessage(data, [...ports]);
  },
  { once: true },
);

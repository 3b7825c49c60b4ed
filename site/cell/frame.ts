// The page in a sandbox that a reader's code lives behind. Its origin is none, so the site's storage is out of reach, and
// its policy lets no request out. It only starts the worker: code cannot touch the frame either.
addEventListener(
  "message",
  ({ data, ports }: MessageEvent<unknown>) => {
    const runtime = document.querySelector("#runtime")?.textContent ?? "";
    const worker = new Worker(URL.createObjectURL(new Blob([runtime], { type: "text/javascript" })));
    worker.postMessage(data, [...ports]);
  },
  { once: true },
);

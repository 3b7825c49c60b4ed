// Keeps what a visitor has opened, so that it opens again without a network. The engine keeps models by itself.
const store = "diffusion-cache-pages";
const most = 500;

/** Files whose name holds the hash of their content never change. */
const isImmutable = ({ pathname }) => pathname.includes("/_astro/");

const keep = async (request, response) => {
  const cache = await caches.open(store);
  await cache.put(request, response);
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - most)).map((old) => cache.delete(old)));
};

/** Keeping is a convenience: where there is no room, the answer is worth as much. */
const keeping = async (request, response) => {
  if (response.ok && response.status === 200) await keep(request, response.clone()).catch(() => {});
  return response;
};

const kept = async (request) => (await caches.open(store)).match(request, { ignoreSearch: request.mode === "navigate" });

const offline = () =>
  new Response("<!doctype html><title>Offline</title><p>This page was not opened before, and there is no network now.", {
    status: 503,
    headers: { "content-type": "text/html; charset=utf-8" },
  });

const answer = async (request) => {
  const url = new URL(request.url);
  if (isImmutable(url)) return (await kept(request)) ?? keeping(request, await fetch(request));
  try {
    return await keeping(request, await fetch(request));
  } catch (error) {
    const found = await kept(request);
    if (found) return found;
    if (request.mode === "navigate") return offline();
    throw error;
  }
};

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || request.headers.has("range")) return;
  if (url.pathname.endsWith(".safetensors")) return; // The engine keeps weights, by their hash.
  event.respondWith(answer(request));
});
/** The first visit was answered before there was a worker: the page says what it was made of. */
addEventListener("message", (event) => {
  const addresses = Array.isArray(event.data?.keep) ? event.data.keep : [];
  const missing = async (address) => {
    const request = new Request(address);
    if (new URL(request.url).origin !== location.origin || (await kept(request))) return;
    if (!request.url.endsWith(".safetensors")) await keeping(request, await fetch(request));
  };
  event.waitUntil(Promise.allSettled(addresses.map(missing)));
});

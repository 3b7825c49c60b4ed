// Keeps what a visitor has opened, so that it opens again without a network. The engine keeps models by itself.
const store = "diffusion-cache-pages-2";
const olderStores = ["diffusion-cache-pages"];
const most = 500;

/** What the build published: its path under the site's root → "" for a page, the beginning of its SHA-256 for a file. */
const published = {};

const types = { html: /html/, js: /javascript/, mjs: /javascript/, css: /css/, json: /json/, svg: /svg/, wasm: /wasm|octet-stream/ };

/** The published file that an address names, undefined for any other address. */
const fileOf = ({ origin, pathname }) => {
  const root = new URL(registration.scope).pathname;
  if (origin !== location.origin || !pathname.startsWith(root)) return undefined;
  const path = decodeURIComponent(pathname.slice(root.length));
  const file = path === "" || path.endsWith("/") ? `${path}index.html` : path;
  return Object.hasOwn(published, file) ? file : undefined;
};

/** Under what address a file is kept: without what follows a question mark, which the site does not read. */
const placeOf = (request) => request.url.replace(/[?#].*/, "");

const hashOf = async (response) => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
  return btoa(String.fromCharCode(...digest)).slice(0, 12);
};

/** Whether an answer is the file that was published: a host's error page, or half a file, is not. */
const isFile = async (file, response) => {
  const type = types[file.slice(file.lastIndexOf(".") + 1)];
  if (response.status !== 200 || response.redirected) return false;
  if (type && !type.test(response.headers.get("content-type") ?? "")) return false;
  return published[file] === "" || published[file] === (await hashOf(response.clone()));
};

const keep = async (file, request, response) => {
  if (!(await isFile(file, response))) return;
  const cache = await caches.open(store);
  await cache.put(placeOf(request), response);
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - most)).map((old) => cache.delete(old)));
};

const kept = async (request) => (await caches.open(store)).match(placeOf(request));

const offline = () =>
  new Response("<!doctype html><title>Offline</title><p>This page was not opened before, and there is no network now.", {
    status: 503,
    headers: { "content-type": "text/html; charset=utf-8" },
  });

/** From the network, and kept behind the answer: where there is no room for it, the answer is worth as much. */
const fetched = async (event, file) => {
  const response = await fetch(event.request);
  event.waitUntil(keep(file, event.request, response.clone()).catch(() => {}));
  return response;
};

const answer = async (event, file) => {
  const { request } = event;
  // Files whose name holds the hash of their content never change, and were checked when they were kept.
  if (file.startsWith("_astro/")) return (await kept(request)) ?? fetched(event, file);
  try {
    return await fetched(event, file);
  } catch (error) {
    const found = await kept(request);
    if (found) return found;
    if (request.mode === "navigate") return offline();
    throw error;
  }
};

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) =>
  event.waitUntil(Promise.all([clients.claim(), ...olderStores.map((name) => caches.delete(name))])),
);
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || request.headers.has("range")) return;
  const file = fileOf(url);
  if (file) event.respondWith(answer(event, file));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(offline));
});
/** The first visit was answered before there was a worker: the page says what it was made of. */
addEventListener("message", (event) => {
  const addresses = Array.isArray(event.data?.keep) ? event.data.keep : [];
  const missing = async (address) => {
    const request = new Request(address);
    const file = fileOf(new URL(request.url));
    if (file && !(await kept(request))) await keep(file, request, await fetch(request));
  };
  event.waitUntil(Promise.allSettled(addresses.map(missing)));
});

// Runs on every page of the published site.

/** The page and what it has loaded from its own origin so far. */
const parts = (): string[] => [
  location.href.replace(/#.*/, ""),
  ...performance
    .getEntriesByType("resource")
    .map(({ name }) => name)
    .filter((name) => name.startsWith(location.origin)),
];

const keepPage = async (): Promise<void> => {
  await navigator.serviceWorker.register(`${import.meta.env.BASE_URL.replace(/\/?$/, "/")}service-worker.js`);
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ keep: parts() });
};

// Private windows may refuse a service worker; then the site works as long as there is a network.
if (import.meta.env.PROD && "serviceWorker" in navigator)
  addEventListener("load", () => void keepPage().catch(() => undefined), { once: true });

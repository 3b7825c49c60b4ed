import { allShown, showAll } from "./near-view.js";

const { dataset } = document.documentElement;
let onScreen: string | undefined;

/** Charts are drawn in the frame after the one in which they have their place. */
const nextFrames = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));

const blank = '<svg xmlns="http://www.w3.org/2000/svg"/>';

/** Chromium prints once the images of the page are there: one that is never there holds it. @returns lets it print */
const hold = (): (() => void) => {
  const image = new Image();
  const next = (): void => {
    image.src = URL.createObjectURL(new Blob([blank], { type: "image/svg+xml" }));
  };
  image.onload = () => {
    URL.revokeObjectURL(image.src);
    next();
  };
  next();
  return () => {
    image.onload = null;
  };
};

/** All of the page is shown, or as much as comes within the time that Chromium too waits at most. */
const ready = async (): Promise<void> => {
  const late = new Promise((resolve) => setTimeout(resolve, 2000));
  await Promise.race([showAll().then(nextFrames), late]);
};

addEventListener("beforeprint", () => {
  // Paper is white, whatever the screen is.
  onScreen = dataset.theme;
  dataset.theme = "light";
  if (!allShown()) void ready().finally(hold());
});
addEventListener("afterprint", () => {
  if (onScreen) dataset.theme = onScreen;
});

// Other browsers wait for nothing once they print, so that the keys for it have to wait.
addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (key.toLowerCase() !== "p" || ctrlKey === metaKey || shiftKey || altKey || allShown()) return;
  event.preventDefault();
  void ready().finally(() => print());
});

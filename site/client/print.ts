// Paper is white, whatever the screen is.
const { dataset } = document.documentElement;
let onScreen: string | undefined;

addEventListener("beforeprint", () => {
  onScreen = dataset.theme;
  dataset.theme = "light";
});
addEventListener("afterprint", () => {
  if (onScreen) dataset.theme = onScreen;
});

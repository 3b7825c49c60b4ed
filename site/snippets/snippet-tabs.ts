import type { CacheMethod } from "diffusion-cache";
import { toClipboard } from "../page/clipboard.js";
import type { Settings } from "../program/example-module.js";
import { pythonForms } from "./snippet-python.js";
import { typescriptSnippet } from "./snippet-typescript.js";

/** The tabs under an example: its settings as TypeScript and as Python, and a button that copies them. */
export const snippetTabs = (root: HTMLElement) => {
  const tabs = [...root.querySelectorAll<HTMLButtonElement>("[data-snippet]")];
  const code = root.querySelector("[data-part=snippet]") as HTMLElement;
  const copy = root.querySelector("[data-part=copy]") as HTMLButtonElement;
  const panel = root.querySelector("[role=tabpanel]") as HTMLElement;
  let language = "ts";
  let now: { methods: readonly CacheMethod[]; settings: Settings; model: string } | undefined;

  const draw = (): void => {
    if (!now) return;
    const forms = pythonForms(now.methods, now.settings, now.model);
    for (const tab of tabs)
      tab.hidden = tab.dataset.snippet !== "ts" && forms.every(({ id }) => id !== tab.dataset.snippet);
    if (tabs.some((tab) => tab.hidden && tab.dataset.snippet === language)) {
      select(tabs[0] as HTMLButtonElement); // this method has no such form
      return;
    }
    code.textContent =
      forms.find(({ id }) => id === language)?.code ?? typescriptSnippet(now.methods, now.settings, now.model);
  };
  const select = (tab: HTMLButtonElement): void => {
    language = tab.dataset.snippet ?? "ts";
    for (const one of tabs) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", tab.id);
    draw();
  };
  for (const tab of tabs) {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const shown = tabs.filter(({ hidden }) => !hidden);
      const at = shown.indexOf(tab);
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1 }[key];
      const other = next === undefined ? undefined : shown[(next + shown.length) % shown.length];
      if (!other) return;
      select(other);
      other.focus();
    });
  }
  copy.addEventListener("click", async () => {
    const copied = await toClipboard(code.textContent ?? "");
    if (!copied) getSelection()?.selectAllChildren(code);
    copy.textContent = copied ? "Copied" : "Selected: copy it";
    setTimeout(() => {
      copy.textContent = "Copy";
    }, 1500);
  });
  return (methods: readonly CacheMethod[], settings: Settings, model: string): void => {
    now = { methods, settings, model };
    draw();
  };
};

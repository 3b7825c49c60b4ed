import type { CacheMethod } from "diffusion-cache";
import type { Settings } from "./example-module.js";
import { pythonSnippet } from "./snippet-python.js";
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
    code.textContent =
      language === "ts"
        ? typescriptSnippet(now.methods, now.settings, now.model)
        : (pythonSnippet(now.methods, now.settings) ??
          `# diffusers has no class for ${now.methods.map(({ name }) => name).join(" and ")}.`);
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
  for (const [at, tab] of tabs.entries()) {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1 }[key];
      const other = next === undefined ? undefined : tabs[(next + tabs.length) % tabs.length];
      if (!other) return;
      select(other);
      other.focus();
    });
  }
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent ?? "");
    copy.textContent = "Copied";
    setTimeout(() => {
      copy.textContent = "Copy";
    }, 1500);
  });
  return (methods: readonly CacheMethod[], settings: Settings, model: string): void => {
    now = { methods, settings, model };
    draw();
  };
};

import { chooseModel, modelOf, type PageModel } from "../model/models.js";
import { failureHtml } from "../page/failure.js";
import { writeAsked } from "../program/asked.js";
import { choose } from "../program/choices.js";
import type { Settings } from "../program/example-module.js";
import { loadExample } from "../program/examples.js";
import { readFragment, type Shared, ShareError, shareLink } from "../program/share-link.js";
import { sharedSettings } from "../program/shared-settings.js";
import type { ExampleEditor } from "./example-editor.js";

interface Config {
  readonly example: string;
  readonly models: readonly PageModel[];
  readonly base: string;
}

/**
 * The Share button of an example, and what a link brings to it: settings are set, a program is shown. Nothing runs.
 *
 * @returns ends that
 */
export const shareExample = (
  root: HTMLElement,
  config: Config,
  editor: ExampleEditor,
  settings: () => Settings,
): (() => void) => {
  const { example, models, base } = config;
  const part = (name: string): HTMLElement => root.querySelector(`[data-part=${name}]`) as HTMLElement;
  const button = part("share");
  const share = async (): Promise<void> => {
    const copied = await shareLink("settings", { example, model: modelOf(models).name, ...settings() });
    button.textContent = copied ? "Link copied" : "Link in the address bar";
    setTimeout(() => {
      button.textContent = "Share";
    }, 2000);
  };

  const take = async ({ kind, value }: Shared): Promise<void> => {
    if ((value as { example?: unknown } | null)?.example !== example) return;
    if (kind === "code") {
      const { text } = value as { readonly text?: unknown };
      if (typeof text !== "string")
        throw new ShareError("This link says it brings a program, but there is none in it.");
      await editor.open(text);
    } else if (kind === "settings") {
      const { knobs } = await loadExample(example);
      const { model, prompt, seed, guidance, steps, options } = sharedSettings(value, knobs);
      if (!models.some(({ name }) => name === model))
        throw new ShareError(`This link is for the model ${model.slice(0, 60)}, which this example does not run on.`);
      if (model !== modelOf(models).name) chooseModel(model);
      writeAsked(part("form"), { prompt, seed, guidance });
      choose(example, { options, steps });
    }
    root.scrollIntoView({ block: "start" });
  };

  const read = async (): Promise<void> => {
    try {
      const shared = await readFragment(location.hash);
      if (!shared) return;
      part("failure").replaceChildren(); // of the link before
      await take(shared);
    } catch (error) {
      // A link that cannot be read names no example: the first one of the page says so.
      if (document.querySelector("dc-example") === root) part("failure").innerHTML = failureHtml(error, base);
    }
  };

  button.addEventListener("click", () => void share());
  const changed = (): void => void read();
  addEventListener("hashchange", changed);
  void read();
  return () => removeEventListener("hashchange", changed);
};

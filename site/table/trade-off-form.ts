import type { TableSettings } from "./trade-off-link.js";
import type { MethodOptions } from "./trade-off-methods.js";

/** What the table knows of a model before it is loaded. */
export interface TableModel {
  readonly name: string;
  readonly address: string;
  readonly defaults: { readonly prompt: string; readonly steps: number; readonly guidance: number };
  /** Name of the settings → options by method: "gentle", "balanced", "strong" where it has presets; "pages". */
  readonly settings: Readonly<Record<string, MethodOptions>>;
}

const numbers = ["seed", "steps", "guidance", "repeats"] as const;

/** The form over the table, as data. */
export const tableForm = (root: HTMLElement) => {
  const field = <T extends HTMLElement = HTMLInputElement>(name: string): T =>
    root.querySelector(`[data-ask=${name}]`) as T;
  const boxes = (): HTMLInputElement[] => [...root.querySelectorAll<HTMLInputElement>("[data-method]")];
  const chosen = (): string[] => boxes().flatMap(({ checked, dataset }) => (checked ? [dataset.method ?? ""] : []));
  const preset = field<HTMLSelectElement>("preset");

  return {
    chosen,
    choose: (wanted: (name: string) => boolean): void => {
      for (const box of boxes()) box.checked = wanted(box.dataset.method ?? "");
    },
    read: (model: string): TableSettings => ({
      ...{ model, preset: preset.value, methods: chosen(), prompt: field("prompt").value },
      ...{ seed: field("seed").valueAsNumber, steps: field("steps").valueAsNumber },
      ...{ guidance: field("guidance").valueAsNumber, repeats: field("repeats").valueAsNumber },
    }),
    write: (settings: Partial<TableSettings>): void => {
      if (settings.prompt !== undefined) field("prompt").value = settings.prompt;
      for (const name of numbers) if (settings[name] !== undefined) field(name).value = String(settings[name]);
      const offered = [...preset.options].find(({ value, disabled }) => value === settings.preset && !disabled);
      if (offered) preset.value = offered.value;
      const { methods } = settings;
      if (methods) for (const box of boxes()) box.checked = methods.includes(box.dataset.method ?? "");
    },
    /** Another model has another prompt, and settings of its own. */
    follow: ({ defaults, settings }: TableModel): void => {
      field("prompt").value = defaults.prompt;
      for (const name of ["steps", "guidance"] as const) field(name).value = String(defaults[name]);
      for (const option of preset.options) option.disabled = !Object.hasOwn(settings, option.value);
      if (preset.selectedOptions[0]?.disabled) preset.value = "pages";
    },
  };
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The command that measures the same in Node, but for methods that are not in `all`. */
export const benchCommand = (
  asked: TableSettings,
  { name, defaults, settings }: TableModel,
  all: readonly string[],
): string => {
  const options = settings[asked.preset] ?? {};
  const methods = asked.methods.filter((method) => all.includes(method));
  if (methods.length === 0) return "# None of the engine's methods is chosen.";
  const [single, listed] = [asked.preset === "pages", methods.length < all.length];
  const rows = methods
    .filter((method) => Object.hasOwn(options, method))
    .map((method) => `--method ${method} --options ${quoted(JSON.stringify(options[method]))}`);
  return [
    `npx diffusion-cache bench --model site/public/models/${name}`,
    ...(single ? rows : [`--preset ${asked.preset}${listed ? ` --methods ${methods.join(",")}` : ""}`]),
    ...(asked.prompt === defaults.prompt ? [] : [`--prompt ${quoted(asked.prompt)}`]),
    ...(["steps", "guidance"] as const).flatMap((field) =>
      asked[field] === defaults[field] ? [] : [`--${field} ${asked[field]}`],
    ),
    ...(asked.seed === 0 ? [] : [`--seed ${asked.seed}`]),
    `--repeats ${asked.repeats} --out bench.json`,
  ].join(" \\\n  ");
};

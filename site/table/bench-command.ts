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

import {
  type CacheMethod,
  cardNames,
  type Dtype,
  dtypes,
  gpus,
  type MethodName,
  methods,
  methodToPlan,
  modelCard,
  planRun,
  type RunPlan,
  sharesToPlan,
  usualOptions,
} from "diffusion-cache";

/** What a reader asks the planner. */
export interface Choice {
  readonly card: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly steps: number;
  readonly dtype: Dtype;
  readonly gpu: string;
  readonly gpuGib: number;
  /** One uncached time; 0 where none is known. */
  readonly seconds: number;
  readonly method: MethodName | "none";
  /** Options as JSON, as they are typed. */
  readonly options: string;
  /** Share of steps that is skipped where the method decides by data; 0 for that of a published run, else a half. */
  readonly share: number;
}

/** @throws EngineError as `planRun`; SyntaxError for options that are no JSON */
export const planOf = (
  choice: Omit<Choice, "gpu" | "gpuGib" | "seconds">,
): { readonly plan: RunPlan; readonly methods: readonly CacheMethod[] } => {
  const { card: name, method, width, height, frames, steps, dtype, share } = choice;
  const card = modelCard(name);
  const options = JSON.parse(choice.options || "{}") as Readonly<Record<string, unknown>>;
  const acting = method === "none" ? [] : [methodToPlan(method, options, steps)];
  const shares = method === "none" ? {} : sharesToPlan(method, options, { card, steps, share: share || undefined });
  return {
    plan: planRun({ ...{ card, width, height, frames, steps, dtype, shares }, methods: acting }),
    methods: acting,
  };
};

/** Options that were published for a method on a model. */
export type PublishedOptions = (card: string, method: MethodName) => Readonly<Record<string, unknown>> | undefined;

/** What the page begins with: the model's usual run, with published options where there are some. */
export const choiceOf = (name: string, before: Partial<Choice> = {}, published?: PublishedOptions): Choice => {
  const card = modelCard(name);
  const [usual] = card.sizes;
  const method = before.method ?? "magcache";
  const options = method === "none" ? {} : (published?.(card.name, method) ?? usualOptions(card, method));
  return {
    ...{ dtype: "bf16", gpu: "A100", gpuGib: 80, seconds: 0, share: 0 },
    ...before,
    ...{ card: card.name, method, options: JSON.stringify(options), steps: card.steps },
    ...{ width: usual?.width ?? 1024, height: usual?.height ?? 1024, frames: usual?.frames ?? 1 },
  };
};

/** A choice as the part of an address behind its "#", readable. */
export const linkOf = (choice: Choice): string =>
  new URLSearchParams(Object.entries(choice).map(([key, value]) => [key, String(value)])).toString();

/** The choice of a link; what it does not say, or says wrongly, is the model's usual value. */
export const choiceFromLink = (fragment: string, published?: PublishedOptions): Choice | undefined => {
  const given = new URLSearchParams(fragment.replace(/^#/, "").slice(0, 4000));
  const card = cardNames.find((name) => name === given.get("card"));
  if (!card) return undefined;
  const name = given.get("method") ?? "";
  const method = name === "none" || Object.hasOwn(methods, name) ? (name as Choice["method"]) : "magcache";
  const usual = choiceOf(card, { method }, published);
  const number = (key: keyof Choice): number => {
    const text = given.get(key);
    const value = Number(text);
    return text !== null && text !== "" && Number.isFinite(value) && value >= 0 ? value : (usual[key] as number);
  };
  const [dtype, gpu, options] = [given.get("dtype"), given.get("gpu"), given.get("options")];
  return {
    ...{ card, method },
    ...{ width: number("width"), height: number("height"), frames: number("frames"), steps: number("steps") },
    ...{ gpuGib: number("gpuGib"), seconds: number("seconds"), share: Math.min(1, number("share")) },
    dtype: dtypes.find((one) => one === dtype) ?? usual.dtype,
    gpu: gpu === "other" || gpus.some((one) => one.name === gpu) ? (gpu as string) : usual.gpu,
    options: options ?? usual.options,
  };
};

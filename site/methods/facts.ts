/** Where diffusers documents its caches. */
export const docs = "https://huggingface.co/docs/diffusers/api/cache";

interface Linked {
  readonly text: string;
  readonly url?: string;
}

/** What a method's card says of it; what can be asked of the method itself is in method-needs.ts. */
export interface MethodFacts {
  /** Name of its page, example and engine file. */
  readonly page: string;
  readonly label: string;
  readonly kept: string;
  readonly decides: string;
  readonly guidance: string;
  readonly calibration: string;
  readonly agnostic: string;
  readonly source: Linked & { readonly label: string };
  readonly diffusers: Linked;
  /** Whether it gains anything at four to eight steps. */
  readonly fewSteps: "yes" | "little" | "no" | "unknown";
  /** What it keeps, by size: rows of text, predictions, a few hidden tensors, a tensor or more for each sub-layer. */
  readonly memory: "text" | "predictions" | "hidden" | "each";
  /** Which of diffusers and cache-dit have it, as a method or as a setting of one. */
  readonly there: readonly ("diffusers" | "cache-dit")[];
}

/** The source of a method that has a paper. */
export const paper = (title: string, arxiv: string): MethodFacts["source"] => ({
  ...{ label: "Paper", text: `${title}, arXiv:${arxiv}`, url: `https://arxiv.org/abs/${arxiv}` },
});

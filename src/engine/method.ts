// What a caching method may say. Plain data throughout: no tensors, no GPU, no model.

/**
 * What a site computes. `text-kv` is what cross-attention reads of the text, the same in every step; a `blocks` site is
 * a run of blocks, `output` the whole network, `uncond` the difference that guidance adds (uncond − cond), `guided` the
 * whole step: the prediction after guidance.
 */
export type SiteKind =
  | "spatial-attention"
  | "temporal-attention"
  | "cross-attention"
  | "feed-forward"
  | "text-kv"
  | "blocks"
  | "output"
  | "uncond"
  | "guided";

/** Sites that lie above the network: a decision there concerns the branches, not parts of a pass. */
export type StepKind = "uncond" | "guided";

/** A place in the denoiser whose feature can be kept. Two sites are nested or disjoint. */
export interface Site {
  /** The module path in diffusers ("transformer_blocks.3.attn1"), or "blocks.1-8", "output", "uncond", "guided". */
  readonly id: string;
  /** What it computes. */
  readonly kind: SiteKind;
  /** First part of the model that the site covers, inclusive. */
  readonly from: number;
  /** Last part, exclusive. */
  readonly to: number;
  /**
   * First of the parts that only this site needs: its norm, and of cross-attention the text's keys and values. A pass that
   * skips the site leaves them out too. Default: `from`.
   */
  readonly inputFrom?: number;
  /** Names of the stream values that hold the feature. */
  readonly values: readonly string[];
  /** "value": the feature is what the site writes. "residual": what it adds to what it found. */
  readonly keeps: "value" | "residual";
  /** What a residual is taken against: stream values as they are before part `since`. Default `values` themselves. */
  readonly base?: readonly string[];
  /** An earlier part where the residual also holds what earlier blocks add, though they always run. Default: `from`. */
  readonly since?: number;
}

/** The sites a model offers. */
export interface SiteMap {
  /** Number of blocks that a `blocks` site can span. */
  readonly depth: number;
  /** Sub-layers: their output before the gate, in the order of execution; of some kinds, or of all but "text-kv". */
  all(...kinds: SiteKind[]): readonly Site[];
  /** Residual of blocks [from, to), or of blocks [since, to) where only [from, to) can rest. */
  blocks(from?: number, to?: number, since?: number): Site;
  /** The network's prediction; "residual" keeps prediction − latents. */
  output(keeps?: "value" | "residual"): Site;
  /** uncond − cond of the prediction. */
  uncond(): Site;
  /** The prediction after guidance; "residual" keeps prediction − latents. */
  guided(keeps?: "value" | "residual"): Site;
}

/** Asks for one reduction per step over a tensor of the model and its older self. */
export interface Probe {
  /**
   * What is read: "latents", "timestep-embedding", "modulated-input" (what enters the first attention), "hidden.2" (the
   * stream before block 2), "blocks.0-2" (what blocks [0, 2) add to it), "output", or the id of a sub-layer.
   */
  readonly tap: string;
  /**
   * The older self: of the step before, of the last step computed, or of the computed step before that. "estimate"
   * compares the blocks of the tap, computed on the input that they have in this step, with what estimates made of them;
   * it is read where an estimate asks for that (`verify`) and told at the next visit. "frame-before" compares the tensor
   * with itself a frame earlier, and reads it back whole for that; nothing is told of a single frame.
   */
  readonly since: "last-step" | "last-compute" | "compute-before-last" | "estimate" | "frame-before";
  /**
   * "next-visit" reads in computed steps alone, which may then run as one graph: what is read belongs to the last of them.
   * A tap behind the whole network is always read so. Default: in every step, before it is decided.
   */
  readonly told?: "next-visit";
  /**
   * The id of the one site that it is for: only visits there wait for it and are told it, and "last-compute" is the last
   * step in which that site ran. Default: all sites of the method, which are decided about together.
   */
  readonly site?: string;
  /**
   * Compares what the SEA filter (SeaCache, arXiv:2602.18993) leaves of each tensor at the noise of its own step: the
   * best linear denoiser where the clean signal's power falls as 1 / frequency^powerExp. Of "latents" alone.
   */
  readonly filter?: { readonly powerExp: number };
}

/** What a probe measured between an older and a newer tensor. */
export interface Reading {
  /** mean |now − older| over all elements. */
  readonly change: number;
  /** mean |older|. */
  readonly magnitude: number;
  /** mean |now|. */
  readonly present: number;
  /** √ mean (now − older)². */
  readonly rms: number;
}

/** The pass with the text, or the one without, of classifier-free guidance. */
export type Branch = "cond" | "uncond";

/** What a method is told when the run reaches one of its sites. */
export interface Visit {
  /** The one reached, of those that the method named. */
  readonly site: Site;
  /** Of guidance. */
  readonly branch: Branch;
  /** 0-based, out of `steps`. */
  readonly step: number;
  /** Denoising steps of the run. */
  readonly steps: number;
  /** As the model receives it: 1000 (noise) … 0 (image) in diffusers' terms; so too where a model's own count upwards. */
  readonly timestep: number;
  /** Steps of the kept features, newest first; never empty. */
  readonly computed: readonly number[];
  /** The step is computed whatever is answered, and a method that counts must count it so. */
  readonly forced: boolean;
  /** The newest reading of each declared probe, of those that are for this site; undefined until there is an older tensor. */
  readonly readings: readonly (Reading | undefined)[];
  /**
   * For a method that asks for `products`: of each kept feature with each, summed over all elements, newest first. Not
   * there in a plan, where there are no features.
   */
  readonly products?: readonly (readonly number[])[];
  /** Whether the unconditional branch really runs in this step. */
  readonly guided: boolean;
  /** Notes for the trace why this was decided: numbers compared, or a mark that is true. */
  because(reasons: Readonly<Record<string, number | true>>): void;
}

/** feature ≈ Σ weights[i] · kept[i] in the order of `keeps`; apart for two frequency bands where a method wants that. */
export interface Estimate {
  /** Finite, newest feature first; at most as many as are kept. `low` and `high` weigh the bands of the newest. */
  readonly weights: readonly number[] | { readonly low: number; readonly high: number };
  /** Take the estimate, and read the method's probes "since" an "estimate" beside it: what they compute goes nowhere else. */
  readonly verify?: true;
}

/** The decision to run the site. */
export const compute = "compute";
/** The decision to take the newest kept feature as it is. */
export const reuse: Estimate = { weights: [1] };
/** What a method answers at a site: run it, or estimate its output from what is kept. */
export type Decision = typeof compute | Estimate;

/** What a run is, before its first step. */
export interface RunFacts {
  /** Denoising steps of the run. */
  readonly steps: number;
  /** One per step, as the model receives them or, where those count upwards, 1000 minus these: noise first, 1000 … 0. */
  readonly timesteps: readonly number[];
  /** The pass that is decided about; state of the other one is apart. */
  readonly branch: Branch;
}

/** The run that a calibration belongs to. */
export interface CalibratedFor {
  /** The model's name. */
  readonly model: string;
  /** Its class in diffusers: "DDIMScheduler". */
  readonly scheduler: string;
  /** Denoising steps. */
  readonly steps: number;
}

/** A caching method as a policy: where it acts, when it computes, and how it estimates. It never sees a tensor. */
export interface CacheMethod {
  /** The name on the command line and in `methods`: "pab". */
  readonly name: string;
  /** The paper, or the reference code. */
  readonly source?: string;
  /** The options as resolved, so that a trace, a worker and a snippet can say the same method again. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What a person should know of how the options were taken. */
  readonly notes?: readonly string[];
  /** Features kept per site; default 1. */
  readonly history?: number;
  /**
   * Which features are kept, newest first. "every visit" counts estimates too, as diffusers' FasterCache does; "both" has
   * the computed ones and after them the newest two, computed or estimated. Default "computed".
   */
  readonly keeps?: "computed" | "every visit" | "both";
  /**
   * Its weights depend on what the kept features are to each other, so that a visit is told their `products`. Each
   * computed feature is read back whole for that, once.
   */
  readonly products?: boolean;
  /** Branches the method acts on; the others are always computed. Default both. */
  readonly branches?: readonly Branch[];
  /** Keep the feature as two frequency bands, so that an estimate can weigh them apart. */
  readonly bands?: boolean;
  /** Decide once on `cond` and do the same on `uncond`. */
  readonly shared?: boolean;
  /** What its numbers were measured on; another run is refused. */
  readonly calibratedFor?: CalibratedFor;
  /** A method made of several, on disjoint or nested sites: these act in its place. */
  readonly parts?: readonly CacheMethod[];
  /** Where it acts on this model; none at all is refused as "site-missing". */
  sites(model: SiteMap): readonly Site[];
  /** What has to be read in every step, in the order of `readings`. Only for methods that decide by data. */
  probes?(model: SiteMap): readonly Probe[];
  /** Called once per run and branch: state lives in the closure, so nothing is ever reset. */
  start(run: RunFacts): (visit: Visit) => Decision;
  /** What runs in place of `start` where the method itself lives in another thread: each answer is awaited. */
  startRemote?(run: RunFacts): (visit: Visit) => Promise<Decision>;
}

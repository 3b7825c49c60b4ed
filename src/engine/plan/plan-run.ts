import { activeSites } from "../cache/decide.js";
import type { PlannedSite, Readings } from "../cache/dry-run.js";
import type { ModelCard, RunSize, WorkKind } from "../cards/card.js";
import { addFlops, type Flops, flopsByKind, totalFlops } from "../cards/flops.js";
import { cardNetwork, type Modules } from "../cards/network.js";
import type { Tokens } from "../cards/rows.js";
import { cardTimesteps } from "../cards/timesteps.js";
import { tokensOf } from "../cards/tokens.js";
import { accept } from "../expect.js";
import type { CacheMethod } from "../method.js";
import { aRequest } from "./checks.js";
import { type DecidedBy, decidedBy, leaves, type Shares } from "./decided-by.js";
import { type Dtype, numberBytes, weightBytes } from "./dtypes.js";
import { joined, playStretch } from "./play.js";
import { type RecordedShare, recordedShare } from "./recorded-shares.js";

/** A run of a real model that is planned. Everything that is left out is the card's usual value. */
export interface PlanRequest {
  /** The model. */
  readonly card: ModelCard;
  /** Pixels of a row. */
  readonly width?: number;
  /** Rows of pixels. */
  readonly height?: number;
  /** Frames of a video. */
  readonly frames?: number;
  /** Denoising steps. */
  readonly steps?: number;
  /** 1 runs a model of classifier-free guidance without its unconditional branch. */
  readonly guidance?: number;
  /** Rows of the text, where they are not the usual ones. */
  readonly text?: number;
  /** Reference images, each with as many tokens as the image. */
  readonly references?: number;
  /** Clips or images of one run. Default 1. */
  readonly clips?: number;
  /** Of the weights; what is kept has 2 bytes a number, or 4 under fp32. Default bf16. */
  readonly dtype?: Dtype;
  /** On disjoint or nested sites. Default none. */
  readonly methods?: readonly CacheMethod[];
  /** What acts in the second of two experts. Default: `methods`, which start anew there. */
  readonly secondExpert?: readonly CacheMethod[];
  /** As the network receives them, noise first. Default: those of the card's pipeline. */
  readonly timesteps?: readonly number[];
  /** Noise levels before the pipeline's shift, as its `sigmas` takes them, noise first, in place of timesteps. */
  readonly sigmas?: readonly number[];
  /** Shares of steps that methods skip which decide by data, by name. */
  readonly shares?: Shares;
  /** Readings of a recorded run, for the same. */
  readonly readings?: Readings;
  /** Where outputs are kept: at diffusers' modules, or as authors cut whose single-stream blocks are one. Default diffusers. */
  readonly modules?: Modules;
}

/** A site of the plan. */
export interface PlanSite extends PlannedSite {
  /** Bytes that are kept there. */
  readonly bytes: number;
}

/** Where operations go. */
export interface KindShare {
  /** What a piece of the network is for. */
  readonly kind: WorkKind;
  /** Operations of one pass of one branch and one clip. */
  readonly flops: number;
  /** Of the uncached run's operations. */
  readonly share: number;
  /** Of the uncached run's operations, those of this kind that are skipped. */
  readonly skipped: number;
}

/** What a run of a model costs, with and without caching methods: operations and bytes, without running it. */
export interface RunPlan {
  /** The model. */
  readonly card: ModelCard;
  /** What is made. */
  readonly size: RunSize;
  /** Denoising steps. */
  readonly steps: number;
  /** One per step, noise first. */
  readonly timesteps: readonly number[];
  /** Rows of the network. */
  readonly tokens: Tokens;
  /** Branches that are decided and kept apart: 2 under classifier-free guidance. */
  readonly branches: 1 | 2;
  /** Passes a step of the uncached run: one a branch, and those of further guidance, as in LTX-2. */
  readonly passes: number;
  /** Made in one run. */
  readonly clips: number;
  /** Of the weights. */
  readonly dtype: Dtype;
  /** Operations of one pass of one branch and one clip. */
  readonly flopsPerPass: number;
  /** The same apart for matrix products and attention. */
  readonly passFlops: Flops;
  /** Where the operations go, in the order of the network. */
  readonly kinds: readonly KindShare[];
  /** What is decided and kept, in the order of the network. */
  readonly sites: readonly PlanSite[];
  /** Operations of the run over those of the uncached run. */
  readonly computedShare: number;
  /** The same for matrix products and attention apart. */
  readonly computedFlops: Flops;
  /** What the run would gain if time followed operations. */
  readonly idealSpeedUp: number;
  /** Of each step, its operations over an uncached step's. */
  readonly stepShares: readonly number[];
  /** What methods keep from step to step, with their probes. */
  readonly cacheBytes: number;
  /** One hidden tensor of the clips, both branches of it where they are one batch. */
  readonly hiddenBytes: number;
  /** All weights of the network, those of every expert. */
  readonly weightsBytes: number;
  /** By method. */
  readonly decidedBy: Readonly<Record<string, DecidedBy>>;
  /** The published runs whose shares are taken. */
  readonly recordedShares?: readonly RecordedShare[];
  /** The step at which the second expert takes over. */
  readonly expertSwitch?: number;
}

/** The steps of each expert, or of the whole run. */
const stretches = ({ experts }: ModelCard, timesteps: readonly number[]): readonly (readonly number[])[] => {
  if (!experts) return [timesteps];
  const first = timesteps.filter((timestep) => timestep >= experts.boundary * 1000);
  return [first, timesteps.slice(first.length)].filter(({ length }) => length > 0);
};

/**
 * Plans a run of a real model from its card alone: which sites are computed in which step, what share of the operations
 * that is, and what is kept. Nothing runs. Time and memory of a GPU follow from it: see `expectedTime`, `memoryOf`.
 *
 * A method that decides by data is planned from `readings` of a run, or skips a share of the steps, evenly spread: that of
 * `shares`, or what a published run of this model with these settings skipped. Where in the run is then not known, only how
 * much.
 *
 * @throws EngineError "input-invalid" for a size, frames or steps that the model does not take; "needs-readings";
 *   "site-missing" for a method that finds nothing in this network
 */
export const planRun = (request: PlanRequest): RunPlan => {
  accept("planRun", { request: [request, aRequest] });
  const { card, methods = [], shares = {}, readings, clips = 1, dtype = "bf16" } = request;
  const usual = card.sizes[0] as RunSize;
  const size = {
    width: request.width ?? usual.width,
    height: request.height ?? usual.height,
    frames: request.frames ?? usual.frames,
  };
  const { sigmas } = request;
  const steps = request.timesteps?.length ?? sigmas?.length ?? request.steps ?? card.steps;
  const tokens = tokensOf({ ...card, text: request.text ?? card.text }, size, request.references);
  const timesteps = request.timesteps ?? cardTimesteps(card.timesteps, steps, tokens.N, sigmas);
  const guided = card.guidance === "classifier-free" && request.guidance !== 1;
  const branches = guided ? 2 : 1;
  const conditional = guided ? (card.conditionalPasses ?? 1) : 1;
  const passes = branches - 1 + conditional;
  const network = cardNetwork(card, tokens, request.modules);

  const runs = stretches(card, timesteps).map((own, at) => ({
    timesteps: own,
    methods: at === 0 ? methods : (request.secondExpert ?? methods),
  }));
  for (const { methods: own } of runs) activeSites(own, network.sites);
  const all = [...new Set(runs.flatMap(({ methods: own }) => own))];
  const known = readings ? [] : leaves(all).flatMap((method) => recordedShare(card.name, method, steps) ?? []);
  const published = Object.fromEntries(known.map(({ method, share }) => [method, share]));
  const decided = decidedBy(all, network.sites, shares, { readings: readings !== undefined, shares: published });
  const recorded = known.filter(({ method }) => decided[method] === "recorded");
  const set = { ...Object.fromEntries(recorded.map(({ method, share }) => [method, share])), ...shares };
  const played = joined(runs.map((run) => playStretch(network, run, { guided, conditional, shares: set, readings })));

  const perKind = flopsByKind(card, tokens);
  const passFlops = addFlops(...perKind.values());
  const flopsPerPass = totalFlops(passFlops);
  const uncached = flopsPerPass * passes * steps;
  const computedFlops = addFlops(...played.steps);
  const computed = totalFlops(computedFlops);
  const kinds = [...perKind].map(([kind, flops]): KindShare => {
    const every = totalFlops(flops) * passes * steps;
    const skipped = Math.max(0, every - (played.kinds.get(kind) ?? 0)) / uncached;
    return { kind, flops: totalFlops(flops), share: every / uncached, skipped };
  });
  const bytes = (numbers: number): number => numbers * clips * numberBytes(dtype);
  const sites = played.rows.map((row) => ({ ...row, bytes: bytes(played.kept.get(row.site) ?? 0) }));
  return {
    ...{ card, size, steps, timesteps, tokens, branches, passes, clips, dtype, flopsPerPass, passFlops, kinds, sites },
    computedShare: computed / uncached,
    computedFlops,
    idealSpeedUp: uncached / computed,
    stepShares: played.steps.map((flops) => totalFlops(flops) / (flopsPerPass * passes)),
    cacheBytes: sites.reduce((sum, site) => sum + site.bytes, bytes(played.probes)),
    hiddenBytes: bytes(network.elements("x")) * (card.batched ? branches : 1),
    weightsBytes: card.parameters * (card.experts?.count ?? 1) * weightBytes(dtype),
    decidedBy: decided,
    ...(recorded.length > 0 ? { recordedShares: recorded } : {}),
    ...(runs.length > 1 ? { expertSwitch: (runs[0] as (typeof runs)[number]).timesteps.length } : {}),
  };
};

"""One cell of the support matrix: a cache on a small network, six calls."""

import inspect
import logging

import cache_dit
import diffusers
import torch
from diffusers.hooks import _common
from diffusers.hooks._helpers import TransformerBlockRegistry
from torch.utils.flop_counter import FlopCounterMode

from support_models import small

calls = 6


class Run:
    """Timestep of the run, which configurations ask for as they ask a pipeline."""

    timestep = 0


def now():
    return Run.timestep


def unconditional(rank, _):
    return diffusers.FasterCacheConfig(
        spatial_attention_block_skip_range=None, temporal_attention_block_skip_range=None,
        unconditional_batch_skip_range=2, unconditional_batch_timestep_skip_range=(-1, 1000),
        tensor_format="BCFHW" if rank == 5 else "BCHW", attention_weight_callback=lambda _: 0.5,
        low_frequency_weight_callback=lambda _: 1.0, high_frequency_weight_callback=lambda _: 1.0,
        current_timestep_callback=now,
    )  # fmt: skip


def taylorseer(**lite):
    return diffusers.TaylorSeerCacheConfig(
        cache_interval=2, disable_cache_before_step=1, taylor_factors_dtype=torch.float32, **lite
    )


def seacache(**callback):
    return diffusers.SeaCacheConfig(threshold=10.0, **callback)


# Settings that reuse whatever can be, given the rank of the output and the number of calls a step.
caches = {
    "pab": lambda *_: diffusers.PyramidAttentionBroadcastConfig(
        spatial_attention_block_skip_range=2, temporal_attention_block_skip_range=2,
        cross_attention_block_skip_range=2, current_timestep_callback=now),
    "fastercache": lambda *_: diffusers.FasterCacheConfig(
        spatial_attention_block_skip_range=2, temporal_attention_block_skip_range=2,
        spatial_attention_timestep_skip_range=(-1, 800), temporal_attention_timestep_skip_range=(-1, 800),
        attention_weight_callback=lambda _: 0.5, is_guidance_distilled=True, tensor_format="BCHW",
        current_timestep_callback=now),
    "cfgcache": unconditional,
    "firstblockcache": lambda *_: diffusers.FirstBlockCacheConfig(threshold=10.0),
    "taylorseer": lambda *_: taylorseer(),
    "taylorseer-lite": lambda *_: taylorseer(use_lite_mode=True),
    "magcache": lambda *_: diffusers.MagCacheConfig(
        threshold=10.0, num_inference_steps=calls, mag_ratios=[1.0] * calls),
    "seacache": lambda *_: seacache(),
    "seacache-callback": lambda *_: seacache(raw_vision_callback=lambda *_: [torch.ones(2, 2, 4, 4)]),
    "dbcache": lambda _, branches: cache_dit.DBCacheConfig(
        Fn_compute_blocks=1, Bn_compute_blocks=0, max_warmup_steps=1, residual_diff_threshold=10.0,
        num_inference_steps=calls, enable_separate_cfg=branches == 2),
}  # fmt: skip


class Warned(logging.Handler):
    """What diffusers warns of while a cache is on, but for what it says of FasterCache to everybody."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = set()

    def emit(self, record):
        text = " ".join(record.getMessage().split())
        if "purely experimental" not in text:
            self.texts.add(text[:300])


def tensors(output):
    """All tensors of an output, in order."""
    if isinstance(output, torch.Tensor):
        return [output]
    return [one for part in output or [] for one in tensors(part)]


def network(name):
    torch.manual_seed(0)
    return getattr(diffusers, name)(**small[name][0]).eval()


def arguments(name, model, batch, seed):
    torch.manual_seed(seed)
    make = small[name][1]
    return make(batch, model) if "model" in inspect.signature(make).parameters else make(batch)


def context(model, branch, **where):
    return model.cache_context("uncond" if branch else "cond", num_inference_steps=calls, **where)


def distance(output, expected):
    """Largest difference as a share of the largest value; infinite where a shape differs."""
    if [one.shape for one in output] != [one.shape for one in expected]:
        return float("inf")
    return max(float((a - b).abs().max() / b.abs().max()) for a, b in zip(output, expected))


def cell(name, cache, within=context, branches=1, batch=None, timesteps=(900, 700, 600, 500, 400, 300)):
    """What the cache did. With two branches the network is called twice a step, with two inputs."""
    model = network(name)
    # The half of FasterCache that leaves out the unconditional branch needs both in one batch.
    rows = batch or (2 if cache == "cfgcache" else 1)
    inputs = [arguments(name, model, rows, seed) for seed in range(1, branches + 1)]
    expected = [tensors(model(**one, return_dict=False)) for one in inputs]
    log, warned = logging.getLogger("diffusers"), Warned()
    log.addHandler(warned)
    log.propagate = False
    flops, apart, at = [], 0.0, "enable_cache"
    try:
        config = caches[cache](expected[0][0].dim(), branches)
        cache_dit.enable_cache(model, cache_config=config) if cache == "dbcache" else model.enable_cache(config)
        for step, Run.timestep in enumerate(timesteps):
            for branch, one in enumerate(inputs):
                at = f"call {len(flops) + 1}"
                where = {"step_index": step, "timestep": Run.timestep, "sigma": Run.timestep / 1000}
                with within(model, branch, **where), FlopCounterMode(display=False) as counter:
                    output = tensors(model(**one, return_dict=False))
                flops.append(counter.get_total_flops())
                apart = max(apart, distance(output, expected[branch]))
    except (Exception, SystemExit) as raised:
        return {"state": "raises", "at": at, "error": f"{type(raised).__name__}: {' '.join(str(raised).split())}"[:300]}
    finally:
        log.removeHandler(warned)
    least = round(min(flops) / flops[0], 3)
    state = "nothing" if least == 1 else "reuses" if apart < 1e-3 else "differs"
    return {"state": state, "least": least, **({"warns": sorted(warned.texts)} if warned.texts else {})}


def stacks(name):
    """Block classes of the stacks that the hooks of whole blocks go through, and whether those know them."""
    TransformerBlockRegistry._register()
    found = {}
    for child_name, child in network(name).named_children():
        if child_name in _common._ALL_TRANSFORMER_BLOCK_IDENTIFIERS and isinstance(child, torch.nn.ModuleList):
            found |= {type(block).__name__: type(block) in TransformerBlockRegistry._registry for block in child}
    return [{"block": block, "registered": registered} for block, registered in found.items()]

"""Runs caches of diffusers on small random networks, six steps each, and writes the operations of each step and the bytes
that the hooks hold. tests/plan/hooks.test.ts holds plans of the same networks against it.

    python scripts/plan-hooks.py > tests/fixtures/planner/hooks.json

Bytes are those of the storages that hooks' states refer to, each once.
"""

import json
import sys

import diffusers
import torch
from torch.utils.flop_counter import FlopCounterMode

from support_models import TEXT, WIDTH, normal, small, timestep
from support_run import Run, network, now

torch.set_grad_enabled(False)
timesteps = (900, 700, 600, 500, 400, 300)
caches = {
    "pab": lambda: diffusers.PyramidAttentionBroadcastConfig(
        spatial_attention_block_skip_range=2, current_timestep_callback=now
    ),
    "magcache": lambda: diffusers.MagCacheConfig(
        threshold=10.0, max_skip_steps=2, retention_ratio=0.2, num_inference_steps=6, mag_ratios=[1.0] * 6
    ),
    "firstblockcache": lambda: diffusers.FirstBlockCacheConfig(threshold=10.0),
    "taylorseer": lambda: diffusers.TaylorSeerCacheConfig(
        cache_interval=3, disable_cache_before_step=2, max_order=1, taylor_factors_dtype=torch.float32
    ),
}
# Class, calls a step, rows of the batch, latent frames, height and width, caches.
runs = [
    ("WanTransformer3DModel", 2, 1, (5, 4, 6), ("magcache", "firstblockcache")),
    ("WanTransformer3DModel", 1, 2, (3, 4, 4), ("magcache", "firstblockcache")),
    ("FluxTransformer2DModel", 1, 1, (1, 8, 8), tuple(caches)),
    ("CogVideoXTransformer3DModel", 1, 2, (2, 4, 4), ("pab", "magcache", "firstblockcache")),
    ("HunyuanVideoTransformer3DModel", 1, 1, (2, 4, 4), ("magcache", "firstblockcache", "taylorseer")),
]


def inputs(name, batch, latent, seed):
    torch.manual_seed(seed)
    if name != "WanTransformer3DModel":
        return small[name][1](batch)
    text = normal(batch, TEXT, WIDTH)
    return {"hidden_states": normal(batch, 4, *latent), "encoder_hidden_states": text, "timestep": timestep(batch)}


def storages(value, found, depth=0):
    if isinstance(value, torch.Tensor):
        found[value.untyped_storage().data_ptr()] = value.untyped_storage().nbytes()
    elif isinstance(value, dict):
        for one in value.values():
            storages(one, found, depth + 1)
    elif isinstance(value, (list, tuple)):
        for one in value:
            storages(one, found, depth + 1)
    elif depth < 6 and type(value).__name__.endswith(("State", "StateManager")):
        storages(vars(value), found, depth + 1)
    return found


def run(name, calls, batch, latent, cache):
    model = network(name)
    branches = [inputs(name, batch, latent, seed) for seed in range(calls)]
    model.enable_cache(caches[cache]())
    flops = []
    for step, Run.timestep in enumerate(timesteps):
        with FlopCounterMode(display=False) as counter:
            for branch, one in enumerate(branches):
                where = {"step_index": step, "num_inference_steps": 6, "timestep": Run.timestep}
                with model.cache_context("uncond" if branch else "cond", **where):
                    model(**one, return_dict=False)
        flops.append(counter.get_total_flops())
    found = {}
    for module in model.modules():
        for hook in getattr(getattr(module, "_diffusers_hook", None), "hooks", {}).values():
            storages({key: value for key, value in vars(hook).items() if "state" in key}, found)
    config = {key: value for key, value in model.config.items() if not key.startswith("_")}
    return {
        **{"class": name, "config": config, "calls": calls, "batch": batch, "latent": latent, "text": TEXT},
        **{"method": cache, "flops": flops, "bytes": sum(found.values())},
    }


rows = [run(*which, cache) for *which, those in runs for cache in those]
json.dump(rows, sys.stdout)
print()

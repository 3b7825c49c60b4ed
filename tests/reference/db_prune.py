"""Writes tests/fixtures/db-prune.json: which blocks cache-dit 1.5.3 prunes, and what it gives.

    pip install torch diffusers cache-dit==1.5.3
    python tests/reference/db_prune.py TRACE.json …

First whole runs of cache-dit on a network of four blocks that double what they get, as tests/arithmetic-model.ts has it.
Their blocks take a text as well: cache-dit's form for blocks that take none (patterns 3 to 5) ends in a TypeError. Then its rules alone on what our recorded runs measured. A trace is what "npx diffusion-cache run --method dbprune --options
… --trace TRACE.json" writes; cache-dit's manager is given a tensor of one number before each block that has changed by as
much as ours had, since the same computed step. A branch is replayed by itself.
"""

import json
import logging
import sys
from pathlib import Path

import cache_dit
import torch
from cache_dit import BlockAdapter, DBPruneConfig, ForwardPattern
from cache_dit.caching.cache_contexts.prune_manager import PrunedContextManager

logging.disable(logging.WARNING)
OUT = Path(__file__).parents[1] / "fixtures/db-prune.json"
NAMES = {
    "fnComputeBlocks": "Fn_compute_blocks",
    "bnComputeBlocks": "Bn_compute_blocks",
    "nonPruneBlockIds": "non_prune_block_ids",
    "residualDiffThreshold": "residual_diff_threshold",
    "enableDynamicPruneThreshold": "enable_dynamic_prune_threshold",
    "maxDynamicPruneThreshold": "max_dynamic_prune_threshold",
    "dynamicPruneThresholdRelaxRatio": "dynamic_prune_threshold_relax_ratio",
    "maxWarmupSteps": "max_warmup_steps",
    "warmupInterval": "warmup_interval",
    "maxCachedSteps": "max_cached_steps",
    "maxContinuousCachedSteps": "max_continuous_cached_steps",
}
DEPTH = 4
UNEVEN = [8, 9, 10, 10.5, 12, 13, 14, 14.25, 14.5, 16]
STILL = [1.0] * 8
GROWING = [16, 18, 19, 22, 28, 29, 30, 40, 41, 42, 43, 60]
RUNS = [
    (UNEVEN, {"residualDiffThreshold": 0.2, "maxWarmupSteps": 1}),
    (UNEVEN, {"residualDiffThreshold": 0.2, "maxWarmupSteps": 4, "warmupInterval": 2}),
    (UNEVEN, {"residualDiffThreshold": 0.25, "maxWarmupSteps": 0, "nonPruneBlockIds": [2]}),
    (UNEVEN, {"residualDiffThreshold": 0.3, "maxWarmupSteps": 1, "fnComputeBlocks": 2, "bnComputeBlocks": 1}),
    (STILL, {"maxWarmupSteps": 1, "maxCachedSteps": 3}),
    (STILL, {"maxWarmupSteps": 1, "maxContinuousCachedSteps": 2}),
    (STILL, {"maxWarmupSteps": 1, "residualDiffThreshold": 1.0}),
    (STILL, {"maxWarmupSteps": 1, "residualDiffThreshold": 0.0}),
    (GROWING, {"residualDiffThreshold": 0.12, "maxWarmupSteps": 1, "enableDynamicPruneThreshold": True}),
    (GROWING, {"residualDiffThreshold": 0.12, "maxWarmupSteps": 1, "enableDynamicPruneThreshold": True, "maxDynamicPruneThreshold": 0.5, "dynamicPruneThresholdRelaxRatio": 1.5}),
    (GROWING, {"residualDiffThreshold": 0.2, "maxWarmupSteps": 1, "maxContinuousCachedSteps": 1}),
]  # fmt: skip


class Block(torch.nn.Module):
    ran = 0

    def forward(self, hidden_states, encoder_hidden_states):
        self.ran += 1
        return hidden_states + hidden_states


class Doubling(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = torch.nn.ModuleList([Block() for _ in range(DEPTH)])

    def forward(self, hidden_states):
        for block in self.blocks:
            hidden_states = block(hidden_states, torch.zeros(1, 1, 4))
            hidden_states = hidden_states[0] if isinstance(hidden_states, tuple) else hidden_states
        return hidden_states


def config_of(options, steps):
    said = {NAMES[name]: value for name, value in options.items() if name in NAMES}
    ours = {"Fn_compute_blocks": 1, "max_warmup_steps": 4}
    return DBPruneConfig(**({**ours, **said} | {"num_inference_steps": steps, "enable_separate_cfg": False}))


@torch.no_grad()
def run(inputs, options):
    network = Doubling()
    blocks = list(network.blocks)
    cache_dit.enable_cache(
        BlockAdapter(transformer=network, blocks=network.blocks, forward_pattern=ForwardPattern.Pattern_2),
        cache_config=config_of(options, len(inputs)),
    )
    computed, outputs = ["" for _ in blocks], []
    for value in inputs:
        before = [block.ran for block in blocks]
        outputs.append(network(torch.full((1, 1, 4), float(value))).mean().item())
        computed = [mask + ("1" if block.ran > ran else "0") for mask, block, ran in zip(computed, blocks, before)]
    return {"inputs": inputs, "options": options, "computed": computed, "outputs": outputs}


def replay(options, steps, depth, differences):
    """Masks of the blocks that may rest, from the relative change before each of them in each step (None at first)."""
    manager = PrunedContextManager(name="replay")
    context = manager.new_context(name="replay", cache_config=config_of(options, steps))
    manager.set_context(context)
    masks = {block: "" for block in differences}
    assert sorted(set(range(depth)) - set(differences)) == manager.get_non_prune_blocks_ids(depth)
    for step in range(steps):
        manager.mark_step_begin()
        for block, changes in differences.items():
            prefix = f"replay_{block}_Fn_original"
            if changes[step] is not None:
                manager.set_Fn_buffer(torch.ones(1, dtype=torch.float64), prefix=prefix)
            prunes = manager.can_prune(torch.tensor([1 + (changes[step] or 0)], dtype=torch.float64), prefix=prefix)
            if prunes:
                manager.add_pruned_step()
            masks[block] += "0" if prunes else "1"
    return masks


def recorded(path, branch):
    trace = json.loads(Path(path).read_text())
    (method,) = trace["methods"]
    steps = len(trace["timesteps"])
    depth = max(int(site["site"].split("-")[1]) for site in trace["sites"] if site["kind"] == "blocks")
    depth += method["options"]["bnComputeBlocks"]
    differences = {}
    for visit in trace["visits"]:
        if visit["branch"] != branch:
            continue
        (reading,) = visit["readings"]
        change = reading and float(f"{reading['change'] / reading['magnitude']:.5g}")
        differences.setdefault(int(visit["site"].split(".")[1].split("-")[0]), []).append(change)
    run = {"model": trace["model"]["name"], "branch": branch, "steps": steps, "options": method["options"]}
    return {**run, "differences": differences, "computed": replay(method["options"], steps, depth, differences)}


def main():
    runs = [run(*one) for one in RUNS]
    readings = [recorded(path, branch) for path in sys.argv[1:] for branch in ("cond", "uncond")]
    for one in [*runs, *readings]:
        print(one["computed"], one["options"])
    OUT.write_text(json.dumps({"runs": runs, "recorded": readings}, separators=(",", ":")) + "\n")


main()

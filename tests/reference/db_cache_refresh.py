"""Writes tests/fixtures/db-cache-refresh.json: which calls cache-dit 1.5.3 computes under refresh hints, and what it gives.

    pip install torch diffusers cache-dit==1.5.3
    python tests/reference/db_cache_refresh.py

The network has three blocks that double what they get, as tests/arithmetic-model.ts has it.
"""

import json
import logging
from pathlib import Path

import cache_dit
import torch
from cache_dit import BlockAdapter, DBCacheConfig, ForwardPattern, TaylorSeerCalibratorConfig

logging.disable(logging.WARNING)
OUT = Path(__file__).parents[1] / "fixtures/db-cache-refresh.json"
STILL = [1.0] * 12
LINE = [float(value) for value in range(1, 13)]
CURVE = [float(value * value) for value in range(1, 13)]
NAMES = {
    "maxWarmupSteps": "max_warmup_steps",
    "warmupInterval": "warmup_interval",
    "residualDiffThreshold": "residual_diff_threshold",
    "maxCachedSteps": "max_cached_steps",
    "maxContinuousCachedSteps": "max_continuous_cached_steps",
    "maxAccumulatedResidualDiffThreshold": "max_accumulated_residual_diff_threshold",
    "stepsComputationPolicy": "steps_computation_policy",
    "forceRefreshStepHint": "force_refresh_step_hint",
    "forceRefreshStepPolicy": "force_refresh_step_policy",
}
RUNS = [
    (STILL, {"maxWarmupSteps": 2, "forceRefreshStepHint": 6}),
    (STILL, {"maxWarmupSteps": 2, "forceRefreshStepHint": 5, "forceRefreshStepPolicy": "repeat"}),
    (STILL, {"maxWarmupSteps": 0, "forceRefreshStepHint": 4, "forceRefreshStepPolicy": "repeat"}),
    (STILL, {"maxWarmupSteps": 1, "forceRefreshStepHint": 7, "maxContinuousCachedSteps": 2}),
    (STILL, {"maxWarmupSteps": 1, "forceRefreshStepHint": 6, "maxCachedSteps": 7}),
    (STILL, {"maxWarmupSteps": 4, "warmupInterval": 2, "forceRefreshStepHint": 6}),
    (STILL, {"maxWarmupSteps": 1, "forceRefreshStepHint": 6, "stepsComputationMask": "101001", "stepsComputationPolicy": "static"}),
    (LINE, {"maxWarmupSteps": 1, "residualDiffThreshold": 0.9, "forceRefreshStepHint": 6, "maxAccumulatedResidualDiffThreshold": 0.5}),
    (CURVE, {"maxWarmupSteps": 2, "residualDiffThreshold": 1.0, "forceRefreshStepHint": 6}),
    (CURVE, {"maxWarmupSteps": 4, "residualDiffThreshold": 1.0, "forceRefreshStepHint": 6, "calibrator": "taylorseer"}),
]


class Block(torch.nn.Module):
    ran = 0

    def forward(self, hidden_states):
        self.ran += 1
        return hidden_states + hidden_states


class Doubling(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = torch.nn.ModuleList([Block() for _ in range(3)])

    def forward(self, hidden_states):
        for block in self.blocks:
            hidden_states = block(hidden_states)
        return hidden_states


@torch.no_grad()
def run(inputs, options):
    network = Doubling()
    blocks = list(network.blocks)
    config = {NAMES[name]: value for name, value in options.items() if name in NAMES}
    if mask := options.get("stepsComputationMask"):
        config["steps_computation_mask"] = [int(digit) for digit in mask]
    taylor = options.get("calibrator") == "taylorseer"
    cache_dit.enable_cache(
        BlockAdapter(transformer=network, blocks=network.blocks, forward_pattern=ForwardPattern.Pattern_3),
        cache_config=DBCacheConfig(
            Fn_compute_blocks=1,
            Bn_compute_blocks=0,
            num_inference_steps=len(inputs),
            **({"residual_diff_threshold": 0.08} | config),
        ),
        calibrator_config=TaylorSeerCalibratorConfig(taylorseer_order=1) if taylor else None,
    )
    computed, outputs = "", []
    for value in inputs:
        before = blocks[-1].ran
        outputs.append(network(torch.full((1, 1, 4), value)).mean().item())
        computed += "1" if blocks[-1].ran > before else "0"
    return computed, outputs


def main():
    runs = []
    for inputs, options in RUNS:
        computed, outputs = run(inputs, options)
        print(computed, options)
        runs.append({"inputs": inputs, "options": options, "computed": computed, "outputs": outputs})
    OUT.write_text(json.dumps(runs, separators=(",", ":")) + "\n")


main()

"""Writes tests/fixtures/dp-cache.json: errors and plans of SGLang's DPCache on runs of three models.

    pip install torch diffusers msgspec
    python tests/reference/dp_cache.py path/to/sglang/python/sglang/multimodal_gen/runtime/cache/dpcache.py

The errors of flux-a are measured here, by the reference's function on what its last block gives in an uncached run of
diffusers. Those of the two live models are the ones of their calibration.json. The plans are the reference's on all three.
"""

import importlib.util
import json
import math
import sys
from pathlib import Path

import torch
from diffusers import FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel
from safetensors.torch import load_file

TESTS = Path(__file__).parents[1]
STEPS = 20
SETTINGS = [
    {"numFullSteps": budget, "mandatory": mandatory, "forceLastFull": last, "maxGap": gap}
    for budget, mandatory, last, gap in [
        (4, 3, False, None),
        (5, 2, False, None),
        (6, 3, True, None),
        (7, 3, False, 4),
        (8, 3, False, None),
        (10, 3, False, None),
        (10, 4, True, 3),
        (13, 3, False, 2),
        (19, 3, False, None),
        (20, 3, False, None),
    ]
]


@torch.no_grad()
def flux_features():
    folder = TESTS / "fixtures/flux-a"
    model = FluxTransformer2DModel.from_pretrained(folder / "transformer")
    scheduler = FlowMatchEulerDiscreteScheduler.from_pretrained(folder / "scheduler-flow")
    given = load_file(folder / "reference.safetensors")
    scheduler.set_timesteps(STEPS)
    rows = [[0, y, x] for y in range(4) for x in range(4)]
    features = []
    model.single_transformer_blocks[-1].register_forward_hook(lambda m, a, output: features.append(output[1].clone()))
    latents = given["noise"].reshape(1, 3, 4, 2, 4, 2).permute(0, 2, 4, 1, 3, 5).reshape(1, 16, 12)
    for t in scheduler.timesteps:
        predicted = model(
            hidden_states=latents,
            encoder_hidden_states=given["text"],
            pooled_projections=given["pooled"],
            timestep=(t / 1000).expand(1),
            img_ids=torch.tensor(rows, dtype=torch.float32),
            txt_ids=torch.zeros(5, 3),
            return_dict=False,
        )[0]
        latents = scheduler.step(predicted, t, latents, return_dict=False)[0]
    return features


def tensor_of(line):
    errors = torch.full((STEPS,) * 3, math.nan, dtype=torch.float64)
    for i, table in enumerate(line):
        for after, row in enumerate(table):
            j = i + 1 + after
            errors[i, j, j + 1 :] = torch.tensor(row, dtype=torch.float64)
    return errors


def rows_of(errors):
    return [[errors[i, j, j + 1 :].tolist() for j in range(i + 1, STEPS - 1)] for i in range(STEPS - 2)]


def main():
    spec = importlib.util.spec_from_file_location("dpcache", sys.argv[1])
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    measured = reference.pact_step_errors(flux_features())
    models = {"flux-a": measured}
    for name in ("latte-motion-nano", "flux-shapes-nano"):
        calibration = json.loads((TESTS.parent / f"site/public/models/{name}/calibration.json").read_text())
        models[name] = tensor_of(calibration["dpcache"]["errors"]["line"])
    plans = []
    for name, errors in models.items():
        for settings in SETTINGS:
            costs = reference.pact_costs(errors, settings["maxGap"])
            steps, cost = reference.plan_schedule(
                costs,
                settings["numFullSteps"],
                mandatory=range(settings["mandatory"]),
                force_last_full=settings["forceLastFull"],
                max_gap=settings["maxGap"],
            )
            plans.append({"model": name, **settings, "computed": steps, "cost": cost})
    written = {"line": rows_of(measured), "plans": plans}
    (TESTS / "fixtures/dp-cache.json").write_text(json.dumps(written, separators=(",", ":")) + "\n")


main()

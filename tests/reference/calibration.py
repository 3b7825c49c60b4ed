"""Writes tests/fixtures/flux-a/calibration-reference.json: what diffusers and numpy measure on an uncached run of that model.

    pip install torch diffusers
    python tests/reference/calibration.py

MagCache's ratios are those that diffusers prints with calibrate=True. The signal of TeaCache (what enters the first
attention, and the image part after the last block) and SmoothCache's features (the image part of every attention and
feed-forward) are read with forward hooks.
"""

import contextlib
import io
import json
from pathlib import Path

import diffusers
import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel, MagCacheConfig
from safetensors.torch import load_file

FOLDER = Path(__file__).parents[1] / "fixtures/flux-a"
STEPS = 20
KINDS = {"attn": "spatial-attention", "ff": "feed-forward", "ff_context": "feed-forward", "proj_mlp": "feed-forward"}


def first(output):
    return output[0] if isinstance(output, tuple) else output


@torch.no_grad()
def main():
    model = FluxTransformer2DModel.from_pretrained(FOLDER / "transformer")
    scheduler = FlowMatchEulerDiscreteScheduler.from_pretrained(FOLDER / "scheduler-flow")
    given = load_file(FOLDER / "reference.safetensors")
    scheduler.set_timesteps(STEPS)
    rows = [[0, y, x] for y in range(4) for x in range(4)]
    image_ids, text_ids = torch.tensor(rows, dtype=torch.float32), torch.zeros(5, 3)

    seen: dict[str, list[np.ndarray]] = {}
    note = lambda name: lambda module, args, output: seen.setdefault(name, []).append(first(output).numpy().copy())
    model.transformer_blocks[0].norm1.register_forward_hook(note("input"))
    model.single_transformer_blocks[-1].register_forward_hook(
        lambda module, args, output: seen.setdefault("output", []).append(output[1].numpy().copy())
    )
    for name, module in model.named_modules():
        path = name.split(".")
        if len(path) == 3 and path[2] in KINDS and "blocks" in path[0]:
            module.register_forward_hook(note(name))

    model.enable_cache(MagCacheConfig(calibrate=True, num_inference_steps=STEPS))
    # The same values as the engine starts from: [1, 3, 8, 8] packed 2x2.
    noise = given["noise"].reshape(1, 3, 4, 2, 4, 2).permute(0, 2, 4, 1, 3, 5).reshape(1, 16, 12)
    latents = noise
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for t in scheduler.timesteps:
            with model.cache_context("cond"):
                predicted = model(
                    hidden_states=latents,
                    encoder_hidden_states=given["text"],
                    pooled_projections=given["pooled"],
                    timestep=(t / 1000).expand(1),
                    img_ids=image_ids,
                    txt_ids=text_ids,
                    return_dict=False,
                )[0]
            latents = scheduler.step(predicted, t, latents, return_dict=False)[0]
    ratios = json.loads(next(line for line in printed.getvalue().splitlines() if line.startswith("[1")))

    change = lambda a, b: float(np.abs(a - b).mean() / np.abs(b).mean())
    inputs, outputs = seen.pop("input"), seen.pop("output")
    x = [change(inputs[i + 1], inputs[i]) for i in range(STEPS - 1)]
    y = [change(outputs[i + 1], outputs[i]) for i in range(STEPS - 1)]
    errors = {}
    for kind in ("spatial-attention", "feed-forward"):
        features = [values for name, values in seen.items() if KINDS[name.split(".")[2]] == kind]
        errors[kind] = [
            [float(np.mean([change(f[i], f[i + j + 1]) for f in features])) for i in range(STEPS - 1 - j)] for j in range(3)
        ]
    result = {
        "diffusers": diffusers.__version__,
        "magRatios": ratios,
        "coefficients": np.polyfit(x, y, 4).tolist(),
        "errors": errors,
        "sample": latents.flatten()[:8].tolist(),
    }
    (FOLDER / "calibration-reference.json").write_text(json.dumps(result, indent=1) + "\n")


main()

"""Runs calibrate-diffusers.py on small random pipelines, and holds its ratios beside those that diffusers itself prints.

    pip install torch==2.15.0 diffusers==0.42.1 cache-dit==1.5.3 transformers
    python scripts/check-calibrate-diffusers.py && npx biome check --write tests/fixtures

Writes tests/fixtures/calibration-diffusers.json, which a unit test reads as a calibration of this engine.
"""

import contextlib
import importlib
import io
import json
from pathlib import Path

import diffusers
import torch

from support_run import network
from support_models import TEXT, text

calibrate = importlib.import_module("calibrate-diffusers").calibrate
torch.set_grad_enabled(False)
steps, prompts = 10, ["a red circle moves left", "a blue square rises"]


def random_text(*keys):
    torch.manual_seed(2)
    return {key: text(1) for key in keys}


def wan():
    parts = {"tokenizer": None, "text_encoder": None, "vae": None}
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0)
    pipe = diffusers.WanPipeline(transformer=network("WanTransformer3DModel"), scheduler=scheduler, **parts)
    return pipe, random_text("prompt_embeds", "negative_prompt_embeds") | {"height": 32, "width": 32, "num_frames": 5}


def flux():
    parts = dict.fromkeys(("vae", "text_encoder", "tokenizer", "text_encoder_2", "tokenizer_2"))
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler()
    transformer = diffusers.FluxTransformer2DModel(
        patch_size=1, in_channels=16, num_layers=2, num_single_layers=2, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=32, pooled_projection_dim=8, axes_dims_rope=(4, 6, 6),
    ).eval()  # fmt: skip
    pipe = diffusers.FluxPipeline(transformer=transformer, scheduler=scheduler, **parts)
    pooled = {"pooled_prompt_embeds": torch.zeros(1, 8)}
    return pipe, random_text("prompt_embeds") | pooled | {"height": 64, "width": 64}


def without_prompt(pipe):
    """A pipeline that has its text already, called with a prompt as the script calls it."""
    real = type(pipe)

    def call(self, prompt=None, **options):
        return real.__call__(self, **options)

    call.__signature__ = __import__("inspect").signature(real.__call__)
    pipe.__class__ = type(real.__name__, (real,), {"__call__": call})
    pipe.set_progress_bar_config(disable=True)
    return pipe


def printed_by_diffusers(pipe, call, guidance):
    """The ratios that MagCacheConfig(calibrate=True) prints for the first prompt, of the last branch that it prints."""
    config = diffusers.MagCacheConfig(calibrate=True, num_inference_steps=steps)
    pipe.transformer.enable_cache(config)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        generator = torch.Generator("cpu").manual_seed(0)
        pipe(num_inference_steps=steps, guidance_scale=guidance, generator=generator, output_type="latent", **call)
    pipe.transformer.disable_cache()
    return [json.loads(line) for line in said.getvalue().splitlines() if line.startswith("[1")]


for make, guidance in ((wan, 5.0), (flux, 3.5)):
    torch.manual_seed(0)
    pipe, call = make()
    pipe = without_prompt(pipe)
    one = calibrate(pipe, prompts[:1], steps, guidance, "small", **call)["magcache"]["magRatios"]
    theirs = printed_by_diffusers(pipe, call, guidance)
    mean = [sum(values) / len(values) for values in zip(*theirs)]
    apart = max(abs(a - b) for a, b in zip(one, mean))
    print(type(pipe).__name__, "branches", len(theirs), "largest difference from diffusers' ratios", apart)
    assert len(one) == len(mean) == steps and apart < 1e-4, (one, mean)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in pipe.transformer.modules())
    if make is wan:
        found = calibrate(pipe, prompts, steps, guidance, "wan-small-random", **call)
        path = Path(__file__).parent.parent / "tests/fixtures/calibration-diffusers.json"
        path.write_text(json.dumps(found, indent=2) + "\n")

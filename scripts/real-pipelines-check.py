"""Runs what content/docs/guide/in-real-pipelines.mdx says of img2img and of two experts, on small random networks.

    pip install torch==2.15.0 diffusers==0.42.1 cache-dit==1.5.3 transformers
    python scripts/real-pipelines-check.py

Prints what it saw, and stops where the page would be wrong.
"""

from types import SimpleNamespace

import diffusers
import torch

from support_models import text
from support_run import network

torch.set_grad_enabled(False)
scheduler = diffusers.FlowMatchEulerDiscreteScheduler


def steps_of(name, steps=28, strength=0.35):
    """How many steps img2img runs, and its first timestep."""
    pipe = SimpleNamespace(scheduler=scheduler())
    pipe.scheduler.set_timesteps(steps)
    given = (steps, pipe.scheduler.timesteps, strength) if name.startswith("Wan") else (steps, strength)
    timesteps, left = getattr(diffusers, name).get_timesteps(pipe, *given, "cpu")
    return left, round(float(timesteps[0]))


def experts(first, second, steps=40):
    """The steps that each expert of a small Wan 2.2 computes: 1 for a computed one."""
    torch.manual_seed(0)
    parts = dict.fromkeys(("tokenizer", "text_encoder", "vae"))
    parts |= {part: network("WanTransformer3DModel") for part in ("transformer", "transformer_2")}
    pipe = diffusers.WanPipeline(scheduler=scheduler(shift=3.0), boundary_ratio=0.875, **parts)
    pipe.set_progress_bar_config(disable=True)
    calls = []
    for part, config in (("transformer", first), ("transformer_2", second)):
        model = getattr(pipe, part)
        model.register_forward_pre_hook(lambda *_, part=part: calls.append([part, "0"]))
        model.blocks[1].attn1.register_forward_pre_hook(lambda *_: calls[-1].__setitem__(1, "1"))
        if config:
            model.enable_cache(config)
    texts = {key: text(1) for key in ("prompt_embeds", "negative_prompt_embeds")}
    pipe(height=32, width=32, num_frames=5, num_inference_steps=steps, guidance_scale=5.0, output_type="latent", **texts)
    # Two calls a step, which decide alike: every second one.
    return ["".join(computed for name, computed in calls if name == part)[::2] for part in ("transformer", "transformer_2")]


def mag(steps):
    return diffusers.MagCacheConfig(threshold=0.06, max_skip_steps=2, num_inference_steps=steps, mag_ratios=[1.0] * steps)


for name, expected in (
    ("FluxImg2ImgPipeline", (10, 334)), ("QwenImageImg2ImgPipeline", (10, 334)),
    ("StableDiffusion3Img2ImgPipeline", (10, 334)), ("WanVideoToVideoPipeline", (9, 297)),
):  # fmt: skip
    print(name, steps_of(name))
    assert steps_of(name) == expected

alone = experts(mag(12), None)
print("a cache on the first expert", alone)
assert [len(steps) for steps in alone] == [12, 28] and "0" in alone[0] and "0" not in alone[1]
one = experts(mag(40), mag(40))
print("one configuration of 40 steps for both", one)
# Each counts from 0: both compute the first 20 % of 40 steps, so the second begins anew.
assert all(steps.startswith("1" * 8) for steps in one)
own = experts(mag(12), mag(28))
print("a configuration of its own steps for each", own)
assert own[0].startswith("110") and own[1].startswith("1111110")

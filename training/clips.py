"""Clips for diffusers' LatteTransformer3DModel, by clean-sample prediction.

The noise level is drawn by flow time t (1 = clean), logit-normal and towards noise, where a clip's layout is decided.
Loss: (|x̂ − x|² + half of the same of the steps between neighbouring pixels) / max(1 − t, 0.25). Weighting it as velocity
would be, by the square, lets the nearly clean clips outvote all others; the steps make edges and the seams of patches
count for more than flat colour.
"""

import random

import torch
from diffusers import LatteTransformer3DModel as NETWORK  # noqa: F401 - what tasks.py asks of a task

from grammar import parse, sample_prompt, sentence, vocabulary  # noqa: F401
from model import build, noise_table, rows, scheduler, second_like_first  # noqa: F401
from render import render
from sample import sample  # noqa: F401

PROMPT = "a large red circle moving right on a black background"


def batch(config, rng: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
    """Clips [B, 3, F, S, S] and conditions [B, slots, columns]; some words, or all, are dropped."""
    prompts = [sample_prompt(rng, config.SECOND) for _ in range(config.BATCH)]
    clips = render(prompts, config.FRAMES, config.SIDE, rng, config.FREEDOM)
    seen = [
        {} if rng.random() < 0.1 else {slot: word for slot, word in prompt.items() if rng.random() > 0.03}
        for prompt in prompts
    ]
    return clips, rows(seen)


def differences(clips: torch.Tensor) -> torch.Tensor:
    """Mean square of the steps between neighbouring pixels, down and across, of each clip."""
    return clips.diff(dim=-1).square().mean(dim=(1, 2, 3, 4)) + clips.diff(dim=-2).square().mean(dim=(1, 2, 3, 4))


def noised(clips, table, device: str) -> tuple[torch.Tensor, ...]:
    """Clips with noise, [B, 3, F, S, S], at drawn timesteps [B], and the weight of their loss [B]."""
    alpha, sigma, time_of = table
    wanted = torch.sigmoid(torch.randn(len(clips)) * 1.5 - 0.9)  # flow time, 1 = clean
    step = (time_of[None] - wanted[:, None]).abs().argmin(dim=1)
    step[torch.rand(len(clips)) < 0.03] = len(alpha) - 1  # sampling begins at pure noise
    a, s = (values[step].to(device)[:, None, None, None, None] for values in (alpha, sigma))
    weight = 1 / (1 - time_of[step]).clamp(min=0.25).to(device)
    return a * clips + s * torch.randn_like(clips), step.to(device), weight


def loss_of(model, clips, conditions, table, device: str) -> torch.Tensor:
    clips, conditions = clips.to(device), conditions.to(device)
    noisy, step, weight = noised(clips, table, device)
    with torch.autocast(device, torch.bfloat16):
        predicted = model(noisy, timestep=step.float(), encoder_hidden_states=conditions).sample
    error = predicted.float() - clips
    return (error.square().mean(dim=(1, 2, 3, 4)) + 0.5 * differences(error)).mul(weight).mean()


def inside(name: str, parameter: torch.Tensor) -> bool:
    """Muon's: matrices inside blocks."""
    return "transformer_blocks" in name and parameter.ndim == 2 and "scale_shift" not in name


def asking(name: str) -> bool:
    """Latte's cross-attention takes its queries from the stream before any norm. At Muon's full rate its logits grow with
    the stream until it reads a single word, for good; so its queries and keys go at a twentieth."""
    return "attn2.to_q" in name or "attn2.to_k" in name

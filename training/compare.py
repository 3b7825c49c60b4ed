"""Compares choices of the recipe from scratch: python compare.py --clips 1920 --out log/compare-nano.json

Every run sees the same clips in the same order, with the same seed and schedule of rates, and differs from the first in
one thing. What it predicts of 64 clips that it has not seen is held against them at fixed timesteps, in every pixel,
whatever it was trained to predict. A run is written when it is done; a second call goes on with those that are missing.
"""

import argparse
import json
import random
import time
import types
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

from clips import batch, differences, noised
from config import nano
from grammar import sample_prompt
from model import build, noise_table, rows
from render import render
from train import optimizers

TIMESTEPS = [100, 300, 500, 700, 900, 999]  # of 1000; 999 is pure noise
RUNS = {
    "base": {},
    "predicts velocity": {"PREDICTS": "velocity"},
    "loss weighted as velocity": {"POWER": 2, "FLOOR": 0.05},
    "loss without steps between pixels": {"STEPS_WEIGHT": 0.0},
    "AdamW everywhere": {"MUON": False},
    "width 96": {"MODEL": {**nano.MODEL, "num_attention_heads": 3}},
    "patch 12": {"MODEL": {**nano.MODEL, "patch_size": 12}},
}
BASE = {"PREDICTS": "sample", "POWER": 1, "FLOOR": 0.25, "STEPS_WEIGHT": 0.5, "MUON": True}


def clean(config, output, noisy, step, table) -> torch.Tensor:
    """The prediction of the clean clip. Velocity is alpha times the noise less sigma times the clip."""
    if config.PREDICTS == "sample":
        return output
    alpha, sigma = (values[step.cpu()][:, None, None, None, None] for values in table[:2])
    return alpha * noisy - sigma * output


def loss_of(config, model, clips, conditions, table) -> torch.Tensor:
    noisy, step, _ = noised(clips, table, "cpu")
    with torch.autocast("cpu", torch.bfloat16):
        output = model(noisy, timestep=step.float(), encoder_hidden_states=conditions).sample
    error = clean(config, output.float(), noisy, step, table) - clips
    weight = (1 - table[2][step]).clamp(min=config.FLOOR) ** -config.POWER
    return (error.square().mean(dim=(1, 2, 3, 4)) + config.STEPS_WEIGHT * differences(error)).mul(weight).mean()


@torch.no_grad()
def errors(config, model, table) -> dict[str, float]:
    """Mean squared error of the clean clip at each timestep, on 64 held-out clips and the same noise for every run."""
    rng = random.Random(900_000)
    prompts = [sample_prompt(rng) for _ in range(64)]
    clips = render(prompts, config.FRAMES, config.SIDE, rng, config.FREEDOM)
    noise = torch.randn(clips.shape, generator=torch.Generator().manual_seed(0))
    found = {}
    for timestep in TIMESTEPS:
        step = torch.full((64,), timestep)
        noisy = table[0][timestep] * clips + table[1][timestep] * noise
        parts = [
            model(noisy[at], timestep=step[at].float(), encoder_hidden_states=rows(prompts[at])).sample
            for at in (slice(first, first + 16) for first in range(0, 64, 16))
        ]
        error = clean(config, torch.cat(parts), noisy, step, table) - clips
        found[str(timestep)] = round(error.square().mean().item(), 5)
    return found


def rate_at(progress: float, step: int) -> float:
    """Warm-up over 20 steps, constant, then linear to zero over the last third."""
    return min(1, step / 20) * min(1, (1 - progress) * 3)


def run(name: str, total: int) -> dict:
    fields = {key: value for key, value in vars(nano).items() if key.isupper()}
    config = types.SimpleNamespace(**{**fields, "BATCH": 16, "SECOND": 0.0, **BASE, **RUNS[name]})
    torch.manual_seed(0)
    rng, table = random.Random(0), noise_table()
    model = build(config)
    if config.MUON:
        optimizing = optimizers(model, config)
    else:
        optimizing = [torch.optim.AdamW(model.parameters(), config.ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.0)]
    rates = [optimizer.param_groups[0]["lr"] for optimizer in optimizing]
    forward, began = torch.compile(model), time.monotonic()
    for step in range(total // config.BATCH):
        for optimizer, full in zip(optimizing, rates):
            for group in optimizer.param_groups:
                group["lr"] = full * rate_at(step * config.BATCH / total, step + 1)
            optimizer.zero_grad(set_to_none=True)
        loss = loss_of(config, forward, *batch(config, rng), table)
        loss.backward()
        for optimizer in optimizing:
            optimizer.step()
        if step % 20 == 19:
            print(f"{name}: step {step + 1}, loss {loss.item():.4f}, {time.monotonic() - began:.0f} s", flush=True)
    found = errors(config, model, table)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        clip = torch.zeros(1, 3, config.FRAMES, config.SIDE, config.SIDE)
        model(clip, timestep=torch.zeros(1), encoder_hidden_states=rows([{}]))
    return {
        "run": name,
        "clips": total,
        "parameters": sum(p.numel() for p in model.parameters()),
        "gflop_per_forward": round(counter.get_total_flops() / 1e9, 3),
        "squared_error": found,
        "mean": round(sum(found.values()) / len(found), 5),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=1920, help="of every run")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    done = json.loads(arguments.out.read_text()) if arguments.out.exists() else []
    for name in RUNS:
        if any(one["run"] == name and one["clips"] == arguments.clips for one in done):
            continue
        done.append(run(name, arguments.clips))
        arguments.out.write_text(json.dumps(done, indent=1) + "\n")
        print(json.dumps(done[-1]), flush=True)


if __name__ == "__main__":
    main()

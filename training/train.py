"""Trains a Latte from scratch on rendered clips: python train.py nano --minutes 90 --out runs/nano

Clean-sample prediction; the noise level is drawn by flow time t (1 = clean), logit-normal and towards noise, where a
clip's layout is decided. Loss: |x̂ − x|² / max(1 − t, 0.25); weighting it as velocity would be, by the square, lets the
nearly clean clips outvote all others. Stops and resumes at any moment: everything is in <out>/state.pt.
"""

import argparse
import copy
import importlib
import json
import random
import time
from pathlib import Path

import torch

import grammar
from model import build, noise_table, rows, scheduler
from muon import Muon
from render import render
from sample import sample, sheet


def batch(config, rng: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
    """Clips [B, 3, F, S, S] and conditions [B, slots, columns]; some words, or all, are dropped."""
    prompts = [grammar.sample_prompt(rng) for _ in range(config.BATCH)]
    clips = render(prompts, config.FRAMES, config.SIDE, rng, config.FREEDOM)
    seen = [
        {} if rng.random() < 0.1 else {slot: word for slot, word in prompt.items() if rng.random() > 0.03}
        for prompt in prompts
    ]
    return clips, rows(seen)


def loss_of(model, clips, conditions, table, device: str) -> torch.Tensor:
    alpha, sigma, time_of = table
    wanted = torch.sigmoid(torch.randn(len(clips)) * 1.3 - 1.2)  # flow time, 1 = clean
    step = (time_of[None] - wanted[:, None]).abs().argmin(dim=1)
    step[torch.rand(len(clips)) < 0.03] = len(alpha) - 1  # sampling begins at pure noise
    clips, conditions = clips.to(device), conditions.to(device)
    a, s = (values[step].to(device)[:, None, None, None, None] for values in (alpha, sigma))
    noisy = a * clips + s * torch.randn_like(clips)
    with torch.autocast(device, torch.bfloat16):
        predicted = model(noisy, timestep=step.float().to(device), encoder_hidden_states=conditions).sample
    weight = 1 / (1 - time_of[step]).clamp(min=0.25).to(device)
    return ((predicted.float() - clips) ** 2).mean(dim=(1, 2, 3, 4)).mul(weight).mean()


def optimizers(model, config) -> list[torch.optim.Optimizer]:
    """Muon on the matrices inside blocks, AdamW on the rest.

    Latte's cross-attention takes its queries from the stream before any norm. At Muon's full rate its logits grow with
    the stream until it reads a single word, for good; so its queries and keys go at a twentieth."""
    inside = lambda name, p: "transformer_blocks" in name and p.ndim == 2 and "scale_shift" not in name
    asking = lambda name: "attn2.to_q" in name or "attn2.to_k" in name
    named = list(model.named_parameters())
    return [
        Muon([p for name, p in named if inside(name, p) and not asking(name)], config.MUON_RATE),
        Muon([p for name, p in named if inside(name, p) and asking(name)], config.MUON_RATE / 20),
        torch.optim.AdamW([p for name, p in named if not inside(name, p)], config.ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def rate_at(progress: float, step: int) -> float:
    """Warm-up over 100 steps, then constant, then linear to zero over the last 6 % of the time."""
    return min(1, step / 100) * min(1, (1 - progress) * 16)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", choices=["nano", "small"])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="of training in all, resumed ones included")
    parser.add_argument("--init", type=Path, help="begin from the weights of this checkpoint folder")
    parser.add_argument("--save-every", type=float, default=5, help="minutes between checkpoints")
    parser.add_argument("--batch", type=int, help="clips per step (default: the config's)")
    arguments = parser.parse_args()
    config = importlib.import_module(f"config.{arguments.config}")
    config.BATCH = arguments.batch or config.BATCH
    device = "cuda" if torch.cuda.is_available() else "cpu"
    arguments.out.mkdir(parents=True, exist_ok=True)
    state_file = arguments.out / "state.pt"

    torch.manual_seed(0)
    rng = random.Random(0)
    model = build(config).to(device)
    if arguments.init:
        model.load_state_dict(type(model).from_pretrained(arguments.init).state_dict())
    ema = copy.deepcopy(model).requires_grad_(False)
    optimizing = optimizers(model, config)
    rates = [optimizer.param_groups[0]["lr"] for optimizer in optimizing]
    step, clips_seen, spent = 0, 0, 0.0
    if state_file.exists():
        state = torch.load(state_file, weights_only=False)
        model.load_state_dict(state["model"])
        ema.load_state_dict(state["ema"])
        for optimizer, saved in zip(optimizing, state["optimizers"]):
            optimizer.load_state_dict(saved)
        step, clips_seen, spent = state["step"], state["clips"], state["spent"]
        rng.seed(step)
        torch.manual_seed(step)

    def save():
        state = dict(model=model.state_dict(), ema=ema.state_dict(), optimizers=[o.state_dict() for o in optimizing])
        torch.save({**state, "step": step, "clips": clips_seen, "spent": spent}, state_file.with_suffix(".new"))
        state_file.with_suffix(".new").replace(state_file)
        ema.save_pretrained(arguments.out / "transformer")
        scheduler().save_pretrained(arguments.out / "scheduler")
        (arguments.out / "progress.json").write_text(json.dumps(dict(clips=clips_seen, minutes=spent / 60, step=step)))
        prompts = [grammar.sample_prompt(random.Random(seed)) for seed in range(12)]
        sheet(sample(ema, prompts, config.STEPS, config.GUIDANCE, seed=1), arguments.out / f"sheet-{clips_seen:07d}.png")

    forward = torch.compile(model)
    table = noise_table()
    log = (arguments.out / "log.csv").open("a")
    began, saved, recent = time.monotonic() - spent, time.monotonic(), []
    while spent < arguments.minutes * 60:
        rate = rate_at(spent / (arguments.minutes * 60), step)
        for optimizer, full in zip(optimizing, rates):
            for group in optimizer.param_groups:
                group["lr"] = full * rate
            optimizer.zero_grad(set_to_none=True)
        loss = loss_of(forward, *batch(config, rng), table, device)
        loss.backward()
        for optimizer in optimizing:
            optimizer.step()
        step += 1
        clips_seen += config.BATCH
        with torch.no_grad():
            keep = min(0.999, step / (step + 20))
            for average, now in zip(ema.parameters(), model.parameters()):
                average.lerp_(now, 1 - keep)
        recent.append(loss.item())
        spent = time.monotonic() - began
        if step % 20 == 0:
            line = f"{step},{clips_seen},{spent:.0f},{sum(recent) / len(recent):.5f},{clips_seen / spent:.2f}"
            print(line, file=log, flush=True)
            print(line, flush=True)
            recent.clear()
        if time.monotonic() - saved > arguments.save_every * 60:
            save()
            saved = time.monotonic()
    save()


if __name__ == "__main__":
    main()

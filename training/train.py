"""Trains a model from scratch on rendered frames: python train.py nano --minutes 90 --out runs/nano

What it makes and learns is in clips.py (Latte), images.py (FLUX) or scenes/clips.py (latent Latte), as its config says. Stops and resumes at any moment:
everything is in <out>/state.pt.
"""

import argparse
import copy
import importlib
import json
import random
import time
from pathlib import Path

import torch

from muon import Muon
from sample import sheet
from tasks import CONFIGS, task_of


def optimizers(model, config) -> list[torch.optim.Optimizer]:
    """Muon on the matrices inside blocks, at a twentieth of its rate on those that `asking` names; AdamW on the rest."""
    task, named = task_of(config), list(model.named_parameters())
    muon = [(name, p) for name, p in named if task.inside(name, p)]
    groups = [
        ([p for name, p in muon if not task.asking(name)], config.MUON_RATE),
        ([p for name, p in muon if task.asking(name)], config.MUON_RATE / 20),
    ]
    rest = [p for name, p in named if not task.inside(name, p)]
    return [
        *(Muon(parameters, rate) for parameters, rate in groups if parameters),
        torch.optim.AdamW(rest, config.ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def rate_at(progress: float, step: int, cooldown: float) -> float:
    """Warm-up over 100 steps, then constant, then linear to zero over the last `cooldown` of the time."""
    return min(1, step / 100) * min(1, (1 - progress) / cooldown)


def main(arguments: list[str] | None = None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", choices=CONFIGS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="of training in all, resumed ones included")
    parser.add_argument("--init", type=Path, help="begin from the weights of this checkpoint folder")
    parser.add_argument("--save-every", type=float, default=5, help="minutes between checkpoints")
    parser.add_argument("--sheet-every", type=float, default=5, help="minutes between sheets of samples")
    parser.add_argument("--cooldown", type=float, default=0.06, help="share of the time over which the rate falls to zero")
    parser.add_argument("--teach-second", action="store_true", help="--init knew one object: begin its second from its first")
    parser.add_argument("--data", type=Path, help="folder of latents and their autoencoder, for a model of latents")
    parser.add_argument("--batch", type=int, help="clips per step (default: the config's)")
    parser.add_argument("--eager", action="store_true", help="do not compile, which takes longer than a few steps do")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args(arguments)
    if not 0 < arguments.cooldown <= 1:
        parser.error(f"--cooldown is {arguments.cooldown:g}; it must be a share above 0 and at most 1")
    if arguments.batch is not None and arguments.batch < 1:
        parser.error(f"--batch is {arguments.batch}; it must be at least 1")
    config = importlib.import_module(f"config.{arguments.config}")
    config.BATCH = arguments.batch or config.BATCH
    device = arguments.device
    torch.set_float32_matmul_precision("high")  # Muon's products need no more; what is in bf16 stays so
    arguments.out.mkdir(parents=True, exist_ok=True)
    state_file = arguments.out / "state.pt"

    torch.manual_seed(0)
    rng = random.Random(0)
    task = task_of(config)
    if arguments.data:
        task.use(arguments.data, device)
        task.keep(arguments.out)
    model = task.build(config).to(device)
    if arguments.init:
        model.load_state_dict(type(model).from_pretrained(arguments.init).state_dict())
    if arguments.teach_second:
        if not arguments.init or not hasattr(task, "second_like_first"):
            parser.error("--teach-second is for clips, and needs --init")
        task.second_like_first(model)
    ema = copy.deepcopy(model).requires_grad_(False)
    optimizing = optimizers(model, config)
    rates = [optimizer.param_groups[0]["lr"] for optimizer in optimizing]
    step, clips_seen, spent = 0, 0, 0.0
    if state_file.exists():
        state = torch.load(state_file, weights_only=False, map_location=device)
        model.load_state_dict(state["model"])
        ema.load_state_dict(state["ema"])
        for optimizer, saved in zip(optimizing, state["optimizers"]):
            optimizer.load_state_dict(saved)
        step, clips_seen, spent = state["step"], state["clips"], state["spent"]
        rng.seed(step)
        torch.manual_seed(step)

    def save(with_sheet: bool):
        state = dict(model=model.state_dict(), ema=ema.state_dict(), optimizers=[o.state_dict() for o in optimizing])
        torch.save({**state, "step": step, "clips": clips_seen, "spent": spent}, state_file.with_suffix(".new"))
        state_file.with_suffix(".new").replace(state_file)
        ema.save_pretrained(arguments.out / "transformer")
        task.scheduler().save_pretrained(arguments.out / "scheduler")
        (arguments.out / "progress.json").write_text(json.dumps(dict(clips=clips_seen, minutes=spent / 60, step=step)))
        if not with_sheet:
            return
        prompts = [task.sample_prompt(random.Random(seed)) for seed in range(12)]
        sheet(task.sample(ema, prompts, config.STEPS, config.GUIDANCE, seed=1), arguments.out / f"sheet-{clips_seen:07d}.png")

    forward = model if arguments.eager else torch.compile(model)
    table = task.noise_table()
    averages, weights = list(ema.parameters()), list(model.parameters())
    log = (arguments.out / "log.csv").open("a")
    began, saved, drawn, recent = time.monotonic() - spent, time.monotonic(), time.monotonic(), []
    while spent < arguments.minutes * 60:
        rate = rate_at(spent / (arguments.minutes * 60), step, arguments.cooldown)
        for optimizer, full in zip(optimizing, rates):
            for group in optimizer.param_groups:
                group["lr"] = full * rate
            optimizer.zero_grad(set_to_none=True)
        loss = task.loss_of(forward, *task.batch(config, rng), table, device)
        loss.backward()
        for optimizer in optimizing:
            optimizer.step()
        step += 1
        clips_seen += config.BATCH
        with torch.no_grad():
            torch._foreach_lerp_(averages, weights, 1 - min(0.999, step / (step + 20)))
        recent.append(loss.detach())
        spent = time.monotonic() - began
        if step % 20 == 0:
            line = f"{step},{clips_seen},{spent:.0f},{torch.stack(recent).mean().item():.5f},{clips_seen / spent:.2f}"
            print(line, file=log, flush=True)
            print(line, flush=True)
            recent.clear()
        if time.monotonic() - saved > arguments.save_every * 60:
            due = time.monotonic() - drawn > arguments.sheet_every * 60
            save(due)
            saved = time.monotonic()
            drawn = saved if due else drawn
    save(True)


if __name__ == "__main__":
    main()

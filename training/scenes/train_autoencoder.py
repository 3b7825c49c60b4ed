"""Trains the autoencoder on frames rendered as it goes: python -m scenes.train_autoencoder --minutes 60 --out runs/ae

Stops and resumes at any moment: everything is in <out>/state.pt. `--decoder-only` leaves the encoder as it is, so that
latents already encoded, and the transformer that learns them, stay valid. The rates are those of batches of 16 and of
256: Muon's steps are as long whatever the batch, and larger batches were not tried long enough to raise AdamW's.
"""

import argparse
import copy
import json
import math
import time
from pathlib import Path

import torch

from muon import Muon
from scenes import autoencoder
from scenes.crops import SIDE, Frames
from scenes.grammar import draw
from scenes.render import render
from scenes.sheet import sheet

MUON_RATE, ADAM_RATE = 0.015, 2e-3


def decibels(square: float) -> float:
    """PSNR of a mean square error between pictures in [-1, 1]."""
    return 10 * math.log10(4 / square)


@torch.no_grad()
def quality(model, picture: Path | None = None) -> dict[str, float]:
    """On 24 frames that were not trained on, rendered on the CPU so that they are the same for every device: mean PSNR,
    PSNR of the mean error, of the object's pixels, and the worst."""
    generator = torch.Generator().manual_seed(999)
    frames, cover = render(draw(24, generator), torch.tensor([0.5]), SIDE, generator)
    frames, cover = frames.to(model.device), cover.to(model.device)
    latents = autoencoder.encode(model, frames)
    decoded = autoencoder.decode(model, latents).clamp(-1, 1)
    square = (decoded - frames).square().mean(1, keepdim=True)
    each = [decibels(one) for one in square.mean((1, 2, 3, 4)).tolist()]
    if picture:
        sheet(torch.cat([frames, decoded], 2), picture, columns=4)
    return {
        "psnr": sum(each) / len(each),
        "psnr_of_mean": decibels(square.mean().item()),
        "psnr_object": decibels(((square[:, 0] * cover).sum() / cover.sum()).item()),
        "worst": min(each),
        "latent_deviation": latents.std().item(),
    }


def main(arguments: list[str] | None = None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="of training in all, those before a stop included")
    parser.add_argument("--batch", type=int, default=16, help="crops of a step")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--save-every", type=float, default=5, help="minutes between checkpoints")
    parser.add_argument("--measure-every", type=float, default=20, help="minutes between measurements and sheets")
    parser.add_argument("--cooldown", type=float, default=0.3, help="share of the time over which the rate falls to zero")
    parser.add_argument("--decoder-only", action="store_true")
    arguments = parser.parse_args(arguments)
    if not 0 < arguments.cooldown <= 1:
        parser.error(f"--cooldown is {arguments.cooldown:g}; it must be a share above 0 and at most 1")
    if arguments.batch is not None and arguments.batch < 1:
        parser.error(f"--batch is {arguments.batch}; it must be at least 1")
    arguments.out.mkdir(parents=True, exist_ok=True)
    state_file = arguments.out / "state.pt"
    torch.manual_seed(0)
    model = autoencoder.build().to(arguments.device, memory_format=torch.channels_last)
    ema = copy.deepcopy(model).requires_grad_(False)
    step, crops, spent = 0, 0, 0.0
    if arguments.decoder_only:
        model.encoder.requires_grad_(False)
    learned = [p for p in model.parameters() if p.requires_grad]
    inner = [p for p in learned if p.ndim == 4 and p.size(0) == p.size(1) == autoencoder.WIDTH]
    outer = [p for p in learned if not any(p is one for one in inner)]
    optimizers = [
        Muon(inner, MUON_RATE, decay=0.02),
        torch.optim.AdamW(outer, ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.0),
    ]
    if state_file.exists():
        state = torch.load(state_file, weights_only=False, map_location=arguments.device)
        model.load_state_dict(state["model"])
        ema.load_state_dict(state["ema"])
        step, spent = state["step"], state["spent"]
        crops = state.get("crops", 16 * step)  # all batches were of 16 where none is said
        if state["decoder_only"] == arguments.decoder_only:
            for optimizer, saved in zip(optimizers, state["optimizers"]):
                optimizer.load_state_dict(saved)
        if arguments.decoder_only and not state["decoder_only"]:
            model.encoder.load_state_dict(ema.encoder.state_dict())  # the one that clips were encoded with
    torch.manual_seed(step)
    frames = Frames(torch.Generator(arguments.device).manual_seed(1000 + step), arguments.batch)

    def save(measured: bool):
        state = dict(model=model.state_dict(), ema=ema.state_dict(), optimizers=[o.state_dict() for o in optimizers])
        state |= dict(step=step, crops=crops, spent=spent, decoder_only=arguments.decoder_only)
        torch.save(state, state_file.with_suffix(".new"))
        state_file.with_suffix(".new").replace(state_file)
        ema.save_pretrained(arguments.out / "vae")
        if not measured:
            return
        found = {"minutes": round(spent / 60, 1), "crops": crops, **quality(ema, arguments.out / "sheet.png")}
        print(json.dumps(found), flush=True)
        with (arguments.out / "quality.jsonl").open("a") as file:
            file.write(json.dumps(found) + "\n")

    log = (arguments.out / "log.csv").open("a")
    averages, weights, recent = list(ema.parameters()), list(model.parameters()), []
    saved = looked = time.monotonic()
    began = saved - spent
    while spent < arguments.minutes * 60:
        left = 1 - spent / (arguments.minutes * 60)
        rate = min(1, (step + 1) / 50) * min(1, left / arguments.cooldown)
        for optimizer, full in zip(optimizers, (MUON_RATE, ADAM_RATE)):
            optimizer.param_groups[0]["lr"] = full * rate
            optimizer.zero_grad(set_to_none=True)
        loss, square = autoencoder.loss_of(model, *frames.batch())
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        step, crops = step + 1, crops + arguments.batch
        with torch.no_grad():
            torch._foreach_lerp_(averages, weights, 1 - min(0.995, step / (step + 10)))
        recent.append(torch.stack([loss.detach(), square]))
        spent = time.monotonic() - began
        if step % 20 == 0:
            mean = torch.stack(recent).mean(0).tolist()  # the one wait for the device in twenty steps
            print(f"{step},{crops},{spent:.0f},{mean[0]:.4f},{decibels(mean[1]):.2f}", file=log, flush=True)
            recent.clear()
        if time.monotonic() - saved > arguments.save_every * 60:
            due = time.monotonic() - looked > arguments.measure_every * 60
            save(due)
            saved = time.monotonic()
            looked = saved if due else looked
    save(True)


if __name__ == "__main__":
    main()

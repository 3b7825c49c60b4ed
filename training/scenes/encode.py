"""Renders clips and keeps their latents on disk: python -m scenes.encode scenes_nano --vae runs/ae/vae --out runs/scenes-data --clips 20000

In chunks of 64, each from its own seed, so that it stops and goes on anywhere, and training may begin on the first ones.
The chunk named held-0000.pt is of a seed of its own, for measuring, and is always rendered on the CPU: the same clips
whatever the device, which a seed alone does not give.
"""

import argparse
import importlib
import math
import shutil
import time
from pathlib import Path

import torch
from diffusers import AutoencoderTiny

from scenes.autoencoder import encode
from scenes.grammar import draw
from scenes.render import render

CHUNK, PART = 64, {"cpu": 8, "cuda": 64}  # clips of a file, and at once
HELD_SEED = 900_000


def chunk_of(config, vae: AutoencoderTiny, seed: int, device: str = "cpu") -> dict[str, torch.Tensor]:
    """Prompts [64, 7] and latents [64, C, F, S, S] in half precision, on the CPU; rendered on the device."""
    generator = torch.Generator(device).manual_seed(seed)
    prompts = draw(CHUNK, generator, config.HELD)
    times = torch.linspace(0, 1, config.FRAMES)
    latents = [
        encode(vae, render(some, times, config.SIDE * config.PIXELS, generator, config.FREEDOM)[0].to(vae.device)).half()
        for some in prompts.split(PART[torch.device(device).type])
    ]
    return {"prompts": prompts.byte().cpu(), "latents": torch.cat(latents).cpu()}


def main(arguments: list[str] | None = None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config")
    parser.add_argument("--vae", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after as many, if it comes to that")
    parser.add_argument("--device", choices=list(PART), default="cpu")
    arguments = parser.parse_args(arguments)
    if arguments.clips < CHUNK:
        parser.error(f"--clips is {arguments.clips}; it must be at least {CHUNK}, the clips of one file")
    config = importlib.import_module(f"config.{arguments.config}")
    vae = AutoencoderTiny.from_pretrained(arguments.vae, torch_dtype=torch.float32).eval().to(arguments.device, memory_format=torch.channels_last)
    latents = arguments.out / "latents"
    latents.mkdir(parents=True, exist_ok=True)
    shutil.copytree(arguments.vae, arguments.out / "vae", dirs_exist_ok=True)
    names = [("held-0000", HELD_SEED)] + [(f"{i:04d}", i) for i in range(arguments.clips // CHUNK)]
    began, made = time.monotonic(), 0
    for name, seed in names:
        file = latents / f"{name}.pt"
        if file.exists():
            continue
        if made > CHUNK and time.monotonic() - began > arguments.minutes * 60:
            break
        device = "cpu" if seed == HELD_SEED else arguments.device
        torch.save(chunk_of(config, vae, seed, device), file.with_suffix(".new"))
        file.with_suffix(".new").replace(file)
        made += CHUNK
        if made % (16 * CHUNK) == 0:
            print(name, f"{made / (time.monotonic() - began):.2f} clips/s", flush=True)


if __name__ == "__main__":
    main()

"""What a run or an exported folder has learned: python -m scenes.evaluate runs/scenes --data runs/scenes-data --clips 32

With --data, the error of the predicted clean latents at five noise levels, on the 64 held clips that encode.py keeps apart,
the same noise each time. With --clips, how often clips show what was asked, as read.py reads them, on prompts from a seed
that nothing was chosen on. One line of JSON.
"""

import argparse
import json
import random
from pathlib import Path

import torch

from scenes import clips, grammar
from scenes.read import adherence, read
from tasks import load

SIGMAS = [0.2, 0.5, 0.8, 0.95, 1.0]
PROMPT_SEED = 300_000  # used for nothing else
CHUNK = 8  # clips at once


@torch.no_grad()
def errors(network, held: dict[str, torch.Tensor]) -> dict[str, float]:
    """Mean square error of x0 = x − σ·v by σ; latents have a deviation of about 1."""
    slots = network.config.caption_channels
    count = next(k for k in range(1, len(grammar.NAMES) + 1) if grammar.width(k) == slots)
    device = next(network.parameters()).device
    latents, conditions = held["latents"].float(), grammar.rows(held["prompts"].long()[:, :count])
    noise, found = torch.randn(latents.shape, generator=torch.Generator().manual_seed(7)), {}
    for sigma in SIGMAS:
        squares = []
        for x, n, text in zip(*(whole.to(device).split(CHUNK) for whole in (latents, noise, conditions))):
            noisy, time = (1 - sigma) * x + sigma * n, torch.full((len(x),), sigma * 1000, device=device)
            velocity = network(noisy, timestep=time, encoder_hidden_states=text).sample.float()
            squares.append((noisy - sigma * velocity - x).square().mean((1, 2, 3, 4)))
        found[str(sigma)] = round(torch.cat(squares).mean().item(), 4)
    return found


def shown(network, scheduler, count: int, steps: int, guidance: float) -> dict[str, float]:
    rng = random.Random(PROMPT_SEED)
    prompts, readings = [clips.sample_prompt(rng) for _ in range(count)], []
    for first in range(0, count, CHUNK):
        some = prompts[first : first + CHUNK]
        readings += read(clips.sample(network, some, steps, guidance, PROMPT_SEED + first, by=scheduler).cpu())
    return {slot: round(share, 4) for slot, share in adherence(prompts, readings).items()}


def main(arguments: list[str] | None = None) -> dict:
    """What it prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--clips", type=int, default=0)
    parser.add_argument("--steps", type=int, default=28)
    parser.add_argument("--guidance", type=float, default=4.0)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args(arguments)
    _, network, scheduler = load(arguments.folder, arguments.device)
    found = {"steps": arguments.steps, "guidance": arguments.guidance, "prompts": arguments.clips}
    progress = arguments.folder / "progress.json"
    if progress.exists():
        found = {"trained_clips": json.loads(progress.read_text())["clips"], **found}
    if arguments.data:
        found["errors"] = errors(network, torch.load(arguments.data / "latents" / "held-0000.pt", map_location="cpu"))
    if arguments.clips:
        found["shown"] = shown(network, scheduler, arguments.clips, arguments.steps, arguments.guidance)
    print(json.dumps(found))
    return found


if __name__ == "__main__":
    main()

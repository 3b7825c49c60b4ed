"""What a run or an exported folder has learned: python -m scenes.evaluate runs/scenes --data runs/scenes-data --clips 32

With --data, the error of the predicted clean latents at five noise levels, on the 64 held clips that encode.py keeps apart,
the same noise each time. With --clips, how often clips show what was asked, as read.py reads them, on prompts from a seed
that nothing was chosen on. One line of JSON.
"""

import argparse
import json
import random
import time
from pathlib import Path

import torch

from scenes import grammar
from scenes.read import adherence, read
from scenes.render import render
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


def shown(
    task, network, scheduler, count: int, steps: int, guidance: float, readings: list[dict] | None = None, minutes: float = 1e9
) -> dict[str, float]:
    """Shares by slot, of the first `count` prompts. `readings` of the first ones, where there are some, are gone on with until
    all are there or the minutes are over; then the shares are of those."""
    readings, rng, end = [] if readings is None else readings, random.Random(PROMPT_SEED), time.monotonic() + 60 * minutes
    prompts = [task.sample_prompt(rng) for _ in range(count)]
    for first in range(len(readings), count, CHUNK):
        some = prompts[first : first + CHUNK]
        readings += read(task.sample(network, some, steps, guidance, PROMPT_SEED + first, by=scheduler).cpu())
        if time.monotonic() > end:
            break
    return {slot: round(share, 4) for slot, share in adherence(prompts, readings).items()}


def trained(folder: Path) -> dict[str, int]:
    """Clips that the weights of a run or of an exported folder have seen."""
    for file, at in (("progress.json", lambda json: json["clips"]), ("manifest.json", lambda json: json["training"]["clips"])):
        if (folder / file).exists():
            return {"trained_clips": at(json.loads((folder / file).read_text()))}
    return {}


def rendered(task, count: int) -> dict[str, float]:
    """How often the reader is right on clips that it was not fitted on."""
    generator, rng = torch.Generator().manual_seed(PROMPT_SEED), random.Random(PROMPT_SEED + 1)
    prompts, readings, times = [task.sample_prompt(rng) for _ in range(count)], [], torch.linspace(0, 1, 8)
    for first in range(0, count, CHUNK):
        some = grammar.tensor([{"motion": "rising", "camera": "still", **prompt} for prompt in prompts[first : first + CHUNK]])
        readings += read(render(some, times, 144, generator, 0.6)[0])
    return {slot: round(share, 4) for slot, share in adherence(prompts, readings).items()}


def card(task, found: dict, count: int) -> dict:
    """What a model card says of adherence."""
    line = {"steps": found["steps"], "guidance": found["guidance"], **found["shown"]}
    kept = {key: found[key] for key in ("trained_clips", "prompts")}
    return {**kept, "prompt_seed": PROMPT_SEED, "rendered": {"0.6": rendered(task, count)}, "lines": [line]}


def main(arguments: list[str] | None = None) -> dict:
    """What it prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--clips", type=int, default=0)
    parser.add_argument("--steps", type=int, default=28)
    parser.add_argument("--guidance", type=float, default=4.0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rendered", type=int, default=96, help="clips on which --out says how often the reader is right")
    parser.add_argument("--minutes", type=float, default=1e9, help="of sampling; with --out the next call goes on")
    parser.add_argument("--out", type=Path, help="log/adherence-….json as the model card reads it, with the readings so far beside it")
    arguments = parser.parse_args(arguments)
    task, network, scheduler = load(arguments.folder, arguments.device)
    found = {"steps": arguments.steps, "guidance": arguments.guidance, "prompts": arguments.clips}
    found = {**trained(arguments.folder), **found}
    if arguments.data:
        found["errors"] = errors(network, torch.load(arguments.data / "latents" / "held-0000.pt", map_location="cpu"))
    if arguments.clips:
        kept = arguments.out and arguments.out.with_suffix(".readings.json")
        asked = {key: found.get(key) for key in ("trained_clips", "steps", "guidance")}
        before = json.loads(kept.read_text()) if kept and kept.exists() else {}
        readings = before["readings"] if before.get("asked") == asked else []
        found["shown"] = shown(task, network, scheduler, arguments.clips, arguments.steps, arguments.guidance, readings, arguments.minutes)
        found["prompts"] = min(arguments.clips, len(readings))
        if kept:
            kept.write_text(json.dumps({"asked": asked, "readings": readings}) + "\n")
            arguments.out.write_text(json.dumps(card(task, found, arguments.rendered), indent=1) + "\n")
    print(json.dumps(found))
    return found


if __name__ == "__main__":
    main()

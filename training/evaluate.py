"""How often clips show what was asked: python evaluate.py ../site/public/models/latte-motion-nano --out evaluation.json

First the readings themselves, on freshly rendered clips; then guidance, on some prompts; then the table, on prompts
that nothing was chosen on.
"""

import argparse
import json
import random
from pathlib import Path

import torch
from diffusers import LatteTransformer3DModel

import grammar
from adherence import adherence, read
from render import render
from sample import sample

GUIDANCES = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0]
CHUNK = 8  # clips at once


def prompts_of(seed: int, count: int) -> list[dict[str, str]]:
    rng = random.Random(seed)
    return [grammar.sample_prompt(rng) for _ in range(count)]


def in_chunks(make, prompts: list[dict[str, str]]) -> dict[str, float]:
    readings = []
    for first in range(0, len(prompts), CHUNK):
        readings += read(make(prompts[first : first + CHUNK], first))
    return adherence(prompts, readings)


def rendered(count: int, frames: int, side: int, freedom: float) -> dict[str, float]:
    rng = random.Random(7)
    return in_chunks(lambda prompts, _: render(prompts, frames, side, rng, freedom), prompts_of(70_000, count))


def generated(model, prompts, steps: int, guidance: float) -> dict[str, float]:
    return in_chunks(lambda some, first: sample(model, some, steps, guidance, seed=first), prompts)


def line(name: str, shares: dict[str, float]) -> None:
    print(f"{name:>14} " + " ".join(f"{slot} {share:.3f}" for slot, share in shares.items()), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=int, default=96, help="prompts of the table")
    parser.add_argument("--choose", type=int, default=32, help="prompts to choose guidance on; 0: keep the manifest's")
    parser.add_argument("--rendered", type=int, default=768)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    model = LatteTransformer3DModel.from_pretrained(arguments.folder / "transformer", torch_dtype=torch.float32)
    frames, side = model.config.video_length, model.config.sample_size
    found: dict = {"rendered": {}, "guidance": {}}
    for freedom in (1.0, 0.2):
        found["rendered"][str(freedom)] = rendered(arguments.rendered, frames, side, freedom)
        line(f"freedom {freedom}", found["rendered"][str(freedom)])
    for guidance in GUIDANCES if arguments.choose else []:
        shares = generated(model, prompts_of(80_000, arguments.choose), arguments.steps, guidance)
        found["guidance"][str(guidance)] = shares
        line(f"guidance {guidance}", shares)
    if arguments.choose:
        score = lambda shares: sum(shares[slot] for slot in ("background", "colour", "size", "shape", "motion", "overlap"))
        chosen = max(GUIDANCES, key=lambda guidance: score(found["guidance"][str(guidance)]))
    else:
        chosen = json.loads((arguments.folder / "manifest.json").read_text())["defaults"]["guidance"]
    found["chosen"] = chosen
    found["table"] = generated(model, prompts_of(90_000, arguments.clips), arguments.steps, chosen)
    line(f"table at {chosen}", found["table"])
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()

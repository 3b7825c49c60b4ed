"""How often clips show what was asked: python evaluate.py ../site/public/models/latte-motion-nano --out log/adherence-nano.json

Prompts from a range of seeds that nothing was chosen or tuned on. First the readings themselves, on freshly rendered
clips; then the model's clips by steps at the manifest's guidance, and by guidance at its steps. Each line is written as
it is known.
"""

import argparse
import json
import random
from pathlib import Path

import torch

from adherence import adherence, read
from render import render
from tasks import load

STEPS = [8, 12, 20, 30, 50]
GUIDANCES = [1.0, 1.5, 4.0]
PROMPT_SEED = 300_000  # used for nothing else
CHUNK = 32  # clips at once


def prompts_of(task, seed: int, count: int, second: float = 0.0) -> list[dict[str, str]]:
    rng = random.Random(seed)
    return [task.sample_prompt(rng, second) if second else task.sample_prompt(rng) for _ in range(count)]


def in_chunks(make, prompts: list[dict[str, str]]) -> dict[str, float]:
    readings = []
    for first in range(0, len(prompts), CHUNK):
        readings += read(make(prompts[first : first + CHUNK], first))
    return adherence(prompts, readings)


def rendered(task, count: int, frames: int, side: int, freedom: float, second: float = 0.0) -> dict[str, float]:
    rng = random.Random(7)
    made = in_chunks(lambda prompts, _: render(prompts, frames, side, rng, freedom), prompts_of(task, 70_000, count, second))
    return {name: round(share, 4) for name, share in made.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=int, default=256, help="prompts of every line of the table")
    parser.add_argument("--rendered", type=int, default=768)
    parser.add_argument("--objects", type=int, choices=[1, 2], default=1, help="that every prompt speaks of")
    parser.add_argument("--only-default", action="store_true", help="one line: the manifest's steps and guidance")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    task, model, _ = load(arguments.folder)
    model = torch.compile(model)
    manifest = json.loads((arguments.folder / "manifest.json").read_text())
    defaults, clip = manifest["defaults"], manifest["clip"]
    size, second = (clip["frames"], clip["height"]), float(arguments.objects - 1)
    found = {
        "model": manifest["name"],
        "trained_clips": manifest["training"]["clips"],
        "objects": arguments.objects,
        "prompts": arguments.clips,
        "prompt_seed": PROMPT_SEED,
        "rendered": {str(freedom): rendered(task, arguments.rendered, *size, freedom, second) for freedom in (1.0, 0.2)},
        "lines": [],
    }
    print(json.dumps(found["rendered"]), flush=True)
    prompts = prompts_of(task, PROMPT_SEED, arguments.clips, second)
    cells = [(defaults["steps"], defaults["guidance"])]
    if not arguments.only_default:
        cells += [(steps, defaults["guidance"]) for steps in STEPS if steps != defaults["steps"]]
        cells += [(defaults["steps"], guidance) for guidance in GUIDANCES]
    for steps, guidance in cells:
        shares = in_chunks(lambda some, first: task.sample(model, some, steps, guidance, seed=PROMPT_SEED + first), prompts)
        found["lines"].append({"steps": steps, "guidance": guidance, **{k: round(v, 4) for k, v in shares.items()}})
        print(json.dumps(found["lines"][-1]), flush=True)
        arguments.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()

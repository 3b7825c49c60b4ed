"""Samples clips with diffusers alone: python sample.py runs/nano --out sheet.png [--prompt "a large red circle …"]

sheet.json beside it says what was asked, and of which weights.
"""

import argparse
import json
import random
from pathlib import Path

import torch
from PIL import Image

from model import rows
from model import scheduler as default_scheduler


@torch.no_grad()
def sample(model, prompts: list[dict[str, str]], steps: int, guidance: float, seed: int, noise=None, on_step=None, by=None):
    """Clips [N, 3, F, S, S] in about [-1, 1], by DDIM with classifier-free guidance; batch order uncond, cond."""
    scheduler = by or default_scheduler()
    scheduler.set_timesteps(steps)
    config, device = model.config, next(model.parameters()).device
    shape = (len(prompts), 3, config.video_length, config.sample_size, config.sample_size)
    if noise is None:
        noise = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed))
    x = noise.to(device)
    conditions = torch.cat([rows([{}] * len(prompts)), rows(prompts)]).to(device)
    for step, timestep in enumerate(scheduler.timesteps):
        t = timestep.float().expand(2 * len(prompts)).to(device)
        uncond, cond = model(torch.cat([x, x]), timestep=t, encoder_hidden_states=conditions).sample.float().chunk(2)
        guided = uncond + guidance * (cond - uncond)
        if on_step:
            on_step(step, guided)
        x = scheduler.step(guided, timestep, x).prev_sample
    return x


def sheet(clips: torch.Tensor, path: Path) -> None:
    """One clip a row, one frame a column; still frames eight a row. Small frames are shown twice as large."""
    zoom = 2 if clips.size(-1) < 96 else 1
    pixels = ((clips.clamp(-1, 1) + 1) * 127.5).round().byte()  # [N, 3, F, S, S]
    if clips.size(2) == 1 and len(clips) % 8 == 0:
        pixels = pixels.unflatten(0, (-1, 8)).squeeze(3).transpose(1, 2)
    image = pixels.permute(0, 3, 2, 4, 1).reshape(pixels.size(0) * pixels.size(3), -1, 3)  # [N·S, F·S, 3]
    picture = Image.fromarray(image.cpu().numpy())
    picture.resize((picture.width * zoom, picture.height * zoom), Image.NEAREST).save(path, quality=90)


def main(arguments: list[str] | None = None):
    from tasks import load  # which needs this module

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("sheet.png"))
    parser.add_argument("--prompt", action="append")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=2.5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--each", type=int, help="so many clips in place of sixteen, each with a seed of its own from 0 on")
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args(arguments)
    task, model, scheduler = load(arguments.folder, arguments.device)
    prompts = [task.parse(text) for text in arguments.prompt or []]
    prompts = prompts or [task.sample_prompt(random.Random(1000 + seed)) for seed in range(arguments.each or 16)]
    make = lambda some, seed: task.sample(model, some, arguments.steps, arguments.guidance, seed, by=scheduler)  # noqa: E731
    seeds = list(range(len(prompts))) if arguments.each else arguments.seed
    clips = torch.cat([make([prompt], seed) for prompt, seed in zip(prompts, seeds)]) if arguments.each else make(prompts, seeds)
    sheet(clips, arguments.out)
    asked = {"steps": arguments.steps, "guidance": arguments.guidance, "seed": seeds}
    asked["prompts"] = [task.sentence(prompt) for prompt in prompts]
    manifest = arguments.folder / "manifest.json"  # a run has none yet
    if manifest.exists():
        asked["trained_clips"] = json.loads(manifest.read_text())["training"]["clips"]
    arguments.out.with_suffix(".json").write_text(json.dumps(asked, indent=1) + "\n")
    print("\n".join(asked["prompts"]))


if __name__ == "__main__":
    main()

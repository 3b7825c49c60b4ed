"""A clip of latte-scenes-nano with diffusers' own parts, nothing of this project's: python pipeline_example.py FOLDER clip.gif

clip.safetensors in place of clip.gif holds the numbers, for comparing them with the engine's.
"""

import json
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderTiny, FlowMatchEulerDiscreteScheduler, LatteTransformer3DModel
from PIL import Image
from safetensors.torch import save_file

PROMPT = ["red", "balloon", "drifting right", "green hills", "sunset", "clouds"]  # one word for each slot


def rows(slots: list[dict], prompt: list[str | None]) -> torch.Tensor:
    words = [None, *((slot["name"], word) for slot in slots for word in slot["words"])]  # None is the pad
    index = [words.index(word and (slot["name"], word)) for slot, word in zip(slots, prompt, strict=True)]
    return torch.nn.functional.one_hot(torch.tensor([index]), len(words)).float()


@torch.no_grad()
def clip(folder: Path, prompt: list[str], seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """The last latents, and the clip that they decode to, [1, 3, frames, height, width] in about [-1, 1]."""
    transformer, vae = (
        kind.from_pretrained(folder, subfolder=name, torch_dtype=torch.float32).eval()
        for kind, name in ((LatteTransformer3DModel, "transformer"), (AutoencoderTiny, "vae"))
    )
    scheduler = FlowMatchEulerDiscreteScheduler.from_pretrained(folder, subfolder="scheduler")
    defaults = json.loads((folder / "manifest.json").read_text())["defaults"]
    slots = json.loads((folder / "text" / "vocabulary.json").read_text())["slots"]
    text, config = torch.cat([rows(slots, [None] * len(slots)), rows(slots, prompt)]), transformer.config
    shape = (1, config.in_channels, config.video_length, config.sample_size, config.sample_size)
    latents = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    scheduler.set_timesteps(sigmas=torch.linspace(1, 1 / defaults["steps"], defaults["steps"]).tolist())
    for t in scheduler.timesteps:
        both = transformer(torch.cat([latents, latents]), timestep=t.expand(2), encoder_hidden_states=text).sample
        uncond, cond = both.chunk(2)
        latents = scheduler.step(uncond + defaults["guidance"] * (cond - uncond), t, latents).prev_sample
    frames = vae.decode(latents[0].transpose(0, 1) / vae.config.scaling_factor + vae.config.shift_factor).sample
    return latents, frames.transpose(0, 1)[None]


def main(folder: str, out: str):
    latents, made = clip(Path(folder), PROMPT)
    if out.endswith(".safetensors"):
        return save_file({"latents": latents, "clip": made.contiguous()}, out)
    pixels = ((made[0].clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 3, 0).numpy()
    first, *others = [Image.fromarray(frame) for frame in pixels]
    first.save(out, save_all=True, append_images=others, duration=125, loop=0)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Still frames of the landscapes for diffusers' FluxTransformer2DModel, by flow matching: what tasks.py asks of a task.

Latents, their noise and σ are those of clips.py, of one frame at a time; tokens, ids and the two texts those of images.py. A
prompt has no motion and no camera.
"""

import random

import torch
from diffusers import FluxTransformer2DModel as NETWORK

import images
from config import flux_scenes_nano
from images import asking, inside  # noqa: F401 - what tasks.py asks of a task
from scenes import clips, grammar
from scenes.clips import keep, noise_table, use  # noqa: F401

PACK = 2  # places of latents on a side of a token, as FluxPipeline packs them
SLOTS = {name: words for name, words in grammar.SLOTS.items() if name not in ("motion", "camera")}
TEMPLATE = "a {colour} {object} over {scene} at {time} with {weather}"
COLUMNS = [grammar.NAMES.index(name) for name in SLOTS]  # of a prompt of seven words
OFFSETS = torch.tensor([1 + sum(map(len, list(SLOTS.values())[:i])) for i in range(len(SLOTS))])
WIDTH = 1 + sum(map(len, SLOTS.values()))
PROMPT = "a red balloon over green hills at sunset with clouds"


def build(config) -> NETWORK:
    return images.build(config, config.CHANNELS * PACK**2, WIDTH)


def vocabulary(objects: int = 1) -> dict:
    slots = [{"name": name, "words": words} for name, words in SLOTS.items()]
    return {**clips.vocabulary(objects), "slots": slots, "template": TEMPLATE}


def scheduler(config=flux_scenes_nano):
    return clips.scheduler(config)


def sample_prompt(rng: random.Random, config=flux_scenes_nano) -> dict[str, str]:
    said = clips.sample_prompt(rng, type("Held", (), {"HELD": config.HELD, "SLOTS": len(grammar.NAMES)}))
    return {slot: said[slot] for slot in SLOTS}


def sentence(prompt: dict[str, str]) -> str:
    return TEMPLATE.format(**prompt).replace("a orange", "an orange")


def parse(text: str) -> dict[str, str]:
    """The inverse of `sentence`."""
    said = grammar.parse(text.replace(" over ", " rising over "))
    return {slot: said[slot] for slot in SLOTS}


def rows(prompts: torch.Tensor) -> torch.Tensor:
    """One-hot rows [N, slots, columns] of [N, 5] indices of words; -1 is the pad, column 0."""
    return torch.nn.functional.one_hot(torch.where(prompts < 0, 0, prompts + OFFSETS.to(prompts.device)), WIDTH).float()


def batch(config, rng: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
    """Packed latents [B, tokens, channels] of a frame of each clip, and conditions; some words, or all, are dropped."""
    prompts, latents = clips.USED["latents"].batch(config.BATCH, rng)
    frame = torch.tensor([rng.randrange(latents.size(2)) for _ in range(len(latents))], device=latents.device)
    frames = latents[torch.arange(len(latents), device=latents.device), :, frame]
    said = prompts[:, COLUMNS]
    chance = torch.rand(len(said), 1 + len(SLOTS), device=said.device)
    return images.pack(frames, PACK), rows(torch.where((chance[:, :1] < 0.1) | (chance[:, 1:] < 0.03), -1, said))


loss_of = images.loss_of


@torch.no_grad()
def sample_latents(network, prompts, steps: int, guidance: float, seed: int, noise=None, by=None) -> torch.Tensor:
    """Latents [N, C, 1, S, S], by Euler steps with classifier-free guidance, as clips.sample_latents has them."""
    steps_of, device = by or scheduler(), next(network.parameters()).device
    steps_of.set_timesteps(sigmas=torch.linspace(1, 1 / steps, steps).tolist())
    side, channels = flux_scenes_nano.SIDE, network.config.in_channels // PACK**2
    if noise is None:
        noise = torch.randn((len(prompts), channels, 1, side, side), generator=torch.Generator("cpu").manual_seed(seed))
    said = torch.tensor([[SLOTS[slot].index(prompt[slot]) for slot in SLOTS] for prompt in prompts])
    x, cond, uncond = (part.to(device) for part in (images.pack(noise[:, :, 0], PACK), rows(said), rows(torch.full_like(said, -1))))
    for timestep in steps_of.timesteps:
        sigma = (timestep / 1000).expand(len(prompts)).to(device)
        parts = [images.predict(network, x, sigma, given).float() for given in (cond, uncond)]
        x = steps_of.step(parts[1] + guidance * (parts[0] - parts[1]), timestep, x, return_dict=False)[0]
    return images.unpack(x, PACK)[:, :, None]


def sample(network, prompts, steps: int, guidance: float, seed: int, noise=None, by=None) -> torch.Tensor:
    """Frames [N, 3, 1, 8·S, 8·S] in about [-1, 1], decoded by the autoencoder of `use`."""
    return clips.decoded(sample_latents(network, prompts, steps, guidance, seed, noise, by))

"""Latent clips for diffusers' LatteTransformer3DModel, by flow matching: what tasks.py asks of a task.

x_σ = (1 − σ)·x0 + σ·ε; the network predicts ε − x0, as FlowMatchEulerDiscreteScheduler takes it. σ runs from 1 down to
1/steps before the shift, as the pipelines of the FLUX family pass it ("trailing"). Latents and their autoencoder come
from a folder that encode.py made, which `use` names.
"""

import json
import random
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderTiny, FlowMatchEulerDiscreteScheduler
from diffusers import LatteTransformer3DModel as NETWORK  # noqa: F401 - what tasks.py asks of a task

import model
from clips import asking, inside  # noqa: F401
from config import scenes_nano
from scenes import grammar, palette
from scenes.autoencoder import decode
from scenes.grammar import parse, sentence  # noqa: F401
from scenes.read import PLACES, READER

PROMPT = "a red balloon drifting right over green hills at sunset with clouds"


def build(config) -> NETWORK:
    return model.build(config, config.CHANNELS, grammar.width(config.SLOTS))


def vocabulary(objects: int = 1, slots: int = scenes_nano.SLOTS) -> dict:
    """With what the engine's reader of clips needs: see read.py."""
    fitted = json.loads(READER.read_text())
    lamps = {time: [round(v, 4) for v in lamp] for time, lamp in zip(grammar.SLOTS["time"], palette.LAMP.tolist())}
    named = {"place": {"words": PLACES, **fitted["place"]}, "object": {"words": grammar.SLOTS["object"], **fitted["object"]}}
    return grammar.vocabulary(slots, {"colours": grammar.COLOURS, "lamps": lamps, **named})


def scheduler(config=scenes_nano) -> FlowMatchEulerDiscreteScheduler:
    return FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=config.SHIFT)


def sample_prompt(rng: random.Random, config=scenes_nano) -> dict[str, str]:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    return grammar.words(grammar.draw(1, generator, config.HELD)[0, : config.SLOTS])


class Latents:
    """Encoded clips of a folder, in a new order each time round; chunks that arrive meanwhile join at the next."""

    def __init__(self, folder: Path, device: str = "cpu"):
        self.folder, self.device, self.names, self.order = folder, device, set(), torch.empty(0, dtype=torch.long)
        self.parts: dict[str, torch.Tensor] = {}

    def join(self) -> None:
        files = [file for file in sorted(self.folder.glob("[0-9]*.pt")) if file.name not in self.names]
        chunks = [torch.load(file, map_location=self.device) for file in files]
        for name in ("prompts", "latents") if chunks else ():
            self.parts[name] = torch.cat([*([self.parts[name]] if self.names else []), *(chunk[name] for chunk in chunks)])
        self.names |= {file.name for file in files}

    def batch(self, size: int, rng: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
        """Prompts [B, 7] and latents [B, C, F, S, S]."""
        while len(self.order) < size:
            self.join()
            if not self.names:
                raise FileNotFoundError(f"no latents in {self.folder}; run python -m scenes.encode first")
            shuffled = torch.Generator(self.device).manual_seed(rng.randrange(2**31))
            again = torch.randperm(len(self.parts["prompts"]), generator=shuffled, device=self.device)
            self.order = torch.cat([self.order.to(self.device), again])
        picked, self.order = self.order[:size], self.order[size:]
        return self.parts["prompts"][picked].long(), self.parts["latents"][picked].float()


def use(folder: Path, device: str = "cpu") -> None:
    """Takes the autoencoder in folder/vae, and the latents in folder/latents where there are any, all at once on the device."""
    USED.update(vae=folder / "vae", latents=Latents(folder / "latents", device))


USED: dict = {}


def keep(folder: Path) -> None:
    """Puts the autoencoder beside a transformer that learned its latents."""
    if USED["vae"] != folder / "vae":
        shutil.copytree(USED["vae"], folder / "vae", dirs_exist_ok=True)


def batch(config, rng: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
    """Latents [B, C, F, S, S] and conditions [B, slots, columns]; some words, or all, are dropped."""
    prompts, latents = USED["latents"].batch(config.BATCH, rng)
    prompts = prompts[:, : config.SLOTS]
    chance = torch.rand(len(prompts), 1 + config.SLOTS, device=prompts.device)
    gone = (chance[:, :1] < 0.1) | (chance[:, 1:] < 0.03)
    return latents, grammar.rows(torch.where(gone, -1, prompts))


def noise_table():
    return None  # σ is drawn directly


def loss_of(network, latents, conditions, table, device: str) -> torch.Tensor:
    """Squared error of the velocity; σ logit-normal, towards noise, where the layout is decided, and 1 now and then."""
    latents, conditions = latents.to(device), conditions.to(device)
    drawn = torch.sigmoid(torch.randn(len(latents), device=device) * 1.2 + 0.6)
    sampled_first = torch.rand(len(latents), device=device) < 0.03  # where sampling begins
    sigma = torch.where(sampled_first, 1.0, drawn)[:, None, None, None, None]
    noise = torch.randn_like(latents)
    with torch.autocast(device, torch.bfloat16):
        noisy, time = (1 - sigma) * latents + sigma * noise, sigma.flatten() * 1000
        predicted = network(noisy, timestep=time, encoder_hidden_states=conditions).sample
    return ((predicted.float() - (noise - latents)) ** 2).mean()


@torch.no_grad()
def sample_latents(network, prompts, steps: int, guidance: float, seed: int, noise=None, by=None) -> torch.Tensor:
    """Latents [N, C, F, S, S], by Euler steps with classifier-free guidance; batch order uncond, cond."""
    steps_of, config = by or scheduler(), network.config
    steps_of.set_timesteps(sigmas=torch.linspace(1, 1 / steps, steps).tolist())
    slots = next(k for k in range(1, len(grammar.NAMES) + 1) if grammar.width(k) == config.caption_channels)
    rows = grammar.tensor(prompts)[:, :slots]
    conditions = grammar.rows(torch.cat([torch.full_like(rows, -1), rows]))
    shape = (len(prompts), config.in_channels, config.video_length, config.sample_size, config.sample_size)
    x = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)) if noise is None else noise
    device = next(network.parameters()).device
    x, conditions = x.to(device), conditions.to(device)
    for timestep in steps_of.timesteps:
        t = timestep.float().expand(2 * len(prompts)).to(device)
        uncond, cond = network(torch.cat([x, x]), timestep=t, encoder_hidden_states=conditions).sample.float().chunk(2)
        x = steps_of.step(uncond + guidance * (cond - uncond), timestep, x, return_dict=False)[0]
    return x


@torch.no_grad()
def decoded(latents: torch.Tensor) -> torch.Tensor:
    """Clips [N, 3, F, 8·S, 8·S] in [-1, 1], by the autoencoder of `use`."""
    vae = AutoencoderTiny.from_pretrained(USED["vae"], torch_dtype=torch.float32).eval().to(latents.device)
    return decode(vae, latents).clamp(-1, 1)


def sample(network, prompts, steps: int, guidance: float, seed: int, noise=None, by=None) -> torch.Tensor:
    """Clips [N, 3, F, 8·S, 8·S] in [-1, 1]."""
    return decoded(sample_latents(network, prompts, steps, guidance, seed, noise, by))

"""The second model: still frames of the same domain for diffusers' FluxTransformer2DModel, by flow matching.

A frame is packed 4 by 4 into tokens, row after row, inside a pack channel, y, x. x_t = (1 − σ)·x0 + σ·ε; the network
predicts ε − x0, as FlowMatchEulerDiscreteScheduler takes it.
"""

import random

import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from diffusers import FluxTransformer2DModel as NETWORK

import grammar
from render import render

PROMPT = "a large red circle on a black background"
PACK, SIDE = 4, 48
SLOTS = {name: grammar.SLOTS[name] for name in ("size", "colour", "shape", "background")}
TEMPLATE = "a {size} {colour} {shape} on a {background} background"
COLUMNS = {pair: i + 1 for i, pair in enumerate((slot, word) for slot, words in SLOTS.items() for word in words)}
WIDTH = len(COLUMNS) + 1


def vocabulary(objects: int = 1) -> dict:
    """grammar.vocabulary without motion."""
    slots = [{"name": name, "words": words} for name, words in SLOTS.items()]
    return {**grammar.vocabulary(objects), "slots": slots, "template": TEMPLATE}


def sample_prompt(rng: random.Random) -> dict[str, str]:
    return {**grammar.sample_prompt(rng), "motion": "standing still"}


def sentence(prompt: dict[str, str]) -> str:
    return TEMPLATE.format(**prompt)


def parse(text: str) -> dict[str, str]:
    """The inverse of `sentence`."""
    return grammar.parse(text.replace(" on a ", " standing still on a "))


def build(config, channels: int = 3 * PACK**2, columns: int = WIDTH) -> NETWORK:
    """`channels` of a token, `columns` of a row of the text."""
    model = NETWORK(
        **config.MODEL,
        in_channels=channels,
        joint_attention_dim=columns,
        pooled_projection_dim=columns,
        guidance_embeds=False,
    )
    torch.nn.init.zeros_(model.proj_out.weight)
    torch.nn.init.zeros_(model.proj_out.bias)
    torch.nn.init.normal_(model.context_embedder.weight)  # a one-hot row picks one column
    torch.nn.init.normal_(model.time_text_embed.text_embedder.linear_1.weight, std=0.5)
    for name, parameter in model.named_parameters():
        if ".linear." in name and ("norm" in name):  # every block begins as the identity
            torch.nn.init.zeros_(parameter)
    return model


def scheduler() -> FlowMatchEulerDiscreteScheduler:
    return FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=2.0)


def pack(frames: torch.Tensor, by: int = PACK) -> torch.Tensor:
    """[N, C, S, S] to [N, (S / by)², C · by²]."""
    n, channels, side, _ = frames.shape
    cut = frames.reshape(n, channels, side // by, by, side // by, by)
    return cut.permute(0, 2, 4, 1, 3, 5).reshape(n, (side // by) ** 2, channels * by**2)


def unpack(tokens: torch.Tensor, by: int = PACK) -> torch.Tensor:
    """The inverse of `pack`."""
    n, count, width = tokens.shape
    rows = round(count**0.5)
    cut = tokens.reshape(n, rows, rows, width // by**2, by, by)
    return cut.permute(0, 3, 1, 4, 2, 5).reshape(n, width // by**2, rows * by, rows * by)


def rows(prompts: list[dict[str, str]]) -> torch.Tensor:
    """One-hot conditions, [N, slots, columns]; an empty slot is the pad, column 0."""
    index = torch.tensor([[COLUMNS[slot, prompt[slot]] if prompt.get(slot) else 0 for slot in SLOTS] for prompt in prompts])
    return torch.nn.functional.one_hot(index, WIDTH).float()


def predict(model, tokens: torch.Tensor, sigma: torch.Tensor, conditions: torch.Tensor) -> torch.Tensor:
    """`sigma` is [N], 1 = noise; the pooled text is the sum of the rows."""
    side = round(tokens.size(1) ** 0.5)
    ids = torch.zeros(side, side, 3, device=tokens.device)
    ids[..., 1] = torch.arange(side, device=tokens.device)[:, None]
    ids[..., 2] = torch.arange(side, device=tokens.device)[None]
    return model(
        hidden_states=tokens,
        encoder_hidden_states=conditions,
        pooled_projections=conditions.sum(1),
        timestep=sigma,
        img_ids=ids.reshape(-1, 3),
        txt_ids=torch.zeros(conditions.size(1), 3, device=tokens.device),
        return_dict=False,
    )[0]


def batch(config, rng: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
    """Packed frames [B, tokens, 48] and conditions [B, slots, columns]; some words, or all, are dropped."""
    prompts = [sample_prompt(rng) for _ in range(config.BATCH)]
    frames = render(prompts, 1, config.SIDE, rng, config.FREEDOM)[:, :, 0]
    seen = [
        {} if rng.random() < 0.1 else {slot: word for slot, word in prompt.items() if rng.random() > 0.03}
        for prompt in prompts
    ]
    return pack(frames), rows(seen)


def loss_of(model, tokens, conditions, table, device: str) -> torch.Tensor:
    """Squared error of the velocity; σ logit-normal, towards noise, where the layout is decided."""
    tokens, conditions = tokens.to(device), conditions.to(device)
    sigma = torch.sigmoid(torch.randn(len(tokens)) * 1.2 + 0.5).to(device)
    noise = torch.randn_like(tokens)
    noisy = (1 - sigma)[:, None, None] * tokens + sigma[:, None, None] * noise
    with torch.autocast(device, torch.bfloat16):
        predicted = predict(model, noisy, sigma, conditions)
    return ((predicted.float() - (noise - tokens)) ** 2).mean()


def noise_table():
    return None  # σ is drawn directly


def inside(name: str, parameter: torch.Tensor) -> bool:
    """Muon's: matrices inside blocks but those of the modulation."""
    return "transformer_blocks" in name and parameter.ndim == 2 and ".linear." not in name


def asking(name: str) -> bool:
    return False  # queries and keys are normalised, their logits cannot run away


@torch.no_grad()
def sample(model, prompts, steps: int, guidance: float, seed: int, noise=None, by=None) -> torch.Tensor:
    """Frames [N, 3, 1, S, S] in about [-1, 1], by Euler steps with classifier-free guidance."""
    steps_of = by or scheduler()
    steps_of.set_timesteps(steps)
    if noise is None:
        noise = torch.randn((len(prompts), 3, 1, SIDE, SIDE), generator=torch.Generator("cpu").manual_seed(seed))
    x = pack(noise[:, :, 0]).to(next(model.parameters()).device)
    cond, uncond = rows(prompts).to(x.device), rows([{}] * len(prompts)).to(x.device)
    for timestep in steps_of.timesteps:
        sigma = (timestep / 1000).expand(len(prompts)).to(x.device)
        parts = [predict(model, x, sigma, given).float() for given in (cond, uncond)]
        x = steps_of.step(parts[1] + guidance * (parts[0] - parts[1]), timestep, x, return_dict=False)[0]
    return unpack(x)[:, :, None]

"""Sky, sun or moon, stars and drifting clouds."""

import math

import torch

from scenes import palette
from scenes.grammar import shows
from scenes.noise import field, smooth, window

STARS = 30


def sun_path(time, u, freedom: float, g) -> torch.Tensor:
    """[N, F, 2]: rises at dawn, sets at sunset, stays high at noon and night."""
    n, noise = len(time), torch.rand(len(time), 3, generator=g) - 0.5
    x = 0.5 + (0.3 + 0.5 * freedom) * noise[:, :1] + 0.25 * noise[:, 1:2] * (u - 0.5)
    arc = torch.sin(math.pi * u)
    y = torch.stack([0.60 - 0.24 * u, 0.19 - 0.06 * arc, 0.36 + 0.24 * u, 0.26 - 0.10 * arc])[time] + 0.06 * noise[:, 2:]
    return torch.stack([x.expand(n, len(u)), y], -1)


def points(at: torch.Tensor, light: torch.Tensor, side: int) -> torch.Tensor:
    """Soft points of light: at [N, K, 2], light [N, F, K] to [N, F, S, S]; each is some two pixels wide."""
    grid = (torch.arange(side) + 0.5) / side
    x = torch.exp(-(((grid - at[..., :1]) * side / 0.75) ** 2))  # [N, K, S]
    y = torch.exp(-(((grid - at[..., 1:]) * side / 0.75) ** 2))
    return torch.einsum("nfk,nkh,nkw->nfhw", light, y, x).clamp(0, 1)


def sky(prompts, u, side: int, freedom: float, g):
    """The sky [N, 3, F, S, S] and the sun's path [N, F, 2]."""
    n, frames = len(prompts), len(u)
    time, weather = prompts[:, 4], prompts[:, 5]
    at = (torch.arange(side) + 0.5) / side
    x, y = at[None, None, None, :], at[None, None, :, None]
    jitter = 1 + 0.10 * (torch.rand(n, 3, generator=g) - 0.5)
    tints = [(palette.at(table, time) * jitter).clamp(0, 1) for table in (palette.ZENITH, palette.MIDDLE, palette.HORIZON)]
    zenith, middle, horizon = map(palette.spread, tints)
    down = (y / 0.66).clamp(0, 1)[:, None]
    upper, lower = zenith + (middle - zenith) * (down / 0.55), middle + (horizon - middle) * ((down - 0.55) / 0.45)
    picture = torch.where(down < 0.55, upper, lower).expand(n, 3, frames, side, side)
    path, sun = sun_path(time, u, freedom, g), palette.spread(palette.at(palette.SUN, time))
    away = ((x - path[:, :, 0, None, None]) ** 2 + (y - path[:, :, 1, None, None]) ** 2).sqrt()
    pick = lambda *values: torch.tensor(values)[time][:, None, None, None]  # noqa: E731
    glow = pick(0.75, 0.5, 0.8, 0.34) * torch.exp(-away / pick(0.18, 0.13, 0.19, 0.11))
    picture = picture + (sun - picture) * glow[:, None]
    places = torch.rand(n, STARS, 2, generator=g) * torch.tensor([1.0, 0.6])
    twinkle = 0.8 + 0.2 * torch.sin(2 * math.pi * (torch.rand(n, 1, STARS, generator=g) + u[None, :, None]))
    stars = points(places, (0.4 + 0.6 * torch.rand(n, 1, STARS, generator=g)) * twinkle, side)
    night = (shows(prompts, "time", "night") & ~shows(prompts, "weather", "mist"))[:, None, None, None]
    picture = picture + (stars * night * (1.1 - 1.6 * y).clamp(0, 1))[:, None] * (1 - picture)
    radius = pick(0.070, 0.060, 0.085, 0.065)
    picture = picture + (sun - picture) * (0.5 + (radius - away) * side).clamp(0, 1)[:, None]
    return clouds(picture, prompts, u, away, down, g), path


def clouds(picture, prompts, u, away, down, g):
    """The sky with clouds that drift, lit from the sun's side."""
    n, side = len(prompts), picture.size(-1)
    time, weather = prompts[:, 4], prompts[:, 5]
    wide = field(n, side, 2 * side, (6, 7), g)
    draw = torch.rand(n, 2, generator=g)
    speed = (0.2 + 0.25 * draw[:, :1]) * torch.where(draw[:, 1:] < 0.5, 1.0, -1.0)
    cloud = window(wide, (0.5 + speed * (u - 0.5)) * side, side)[:, 0]
    amount = torch.tensor([0.0, 1.0, 0.5])[weather][:, None, None, None]
    dense = smooth(0.47, 0.70, cloud + 0.04) * amount * (1 - smooth(0.75, 1.0, down[:, 0])) * 0.92
    lit, dark = palette.spread(palette.at(palette.CLOUD_LIT, time)), palette.spread(palette.at(palette.CLOUD_DARK, time))
    bright = (smooth(0.5, 0.78, cloud) * 0.65 + 0.6 * torch.exp(-away / 0.3)).clamp(0, 1)
    return picture + (dark + (lit - dark) * bright[:, None] - picture) * dense[:, None]

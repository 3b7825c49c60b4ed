"""Lake and sea mirror what is above them, with ripples and the sun's glitter."""

import math

import torch
import torch.nn.functional as F

from scenes import palette
from scenes.grammar import shows
from scenes.noise import smooth


def waterline(prompts, g) -> torch.Tensor:
    """[N], from the top of the frame."""
    return torch.where(shows(prompts, "scene", "open sea"), 0.60, 0.66) + 0.04 * (torch.rand(len(prompts), generator=g) - 0.5)


def mirrored(prompts, picture, u, sun_x, line, g) -> torch.Tensor:
    """Clips with water [M, 3, F, S, S]: everything below the line redrawn; sun_x [M, F]."""
    m, _, frames, side, _ = picture.shape
    time, sea = prompts[:, 4], shows(prompts, "scene", "open sea")[:, None, None, None]
    at = (torch.arange(side) + 0.5) / side
    x, y, w = at[None, None, None, :], at[None, None, :, None], line[:, None, None, None]
    depth, phase = (y - w).clamp(min=0), torch.rand(m, 2, 1, 1, 1, generator=g)
    waves = 5 * torch.log(depth * 14 + 1) - 1.2 * u[None, :, None, None] + phase[:, 0]
    ripple = torch.sin(2 * math.pi * waves + 3 * torch.sin(2 * math.pi * (x * 1.7 + phase[:, 1])))
    swell = torch.where(sea, 0.055, 0.02)
    source = (w - depth * 0.85 + ripple * swell * (0.15 + depth * 2.4)).clamp(0.01, 0.99)
    shape = (m, frames, side, side)
    grid = torch.stack([(x + ripple * 0.008).expand(shape) * 2 - 1, source.expand(shape) * 2 - 1], -1).flatten(0, 1)
    flat = picture.transpose(1, 2).flatten(0, 1)
    mirror = F.grid_sample(flat, grid, align_corners=False, padding_mode="border").unflatten(0, (m, frames)).transpose(1, 2)
    deep = palette.spread(palette.at(palette.DEEP, time))
    mirror = mirror * (0.9 - 0.05 * ripple[:, None]) + (deep - mirror) * (0.20 + 0.9 * depth).clamp(0, 0.75)[:, None]
    narrow = torch.exp(-((x - sun_x[:, :, None, None]) ** 2) / (0.005 + 0.05 * depth))
    glitter = smooth(0.5, 1.0, ripple) * narrow * smooth(0.0, 0.03, depth)
    strength = torch.tensor([0.55, 0.45, 0.65, 0.45])[time][:, None, None, None]
    mirror = mirror + (palette.spread(palette.at(palette.SUN, time)) - mirror) * (glitter * strength)[:, None]
    return picture + (mirror - picture) * (0.5 + (y - w) * side).clamp(0, 1)[:, None]


def fogged(prompts, picture, line) -> torch.Tensor:
    """The same clips with a bank of fog along the waterline where there is mist."""
    y = (torch.arange(picture.size(-2)) + 0.5) / picture.size(-2)
    bank = torch.exp(-(((y - line[:, None]) / torch.where(y < line[:, None], 0.13, 0.09)) ** 2))
    cover = 0.8 * bank * shows(prompts, "weather", "mist")[:, None]
    fog = palette.at(palette.HORIZON, prompts[:, 4]) * torch.tensor([0.97, 0.99, 0.92, 0.85])[prompts[:, 4]][:, None]
    return picture + (palette.spread(fog) - picture) * cover[:, None, None, :, None]

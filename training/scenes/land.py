"""Four layers of land, far to near, on a strip wider than the frame, so that a camera can pan along it."""

import math

import torch
import torch.nn.functional as F

from scenes import palette
from scenes.grammar import SLOTS, WATER, shows
from scenes.noise import along, smooth, window

STRIP = 1.5  # width of the strip over the frame's
LEVEL = [0.60, 0.69, 0.79, 0.90]  # foot of each layer, from the top of the frame
PACE = [0.16, 0.30, 0.60, 1.0]  # of each layer when the camera pans, over the nearest one's
LEAN = 0.55  # how far the spurs of a ridge run sideways as they run down
PAN = 0.4  # of the frame's width that the nearest layer passes in a clip


def crests(scene: torch.Tensor, width: int, g) -> torch.Tensor:
    """Height of each layer's crest as y, [N, 4, width]."""
    n, line = len(scene), lambda knots, mode="linear": along(len(scene), 4, knots, width, g, mode)
    rand = lambda: torch.rand(n, 4, 1, generator=g)  # noqa: E731
    crag = sum(line(knots) * share for knots, share in ((5, 0.52), (10, 0.30), (20, 0.14), (40, 0.05)))
    roll = 0.66 * line(5, "bicubic") + 0.3 * line(10, "bicubic")
    x = torch.linspace(0, STRIP, width)
    turn = math.pi * (rand() + (1.2 + rand()) * x + 0.25 * roll)
    dune = (1 - torch.sin(turn).abs() ** 0.9) * 0.75 + 0.25 * roll
    trees = torch.tensor([24.0, 17, 12, 8])[None, :, None]
    tooth = (x * trees + rand() + 0.8 * roll) % 1
    height = torch.tensor([0.05, 0.075, 0.11, 0.15])[None, :, None] * (0.6 + 0.55 * line(30, "nearest"))
    pine = (1 - 2 * (tooth - 0.5).abs()) * height
    tall = torch.tensor([0.30, 0.17, 0.10, 0.06])[None, :, None]
    low = torch.tensor([0.10, 0.09, 0.08, 0.06])[None, :, None]
    rise = {
        "mountain lake": (crag - 0.22).clamp(min=0.03) * tall * 1.9,
        "snowy peaks": crag * tall * 1.7,
        "green hills": roll * low * 1.7,
        "desert dunes": dune * low * 1.7,
        "pine forest": roll * low + pine,
        "open sea": roll * low * 0.5,
    }
    every = torch.stack([rise[name] for name in SLOTS["scene"]], 1)
    return torch.tensor(LEVEL)[None, :, None] - every[torch.arange(n), scene] + 0.02 * (torch.rand(n, 1, 1, generator=g) - 0.5)


def paint(prompts, crest, layer: int, sun_x: torch.Tensor, side: int) -> torch.Tensor:
    """Colour and cover of one layer on the strip, [N, 4, S, W]."""
    scene, time, weather = prompts[:, 3], prompts[:, 4], prompts[:, 5]
    water, width = shows(prompts, "scene", *WATER), crest.size(-1)
    each = lambda values: values[:, None, None, None]  # noqa: E731 - [N] over channels and pixels
    y = ((torch.arange(side) + 0.5) / side)[None, :, None]
    x = ((torch.arange(width) + 0.5) / side - (STRIP - 1) / 2)[None, None, :]
    top = crest[:, layer]
    below = y - top[:, None, :]
    steep = (top.diff(append=top[:, -1:]) * side).clamp(-1.5, 1.5)[:, None]
    steep = F.avg_pool1d(steep, 5, 1, 2, count_include_pad=False) * torch.where(sun_x > 0.5, -1.0, 1.0)[:, None, None]
    slant = (torch.arange(width) + (LEAN * below * side * (below > 0)).round().long()) % width  # spurs run down aslant
    slope = steep.expand(-1, side, -1).gather(2, slant)
    light = palette.at(palette.LIGHT, time)
    near = each(torch.where(water, torch.tensor(0.35), torch.tensor(layer / 3)))
    far = (palette.at(palette.FAR, scene) * light)[:, :, None, None]
    body = far + ((palette.at(palette.NEAR, scene) * light)[:, :, None, None] - far) * near
    facet = (1 + 0.30 * (1 - 0.2 * layer) * slope * torch.exp(-below.clamp(min=0) / 0.14))[:, None]
    body = body * facet
    horizon = palette.at(palette.HORIZON, time)[:, :, None, None]
    glow = torch.exp(-((x - sun_x[:, None, None]) ** 2) / 0.06)[:, None]
    haze = (horizon + (palette.at(palette.SUN, time)[:, :, None, None] - horizon) * 0.25 * glow) * each(torch.tensor([0.96, 0.98, 0.88, 0.72])[time])
    snowy = shows(prompts, "scene", "mountain lake", "snowy peaks") if layer == 0 else shows(prompts, "scene", "snowy peaks")
    if layer < 2:
        lowest = torch.where(shows(prompts, "scene", "snowy peaks"), 0.53 + 0.10 * layer, 0.50)[:, None, None]
        cap = smooth(0.02, -0.02, y - lowest + 0.05 * slope)  # down to a line that the spurs make jagged
        snow = (light[:, :, None, None] * 0.62 + 0.38 * haze) * 1.06 * facet**0.7
        body = body + (snow - body) * (cap[:, None] * each(snowy.float()) * 0.94)
    mist = each(torch.tensor([0.55, 0.45, 0.97])[weather])
    veil = mist * (1 - near) ** 1.2 * 0.66 + mist**3 * smooth(0.0, 0.16, below)[:, None] * (0.62 - 0.13 * layer)
    body = body + (haze - body) * veil.clamp(0, 0.93)
    cover = (0.5 + below * side).clamp(0, 1)[:, None]
    return torch.cat([body.clamp(0, 1), cover], 1)


def land(prompts, picture: torch.Tensor, u: torch.Tensor, sun_x: torch.Tensor, g) -> torch.Tensor:
    """The land in front of the sky, [N, 3, F, S, S]; where there is water, one far shore, or none at sea."""
    side, n = picture.size(-1), len(prompts)
    width = round(STRIP * side)
    crest = crests(prompts[:, 3], width, g)
    water = shows(prompts, "scene", *WATER)
    shore = ~shows(prompts, "scene", "open sea") | (torch.rand(n, generator=g) < 0.5)
    way = (shows(prompts, "camera", "panning right").float() - shows(prompts, "camera", "panning left").float())[:, None]
    for layer in range(4):
        present = shore if layer == 0 else ~water
        strip = paint(prompts, crest, layer, sun_x, side)
        strip[:, 3] *= present[:, None, None]
        start = (STRIP - 1) / 2 * side + way * PAN * PACE[layer] * (u - 0.5) * side
        frame = window(strip, start if way.any() else start[:, :1], side)
        picture = picture + (frame[:, :3] - picture) * frame[:, 3:]
    return picture

"""The coloured object in front: balloon, kite, boat. Each is drawn in its own frame, b downward, about 1 in radius."""

import math

import torch

from scenes import palette
from scenes.grammar import shows
from scenes.noise import smooth

RADIUS = {"balloon": 0.165, "kite": 0.150, "boat": 0.165}  # over the side of a frame


class Pen:
    """Edges one pixel soft: a distance in radii to the cover 0…1 of a pixel."""

    def __init__(self, radius: float, side: int):
        self.pixels = radius * side

    def fill(self, distance: torch.Tensor) -> torch.Tensor:
        return (0.5 - distance * self.pixels).clamp(0, 1)


def mixed(under: torch.Tensor, over: torch.Tensor, cover: torch.Tensor) -> torch.Tensor:
    return under + (over - under) * cover[:, None]


def balloon(a, b, tint, turn, pen: Pen):
    """A drop with gores, a basket on ropes."""
    waist = torch.where(b > 0, 1 - 0.42 * (b.clamp(0, 1.2) ** 2), 1.0)
    outline = torch.maximum(((a / waist.clamp(min=0.25)) ** 2 + (b / 1.08) ** 2).sqrt() - 1, b - 1.0)
    envelope = pen.fill(outline)
    across = a / (waist * (1 - (b / 1.2).clamp(-1, 1) ** 2).clamp(min=0.05).sqrt())
    gore = smooth(-0.2, 0.4, torch.cos(across.clamp(-1, 1).asin() * 7))[:, None]
    cloth = tint * 0.80 * (1 - gore) + (tint * 0.86 + 0.14) * gore
    shade = (1.05 - 0.26 * a - 0.14 * b).clamp(0.6, 1.2)[:, None]
    basket = pen.fill(torch.maximum(a.abs() - 0.19, (b - 1.43).abs() - 0.15))
    ropes = pen.fill((a.abs() - 0.18 - 0.5 * (1.3 - b)).abs() - 0.04) * ((b > 0.95) & (b < 1.35)) * 0.7
    wood, dark = (some.to(a.device)[:, None, None, None] for some in (palette.WOOD, palette.DARK))
    colour = mixed(mixed(dark.expand_as(cloth), cloth * shade, envelope), wood.expand_as(cloth), basket)
    return colour, torch.maximum(torch.maximum(envelope, basket), ropes)


def kite(a, b, tint, turn, pen: Pen):
    """A diamond that sways, with a tail of bows."""
    sway = 0.22 * torch.sin(turn)
    r, q = a * sway.cos() + b * sway.sin(), b * sway.cos() - a * sway.sin()
    body = pen.fill((torch.maximum(r.abs() / 0.78 - q / 0.9, r.abs() / 0.78 + q / 1.2) - 1) * 0.65)
    quarter = ((r > 0) ^ (q > 0)).float()[:, None]
    cloth = tint * 0.78 * quarter + (tint * 0.88 + 0.12) * (1 - quarter)
    wave = 0.2 * torch.sin(q * 4 - turn) * (q - 1.15).clamp(0, 1)
    bows = 0.07 + 0.12 * smooth(0.4, 0.95, torch.cos(q * 9))
    tail = pen.fill((r - wave).abs() - bows) * ((q > 1.1) & (q < 2.45))
    return cloth, torch.maximum(body, tail)


def boat(a, b, tint, turn, pen: Pen):
    """Hull, mast and two sails."""
    hull = pen.fill(torch.maximum(torch.maximum(a.abs() - 1.0 + 0.55 * (b - 0.5), b - 0.92), 0.55 - b))
    main = pen.fill(torch.maximum(torch.maximum(0.05 - a, a - 0.05 - 0.88 * (b + 1.25) / 1.65), b - 0.42))
    jib = pen.fill(torch.maximum(torch.maximum(a + 0.05, -a - 0.05 - 0.66 * (b + 1.0) / 1.4), b - 0.42))
    mast = pen.fill(torch.maximum(a.abs() - 0.045, (b + 0.35).abs() - 0.95))
    cloth = (tint * 0.88 + 0.12) * (1 - jib)[:, None] + tint * 0.80 * jib[:, None]
    sail = torch.maximum(main, jib)
    wood, dark = (some.to(a.device)[:, None, None, None] for some in (palette.WOOD, palette.DARK))
    colour = mixed(mixed(dark.expand_as(cloth), cloth, sail), wood.expand_as(cloth), hull)
    return colour, torch.maximum(torch.maximum(sail, hull), mast)


def path(prompts, u, line, freedom: float, g) -> torch.Tensor:
    """Centre of the object in each frame, [N, F, 2]; `freedom` 0…1 is how far it strays from the middle path."""
    n, noise = len(prompts), freedom * (torch.rand(len(prompts), 3, generator=g) - 0.5)
    bob = torch.sin(2 * math.pi * (u + torch.rand(n, 1, generator=g)))
    along = 0.24 + 0.52 * u + 0.14 * noise[:, :1]
    hover = 0.5 + 0.5 * noise[:, 1:2] + 0.02 * bob
    is_ = lambda word: shows(prompts, "motion", word)[:, None]  # noqa: E731
    x = torch.where(is_("drifting right"), along, torch.where(is_("drifting left"), 1 - along, hover))
    climb = 0.60 - 0.34 * u + 0.08 * noise[:, 2:]
    y = torch.where(is_("rising"), climb, torch.where(is_("sinking"), 0.86 - climb, 0.34 + 0.22 * noise[:, 1:2] + 0.015 * bob))
    afloat = line[:, None] + 0.03 + 0.10 * noise[:, 2:] + 0.006 * bob
    return torch.stack([x, torch.where(shows(prompts, "object", "boat")[:, None], afloat, y)], -1)


def drawn(prompts, kind: str, centre, u, side: int, phase, mirror: bool = False):
    """Colour [N, 3, F, S, S] and cover [N, F, S, S] of objects of one kind; a mirror image hangs below the centre."""
    pen, radius = Pen(RADIUS[kind], side), RADIUS[kind]
    at = (torch.arange(side) + 0.5) / side
    a = (at[None, None, None, :] - centre[:, :, 0, None, None]) / radius
    b = (at[None, None, :, None] - centre[:, :, 1, None, None]) / radius
    a, b = torch.broadcast_tensors(a, 0.92 * 2 - b if mirror else b)
    turn = 2 * math.pi * (u[None, :, None, None] * 1.5 + phase)
    tint = palette.spread(palette.at(palette.OBJECT, prompts[:, 0]))
    colour, cover = {"balloon": balloon, "kite": kite, "boat": boat}[kind](a, b, tint, turn, pen)
    return colour.clamp(0, 1) * palette.spread(palette.at(palette.LAMP, prompts[:, 4])), cover

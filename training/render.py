"""Draws clips from prompts: shaded, anti-aliased shapes that move over a background, in batched torch.

Shapes are signed distances (negative inside), after Inigo Quilez's catalogue of 2-D distance functions.
N clips, F frames, S side of a frame in pixels. Coordinates run from 0 to 1, y downward.
"""

import math
import random

import torch

import grammar

STAYING = {"standing still", "spinning", "pulsing"}


def motion_path(
    thing: dict[str, str], radius: float, u: torch.Tensor, rng: random.Random, freedom: float, place: int
) -> torch.Tensor:
    """Centre x, centre y, scale and angle over the clip's time u in [0, 1]: [F, 4].

    `freedom` in [0, 1] scales what the prompt leaves open: where the path lies, and where in its turn it begins. `place`
    moves a path that the prompt leaves room for towards the left or top (-1), or the right or bottom (1), where an orbit
    begins half a turn on."""
    margin = radius + 0.05
    near, far = margin, 1 - margin
    aside = place * (0.5 - margin)
    across = min(far, max(near, 0.5 + aside + rng.uniform(-1, 1) * (0.5 - margin) * 0.7 * freedom))
    begin = rng.uniform(-0.5, 0.5) * freedom  # in turns
    x = torch.full_like(u, 0.5 + (aside if thing["motion"] in STAYING else 0))
    y = torch.full_like(u, 0.5)
    scale = torch.ones_like(u)
    angle = torch.zeros_like(u)
    run = near + (far - near) * u
    match thing["motion"]:
        case "standing still":
            x, y = x + rng.uniform(-0.15, 0.15) * freedom, y + rng.uniform(-0.15, 0.15) * freedom
        case "moving right":
            x, y = run, y * 0 + across
        case "moving left":
            x, y = 1 - run, y * 0 + across
        case "moving up":
            x, y = x * 0 + across, 1 - run
        case "moving down":
            x, y = x * 0 + across, run
        case "moving diagonally":
            x, y = run, run
        case "orbiting":
            turn = 2 * math.pi * (u * 7 / 8 + begin + max(0, place) / 2)
            x, y = 0.5 + (0.5 - margin) * torch.cos(turn), 0.5 + (0.5 - margin) * torch.sin(turn)
        case "bouncing":
            x, y = x * 0 + across, far - (far - near) * torch.sin(math.pi * (2 * u + begin)).abs()
        case "spinning":
            angle = 0.75 * math.pi * u + begin * 2 * math.pi
        case "pulsing":
            scale = 0.9 + 0.4 * torch.sin(2 * math.pi * (u * 7 / 8 + begin))
    return torch.stack([x, y, scale, angle], dim=-1)


def box(x: torch.Tensor, y: torch.Tensor, half_x, half_y) -> torch.Tensor:
    return torch.maximum(x.abs() - half_x, y.abs() - half_y)


def star(x: torch.Tensor, y: torch.Tensor, r: torch.Tensor) -> torch.Tensor:
    """Five points: folds the plane three times onto one edge."""
    k1x, k1y = 0.809016994375, -0.587785252292
    x, y = x.abs(), -y
    for kx, ky in ((k1x, k1y), (-k1x, k1y)):
        fold = 2 * (kx * x + ky * y).clamp(min=0)
        x, y = x - fold * kx, y - fold * ky
    x, y = x.abs(), y - r
    bx, by = -k1y * 0.45, k1x * 0.45 - 1
    along = ((x * bx + y * by) / (bx * bx + by * by)).clamp(min=0)
    along = torch.minimum(along, r.expand_as(along))
    distance = ((x - bx * along) ** 2 + (y - by * along) ** 2).sqrt()
    return distance * torch.sign(y * bx - x * by)


def triangle(x: torch.Tensor, y: torch.Tensor, r: torch.Tensor) -> torch.Tensor:
    third = math.sqrt(3) / 2
    return torch.maximum(torch.maximum(third * x - 0.5 * y, -third * x - 0.5 * y), y) - 0.58 * r


def cross(x: torch.Tensor, y: torch.Tensor, r: torch.Tensor) -> torch.Tensor:
    return torch.minimum(box(x, y, 1.02 * r, 0.36 * r), box(x, y, 0.36 * r, 1.02 * r))


# Signed distance to each shape; sized to look equally large.
DISTANCES = {
    "circle": lambda x, y, r: (x * x + y * y).sqrt() - r,
    "square": lambda x, y, r: box(x, y, 0.86 * r, 0.86 * r),
    "triangle": triangle,
    "ring": lambda x, y, r: ((x * x + y * y).sqrt() - 0.74 * r).abs() - 0.27 * r,
    "star": lambda x, y, r: star(x, y, 1.2 * r),
    "cross": cross,
}


def layer(things: list[dict[str, str]], places: list[int], frames: int, side: int, rng: random.Random, freedom: float):
    """Cover [N, 1, F, S, S] and shaded colour [N, 3, F, S, S], both in [0, 1], of one object per clip."""
    u = torch.linspace(0, 1, frames)
    radii = [grammar.SIZES[thing["size"]] for thing in things]
    paths = [motion_path(thing, r, u, rng, freedom, place) for thing, r, place in zip(things, radii, places)]
    cx, cy, scale, angle = (torch.stack(paths)[..., i, None, None] for i in range(4))  # [N, F, 1, 1]
    r = torch.tensor(radii)[:, None, None, None] * scale
    at = (torch.arange(side) + 0.5) / side
    dx, dy = at[None, None, None, :] - cx, at[None, None, :, None] - cy  # [N, F, S, S] by broadcasting
    x, y = dx * angle.cos() + dy * angle.sin(), dy * angle.cos() - dx * angle.sin()
    distance = torch.empty(len(things), frames, side, side)
    for shape, distance_to in DISTANCES.items():
        chosen = [i for i, thing in enumerate(things) if thing["shape"] == shape]
        if chosen:
            distance[chosen] = distance_to(x[chosen], y[chosen], r[chosen])
    cover = (0.5 - distance * side).clamp(0, 1)[:, None]  # one pixel of soft edge
    light = 1 - 0.16 * ((dx + 1.4 * dy) / r).clamp(-1.2, 1.2)  # lit from above, a little from the left
    colour = torch.tensor([grammar.COLOURS[thing["colour"]] for thing in things]) / 255
    return cover, (colour[:, :, None, None, None] * light[:, None]).clamp(0, 1)


def render(prompts: list[dict[str, str]], frames: int, side: int, rng: random.Random, freedom: float = 1.0) -> torch.Tensor:
    """Clips in [-1, 1], [N, 3, F, S, S]. A second object has its own side and is drawn over the first."""
    objects = [grammar.objects_of(prompt) for prompt in prompts]
    cover, body = layer([o[0] for o in objects], [-1 if len(o) > 1 else 0 for o in objects], frames, side, rng, freedom)
    ends = torch.tensor([grammar.BACKGROUNDS[p["background"]] for p in prompts]) / 255  # [N, 2, 3]
    down = ((torch.arange(side) + 0.5) / side)[None, None, None, :, None]
    top, bottom = (ends[:, i, :, None, None, None] for i in range(2))  # [N, 3, 1, 1, 1]
    clips = cover * body + (1 - cover) * (top + (bottom - top) * down)
    two = [i for i, things in enumerate(objects) if len(things) > 1]
    if two:
        cover, body = layer([objects[i][1] for i in two], [1] * len(two), frames, side, rng, freedom)
        clips[two] = cover * body + (1 - cover) * clips[two]
    return clips * 2 - 1

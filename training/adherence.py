"""Reads a prompt back from the pixels of clips, by geometry alone: no network judges another.

Ground from the edge, colour from the pixels that stand out, centre and area from the first moments of their soft mask,
shape and angle by the best overlap with silhouettes drawn at that centre and of that area, motion from the course of all
these over time. N clips, F frames, S pixels a side; lengths are fractions of the side.
"""

import functools
import math

import torch

import grammar
from render import distances

SLOTS = ["background", "colour", "size", "shape", "motion"]
PERIOD = {"circle": 360, "square": 90, "triangle": 120, "ring": 360, "star": 72, "cross": 90}  # degrees to itself again
ANGLE_STEP = 6
MIDDLE_RADIUS = 0.95 * sum(grammar.SIZES.values()) / 2  # between small and large, pulsing (0.9 on average) or not


def silhouettes(cx, cy, r, shape: int, degrees: float, side: int) -> torch.Tensor:
    """Soft masks [M, S, S] of one shape at M centres."""
    at = (torch.arange(side) + 0.5) / side
    dx, dy = at[None, None, :] - cx[:, None, None], at[None, :, None] - cy[:, None, None]
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    distance = distances(dx * cos + dy * sin, dy * cos - dx * sin, r[:, None, None])[shape]
    return (0.5 - distance * side).clamp(0, 1)


@functools.cache
def unit_areas() -> list[float]:
    """Area of each shape of radius 1."""
    half, quarter = torch.tensor([0.5]), torch.tensor([0.25])
    return [silhouettes(half, half, quarter, i, 0, 512).mean().item() * 16 for i in range(len(grammar.SHAPES))]


def nearest_ground(clips: torch.Tensor) -> tuple[list[str], torch.Tensor]:
    """Names, and the grounds as [N, 3, 1, S, 1]; from the median colours of the edge's upper and lower thirds."""
    side, third = clips.size(-1), clips.size(-1) // 3
    names = list(grammar.BACKGROUNDS)
    ends = torch.tensor([grammar.BACKGROUNDS[name] for name in names]) / 255  # [K, 2, 3]
    down = ((torch.arange(side) + 0.5) / side)[:, None]
    grounds = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * down  # [K, S, 3]
    edge = torch.cat([clips[..., :2], clips[..., -2:]], dim=-1)  # [N, 3, F, S, 4]
    seen = [edge[..., part, :].flatten(2).median(dim=2).values for part in (slice(0, third), slice(-third, None))]
    wanted = [grounds[:, part].median(dim=1).values for part in (slice(0, third), slice(-third, None))]
    chosen = sum((s[:, None] - w[None]).square().sum(-1) for s, w in zip(seen, wanted)).argmin(dim=1)
    return [names[i] for i in chosen], grounds[chosen].transpose(1, 2)[:, :, None, :, None]


def nearest_colour(clips: torch.Tensor, ground: torch.Tensor) -> tuple[list[str], torch.Tensor]:
    """Names, and the colours as [N, 3, 1, 1, 1]; of the mean of the tenth of the outstanding pixels' upper half."""
    away = (clips - ground).square().sum(1).sqrt()  # [N, F, S, S]
    strong = away > 0.6 * away.flatten(1).quantile(0.99, dim=1)[:, None, None, None]
    mean = (clips * strong[:, None]).sum((2, 3, 4)) / strong.sum((1, 2, 3))[:, None].clamp(min=1)  # [N, 3]
    names = list(grammar.COLOURS)
    palette = torch.tensor([grammar.COLOURS[name] for name in names]) / 255
    light = torch.linspace(0.85, 1.15, 7)[:, None, None]
    error = (mean[None, :, None] - (palette * light).clamp(max=1)[:, None]).square().sum(-1)  # [7, N, K]
    chosen = error.amin(dim=0).argmin(dim=1)
    return [names[i] for i in chosen], palette[chosen][:, :, None, None, None]


def shape_and_angle(mask, cx, cy, area) -> tuple[list[str], torch.Tensor, torch.Tensor]:
    """Names, angles in degrees [N, F], overlaps (soft intersection over union) [N]."""
    frames, side = mask.shape[1:3]
    flat = mask.flatten(0, 1)
    overlaps, angles = [], []
    for shape, name in enumerate(grammar.SHAPES):
        radius = (area / unit_areas()[shape]).sqrt().flatten()
        candidates = [0] if PERIOD[name] == 360 else list(range(0, PERIOD[name], ANGLE_STEP))
        drawn = [silhouettes(cx.flatten(), cy.flatten(), radius, shape, angle, side) for angle in candidates]
        matches = [torch.minimum(d, flat).sum((1, 2)) / torch.maximum(d, flat).sum((1, 2)).clamp(min=1e-6) for d in drawn]
        best = torch.stack(matches).max(dim=0)
        overlaps.append(best.values.view(-1, frames).mean(dim=1))
        angles.append(torch.tensor(candidates, dtype=torch.float32)[best.indices].view(-1, frames))
    best = torch.stack(overlaps, dim=1).max(dim=1)
    chosen = torch.stack(angles, dim=1)[torch.arange(len(mask)), best.indices]
    return [grammar.SHAPES[i] for i in best.indices], chosen, best.values


def motion_of(x, y, radius, angle, period: int) -> str:
    """From the course over one clip, each [F]."""
    wide, high = (x.max() - x.min()).item(), (y.max() - y.min()).item()
    right, down = (x[-1] - x[0]).item(), (y[-1] - y[0]).item()
    if max(wide, high) < 0.2:
        if (radius.max() / radius.min().clamp(min=1e-6)).item() > 1.5:
            return "pulsing"
        turns = torch.remainder(angle.diff() + period / 2, period) - period / 2
        return "spinning" if period < 360 and turns.median().abs().item() > 9 else "standing still"
    if min(wide, high) > 0.2:
        straight = math.hypot(right, down) / math.hypot(wide, high)
        return "moving diagonally" if straight > 0.8 and right > 0 and down > 0 else "orbiting"
    if wide > high:
        return "moving right" if right > 0 else "moving left"
    if abs(down) < 0.7 * high:
        return "bouncing"
    return "moving down" if down > 0 else "moving up"


def read(clips: torch.Tensor) -> list[dict]:
    """{slot: word, "overlap": 0…1} of each clip in [-1, 1]; object words are None where a frame shows no object."""
    clips = (clips.clamp(-1, 1) + 1) / 2
    side = clips.size(-1)
    backgrounds, ground = nearest_ground(clips)
    colours, colour = nearest_colour(clips, ground)
    towards = colour - ground
    share = ((clips - ground) * towards).sum(1) / towards.square().sum(1)  # [N, F, S, S]
    mask = ((share - 0.15) / 0.7).clamp(0, 1)
    area = mask.mean(dim=(2, 3))  # [N, F]
    at = (torch.arange(side) + 0.5) / side
    cx = (mask.sum(2) * at).sum(-1) / mask.sum((2, 3)).clamp(min=1e-6)
    cy = (mask.sum(3) * at).sum(-1) / mask.sum((2, 3)).clamp(min=1e-6)
    shapes, angle, overlap = shape_and_angle(mask, cx, cy, area)
    readings = []
    for i, shape in enumerate(shapes):
        radius = (area[i] / unit_areas()[grammar.SHAPES.index(shape)]).sqrt()
        seen = {"colour": colours[i], "size": "large" if radius.mean() > MIDDLE_RADIUS else "small", "shape": shape}
        seen["motion"] = motion_of(cx[i], cy[i], radius, angle[i], PERIOD[shape])
        if area[i].min() < 0.002:  # fewer than five pixels of 48 × 48
            seen = dict.fromkeys(seen)
        readings.append({**seen, "background": backgrounds[i], "overlap": overlap[i].item()})
    return readings


def adherence(prompts: list[dict[str, str]], readings: list[dict]) -> dict[str, float]:
    """Share of clips that read as asked, per slot and in all slots at once, and the mean overlap."""
    right = {slot: [p[slot] == r[slot] for p, r in zip(prompts, readings)] for slot in SLOTS}
    shares = {slot: sum(hits) / len(hits) for slot, hits in right.items()}
    shares["all"] = sum(all(hits) for hits in zip(*right.values())) / len(prompts)
    return {**shares, "overlap": sum(r["overlap"] for r in readings) / len(readings)}

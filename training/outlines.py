"""Follows objects through clips by their masks: centre and area from the first moments, shape and angle by the best
overlap with silhouettes drawn at that centre and of that area.

M objects, F frames, S pixels a side; lengths are fractions of the side. Where another object touches, what it covers may
belong to this one too: the silhouette that fits outside of it tells what is hidden, by turns with the moments.
"""

import functools
import math

import numpy as np
import torch

from render import DISTANCES

PERIOD = {"circle": 360, "square": 90, "triangle": 120, "ring": 360, "star": 72, "cross": 90}  # degrees to itself again
ANGLE_STEP = 6
ROUNDS = 8  # of completing what is hidden
LEAST = 0.002  # share of a frame below which nothing is to be seen: five pixels of 48 × 48


def silhouettes(cx, cy, r, shape: str, degrees, side: int) -> torch.Tensor:
    """Soft masks [M, S, S] of one shape at M centres; `degrees` is a number for all or one for each."""
    at = (torch.arange(side) + 0.5) / side
    dx, dy = at[None, None, :] - cx[:, None, None], at[None, :, None] - cy[:, None, None]
    turn = torch.deg2rad(torch.as_tensor(degrees, dtype=torch.float32)).expand(len(cx))[:, None, None]
    x, y = dx * turn.cos() + dy * turn.sin(), dy * turn.cos() - dx * turn.sin()
    return (0.5 - DISTANCES[shape](x, y, r[:, None, None]) * side).clamp(0, 1)


@functools.cache
def unit_area(shape: str) -> float:
    """Area of a shape of radius 1."""
    half, quarter = torch.tensor([0.5]), torch.tensor([0.25])
    return silhouettes(half, half, quarter, shape, 0, 512).mean().item() * 16


def moments(masks: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Area and centre x, y of masks [..., S, S]."""
    at = (torch.arange(masks.size(-1)) + 0.5) / masks.size(-1)
    total = masks.sum((-2, -1)).clamp(min=1e-6)
    return masks.mean((-2, -1)), (masks.sum(-2) * at).sum(-1) / total, (masks.sum(-1) * at).sum(-1) / total


def fits_of(masks, hidden, clear, area, cx, cy) -> tuple[list[str], torch.Tensor, torch.Tensor]:
    """Names, overlaps (soft intersection over union, of the `clear` frames) [M], angles in degrees [M, F]."""
    frames, side = masks.shape[1:3]
    flat, seen = masks.flatten(0, 1), 1 - hidden.flatten(0, 1)
    overlaps, angles = [], []
    for shape, period in PERIOD.items():
        radius = (area / unit_area(shape)).sqrt().flatten()
        candidates = [0] if period == 360 else list(range(0, period, ANGLE_STEP))
        matches = []
        for angle in candidates:
            drawn = silhouettes(cx.flatten(), cy.flatten(), radius, shape, angle, side)
            both, either = torch.minimum(drawn, flat) * seen, torch.maximum(drawn, flat) * seen
            matches.append(both.sum((1, 2)) / either.sum((1, 2)).clamp(min=1e-6))
        best = torch.stack(matches).max(dim=0)
        overlaps.append((best.values.view(-1, frames) * clear).sum(1) / clear.sum(1))
        angles.append(torch.tensor(candidates, dtype=torch.float32)[best.indices].view(-1, frames))
    best = torch.stack(overlaps, dim=1).max(dim=1)
    return [list(PERIOD)[i] for i in best.indices], best.values, torch.stack(angles, 1)[torch.arange(len(masks)), best.indices]


def completed(masks, hidden, shapes: list[str], area, cx, cy, angles) -> torch.Tensor:
    """The masks with what of their silhouettes is hidden."""
    whole = masks.clone()
    for i, shape in enumerate(shapes):
        radius = (area[i] / unit_area(shape)).sqrt()
        drawn = silhouettes(cx[i], cy[i], radius, shape, angles[i], masks.size(-1))
        whole[i] = torch.maximum(masks[i], torch.minimum(drawn, hidden[i]))
    return whole


def bridged(values: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    """[F], with straight lines over the frames in which nothing was seen."""
    at = np.arange(len(values))
    return torch.from_numpy(np.interp(at, at[seen], values[seen])).float()


def course_of(masks: torch.Tensor, hidden: torch.Tensor) -> tuple[list[str], torch.Tensor, dict[str, torch.Tensor]]:
    """Shapes and overlaps [M], and per frame area, x, y, radius and angle, each [M, F]. An object that another covers
    in up to half of the frames is taken to go on under it."""
    area, cx, cy = moments(masks)
    clear = (hidden.amax(dim=(2, 3)) == 0).float()
    clear[clear.sum(1) < 2] = 1  # touched nearly always: what is seen must do
    shapes, overlaps, angles = fits_of(masks, hidden, clear, area, cx, cy)
    if hidden.any():
        for _ in range(ROUNDS):
            area, cx, cy = moments(completed(masks, hidden, shapes, area, cx, cy, angles))
        for i, seen in enumerate((area > LEAST).numpy()):
            if hidden[i].any() and not seen.all() and seen.mean() >= 0.5:
                area[i], cx[i], cy[i] = (bridged(values[i], seen) for values in (area, cx, cy))
        shapes, overlaps, angles = fits_of(masks, hidden, clear, area, cx, cy)
    radius = torch.stack([(own / unit_area(shape)).sqrt() for own, shape in zip(area, shapes)])
    return shapes, overlaps, {"area": area, "x": cx, "y": cy, "radius": radius, "angle": angles}

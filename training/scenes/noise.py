"""Smooth steps and noise, for many clips at once."""

import torch
import torch.nn.functional as F


def smooth(low: float, high: float, x: torch.Tensor) -> torch.Tensor:
    """0 below `low`, 1 above `high` (or the other way round), with flat ends."""
    x = ((x - low) / (high - low)).clamp(0, 1)
    return x * x * (3 - 2 * x)


def along(clips: int, lines: int, knots: int, width: int, generator, mode: str = "linear") -> torch.Tensor:
    """Values in 0…1 at `knots` places, joined along a line: [N, lines, width]; mode linear, bicubic or nearest."""
    values = torch.rand(clips, lines, knots, generator=generator)
    if mode == "bicubic":
        return F.interpolate(values[:, :, None], size=(1, width), mode=mode, align_corners=True)[:, :, 0]
    return F.interpolate(values, size=width, mode=mode, **({} if mode == "nearest" else {"align_corners": True}))


def field(clips: int, height: int, width: int, cells: tuple[int, int], generator) -> torch.Tensor:
    """Soft noise of three octaves, about 0…1: [N, 1, height, width]."""
    total = torch.zeros(clips, 1, height, width)
    for octave, weight in ((1, 0.58), (2, 0.28), (4, 0.14)):
        coarse = torch.rand(clips, 1, cells[0] * octave, cells[1] * octave, generator=generator)
        total += weight * F.interpolate(coarse, size=(height, width), mode="bicubic")
    return total


def window(wide: torch.Tensor, start: torch.Tensor, width: int) -> torch.Tensor:
    """Cuts a frame out of a wide picture, at places between pixels: [N, C, S, W] and [N, T] to [N, C, T, S, width]."""
    clips, channels, height, full = wide.shape
    start = start.clamp(0, full - width - 1.001)
    whole, part = start.floor().long(), (start % 1)[:, None, :, None, None]
    at = whole[:, None, :, None, None] + torch.arange(width)
    shape = (clips, channels, start.size(1), height, width)
    source = wide[:, :, None].expand(-1, -1, start.size(1), -1, -1)
    left = source.gather(4, at.expand(shape))
    return left + (source.gather(4, (at + 1).expand(shape)) - left) * part

"""Reads a prompt back from the pixels of clips, by geometry and colour: no network judges another.

Frames are first averaged down to 72 pixels a side. Scene, time and weather: twelve bands of rows, each by its median colour and by how much neighbouring pixels differ across
and down, against each combination's rendered mean by Fisher's linear discriminant (fit_reader.py, reader.json). Then the
object: pixels that are one of the colours, shaded or paled, in the light of that time, gathered where they are densest;
its kind by the moments of that mask, its motion by its course. N clips, F frames, S pixels a side.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

from scenes import palette
from scenes.grammar import COLOURS, SLOTS

SIDE, BANDS = 72, 12
WINDOW = 0.46  # of the frame's side: what an object fits into
READER = Path(__file__).parent / "reader.json"
PLACES = [(scene, time, weather) for scene in SLOTS["scene"] for time in SLOTS["time"] for weather in SLOTS["weather"]]


def reduced(clips: torch.Tensor) -> torch.Tensor:
    """Clips in [-1, 1] as [N, 3, F, 72, 72] in 0…1; their side is a multiple of 72."""
    by = clips.size(-1) // SIDE
    return F.avg_pool3d((clips.clamp(-1, 1) + 1) / 2, (1, by, by))


def bands(clips: torch.Tensor) -> torch.Tensor:
    """[N, 5 · BANDS] of clips in 0…1: red, green, blue, and the mean steps across and down; mean over the frames."""
    split = lambda x: x.unflatten(-2, (BANDS, -1)).flatten(-2)  # noqa: E731 - rows of a band with their columns
    colour = split(clips).median(-1).values.mean(2).flatten(1)
    grey = clips.mean(1)
    across = split(F.pad(grey.diff(dim=-1).abs(), (0, 1))).mean(-1)
    down = split(F.pad(grey.diff(dim=-2).abs(), (0, 0, 0, 1))).mean(-1)
    steps = torch.cat([across, down], -1).mean(1)
    return torch.cat([colour, (steps + 1e-3).log() * 0.1], 1)


def discriminant(features: torch.Tensor, fitted: dict) -> torch.Tensor:
    """Index of the likeliest class, [N]."""
    return (features @ torch.tensor(fitted["weights"]).T + torch.tensor(fitted["offsets"])).argmax(1)


def mask_of(clips: torch.Tensor, colour: torch.Tensor, white: torch.Tensor) -> torch.Tensor:
    """[N, F, S, S]: 1 where a pixel is the colour, somewhat shaded and paled; colour and white [N, 3]."""
    at = lambda vector: vector[:, :, None, None, None]  # noqa: E731
    cc, cw, ww = (colour * colour).sum(1), (colour * white).sum(1), (white * white).sum(1)
    pc, pw = (clips * at(colour)).sum(1), (clips * at(white)).sum(1)
    each = lambda values: values[:, None, None, None]  # noqa: E731
    determinant = cc * ww - cw * cw
    shade = (pc * each(ww) - pw * each(cw)) / each(determinant)
    pale = (pw * each(cc) - pc * each(cw)) / each(determinant)
    far = (clips - shade[:, None] * at(colour) - pale[:, None] * at(white)).square().sum(1)
    return ((far < 0.008) & (shade > 0.55) & (shade < 1.25) & (pale > -0.06) & (pale < 0.22 * shade)).float()


def densest(mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """How much of the mask lies in the fullest window of each frame, [N, F], and the mask without what lies outside it."""
    side = mask.size(-1)
    size = round(WINDOW * side) // 2 * 2 + 1
    sums = (F.avg_pool2d(mask, size, 1, size // 2) * size * size).round()
    fullest = sums.flatten(2).max(-1)
    row, column = fullest.indices // side, fullest.indices % side
    near = lambda centre: (torch.arange(side) - centre[..., None]).abs() <= size // 2  # noqa: E731
    return fullest.values, mask * near(row)[..., None] * near(column)[..., None, :]


def moments(mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Centres [N, F, 2], and features of the form [N, 6]: area, spreads, lean downward, how near to its box it fills."""
    side = mask.size(-1)
    at = (torch.arange(side) + 0.5) / side
    area = mask.sum((2, 3)).clamp(min=1e-6)
    x, y = (mask.sum(2) * at).sum(-1) / area, (mask.sum(3) * at).sum(-1) / area
    dx, dy = at - x[..., None], at - y[..., None]
    power = lambda line, offset, n: (line * offset**n).sum(-1) / area  # noqa: E731
    wide = power(mask.sum(2), dx, 2).clamp(min=1e-8).sqrt()
    high = power(mask.sum(3), dy, 2).clamp(min=1e-8).sqrt()
    lean = power(mask.sum(3), dy, 3) / high**3
    fill = area / side**2 / (wide * high) / 12
    middle = (mask.sum(2) * (dx.abs() < 0.25 * wide[..., None])).sum(-1) / area
    features = torch.stack([(wide / high).log(), lean, fill, wide * 5, high * 5, middle], -1)
    return torch.stack([x, y], -1), features.median(1).values


def motion_of(course: torch.Tensor) -> str:
    """Of the centres of one clip, [F, 2]."""
    third = max(1, len(course) // 3)
    right, down = (course[-third:].mean(0) - course[:third].mean(0)).tolist()
    if abs(right) > abs(down):
        return "drifting right" if right > 0 else "drifting left"
    return "sinking" if down > 0 else "rising"


def found_object(clips: torch.Tensor, time: torch.Tensor):
    """Index of the colour [N], its mask where it is densest [N, F, S, S], and the least share of a frame it fills [N]."""
    lamp = palette.LAMP[time]
    best = None
    for i, colour in enumerate(palette.OBJECT):
        mass, mask = densest(mask_of(clips, colour * lamp, lamp))
        total = mass.sum(1)
        if best is None:
            best = [torch.zeros(len(clips), dtype=torch.long), mask, mass, total]
            continue
        more = total > best[3]
        best[0] = torch.where(more, i, best[0])
        best[1][more], best[2][more], best[3][more] = mask[more], mass[more], total[more]
    return best[0], best[1], best[2].amin(1) / clips.size(-1) ** 2


@torch.no_grad()
def read(clips: torch.Tensor, fitted: dict | None = None) -> list[dict]:
    """{slot: word} of each clip in [-1, 1]; object words are None where a frame shows less than 0.4 % of any colour."""
    fitted = fitted or json.loads(READER.read_text())
    clips = reduced(clips)
    places = [PLACES[i] for i in discriminant(bands(clips), fitted["place"])]
    time = torch.tensor([SLOTS["time"].index(place[1]) for place in places])
    colour, mask, least = found_object(clips, time)
    courses, features = moments(mask)
    kinds = discriminant(features, fitted["object"])
    readings = []
    for i, (scene, hour, weather) in enumerate(places):
        words = dict.fromkeys(("colour", "object", "motion"))
        if least[i] > 0.004:
            kind = SLOTS["object"][kinds[i]]
            words = {"colour": list(COLOURS)[colour[i]], "object": kind, "motion": motion_of(courses[i])}
        readings.append({**words, "scene": scene, "time": hour, "weather": weather})
    return readings


def adherence(prompts: list[dict[str, str]], readings: list[dict]) -> dict[str, float]:
    """Share of clips that read as asked, per slot and in all slots at once."""
    slots = [slot for slot in readings[0] if slot in prompts[0]]  # a still says no motion
    right = [[prompt[slot] == reading[slot] for slot in slots] for prompt, reading in zip(prompts, readings)]
    shares = {slot: sum(column) / len(right) for slot, column in zip(slots, zip(*right))}
    return {**shares, "all": sum(map(all, right)) / len(right)}

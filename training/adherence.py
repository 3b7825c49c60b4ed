"""Reads a prompt back from the pixels of clips, by geometry alone: no network judges another.

Ground from the edge, colours from the pixels that stand out, then per object the course that outlines.py follows and the
motion that it makes. Two objects are told apart by their colours. N clips, F frames, S pixels a side; lengths are
fractions of the side.
"""

import math

import torch

import grammar
from outlines import LEAST, PERIOD, course_of

SLOTS = ["background", *grammar.OBJECT]
MIDDLE_RADIUS = 0.95 * sum(grammar.SIZES.values()) / 2  # between small and large, pulsing (0.9 on average) or not
LIGHTS = torch.linspace(0.85, 1.15, 7)  # how shading darkens and lightens a colour
SOLID = 0.0017  # share of a frame, on average, that the inside of a second object fills at the least: 4 pixels of 48 × 48


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


def bodies(names: list[str]) -> torch.Tensor:
    """[K, 3], in [0, 1]."""
    return torch.tensor([grammar.COLOURS[name] for name in names]) / 255


def nearest_colour(clips: torch.Tensor, ground: torch.Tensor) -> list[str]:
    """Of the mean of the pixels that stand out most."""
    away = (clips - ground).square().sum(1).sqrt()  # [N, F, S, S]
    strong = away > 0.6 * away.flatten(1).quantile(0.99, dim=1)[:, None, None, None]
    mean = (clips * strong[:, None]).sum((2, 3, 4)) / strong.sum((1, 2, 3))[:, None].clamp(min=1)  # [N, 3]
    palette = bodies(list(grammar.COLOURS))
    error = (mean[None, :, None] - (palette * LIGHTS[:, None, None]).clamp(max=1)[:, None]).square().sum(-1)  # [7, N, K]
    chosen = error.amin(dim=0).argmin(dim=1)
    return [list(grammar.COLOURS)[i] for i in chosen]


def colours_of(clips: torch.Tensor, ground: torch.Tensor) -> list[list[str]]:
    """One or two of each clip. Two where the insides of two colours are seen: pixels nearest to a colour, in any light,
    whose neighbours are nearest to it as well. The seam between two colours, which may resemble a third, has no inside."""
    least = (clips - ground).square().sum(1)  # [N, F, S, S]
    label = torch.full_like(least, -1, dtype=torch.long)
    for i, colour in enumerate(bodies(list(grammar.COLOURS))):
        for light in LIGHTS:
            error = (clips - (colour * light).clamp(max=1)[:, None, None, None]).square().sum(1)
            label, least = torch.where(error < least, i, label), torch.minimum(error, least)
    inside = [1 - torch.nn.functional.max_pool2d((label != i).float(), 3, 1, 1) for i in range(len(grammar.COLOURS))]
    share = torch.stack([one.mean(dim=(1, 2, 3)) for one in inside], dim=1)  # [N, K]
    most = share.topk(2, dim=1)
    return [
        [list(grammar.COLOURS)[i] for i in indices] if values.min() > SOLID else [one]
        for indices, values, one in zip(most.indices, most.values, nearest_colour(clips, ground))
    ]


def mask_of(clips: torch.Tensor, ground: torch.Tensor, colour: torch.Tensor) -> torch.Tensor:
    """How much of each pixel is the object rather than the ground, [N, F, S, S]."""
    towards = colour - ground
    share = ((clips - ground) * towards).sum(1) / towards.square().sum(1)
    return ((share - 0.15) / 0.7).clamp(0, 1)


def unlikeness(clips: torch.Tensor, ground: torch.Tensor, colour: torch.Tensor) -> torch.Tensor:
    """Squared distance of each pixel from the nearest mixture of the ground and the colour in any light."""
    offset, found = clips - ground, []
    for light in LIGHTS:
        towards = (colour * light).clamp(max=1) - ground
        share = ((offset * towards).sum(1) / towards.square().sum(1)).clamp(0, 1)
        found.append((offset - share[:, None] * towards).square().sum(1))
    return torch.stack(found).amin(dim=0)


def masks_of(clips: torch.Tensor, ground: torch.Tensor, colours: list[list[str]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Of clips with equally many objects, C: masks, and for each what of the other object may hide it in the frames in
    which they touch; both [C, N, F, S, S]."""
    every = [bodies(list(names))[:, :, None, None, None] for names in zip(*colours)]
    masks = torch.stack([mask_of(clips, ground, colour) for colour in every])
    if len(every) == 1:
        return masks, torch.zeros_like(masks)
    first = unlikeness(clips, ground, every[0]) <= unlikeness(clips, ground, every[1])
    masks = masks * torch.stack([first, ~first])
    wide = [torch.nn.functional.max_pool2d((mask > 0.3).float(), 3, 1, 1) for mask in masks]
    touching = (wide[0] * wide[1]).amax(dim=(2, 3), keepdim=True)
    return masks, masks.flip(0) * touching


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


def words_of(colour: str, course: dict[str, torch.Tensor], shape: str) -> dict:
    """Words of one object; None where a frame does not show it."""
    if course["area"].min() < LEAST:
        return dict.fromkeys(grammar.OBJECT)
    x, y, radius, angle = (course[name] for name in ("x", "y", "radius", "angle"))
    size = "large" if radius.mean() > MIDDLE_RADIUS else "small"
    return {"size": size, "colour": colour, "shape": shape, "motion": motion_of(x, y, radius, angle, PERIOD[shape])}


def read(clips: torch.Tensor) -> list[dict]:
    """{slot: word, "overlap": 0…1} of each clip in [-1, 1]; object words are None where a frame shows no object. A clip
    with two objects has words in the slots of both, the first being further to the left and to the top."""
    clips = (clips.clamp(-1, 1) + 1) / 2
    backgrounds, ground = nearest_ground(clips)
    colours = colours_of(clips, ground)
    readings = [{"background": background} for background in backgrounds]
    for count in (1, 2):
        some = [i for i, names in enumerate(colours) if len(names) == count]
        if not some:
            continue
        masks, hidden = masks_of(clips[some], ground[some], [colours[i] for i in some])
        shapes, overlaps, courses = course_of(masks.flatten(0, 1), hidden.flatten(0, 1))
        for row, i in enumerate(some):
            own = [row + len(some) * k for k in range(count)]
            own.sort(key=lambda at: (courses["x"][at] + courses["y"][at]).mean().item())
            for number, at in zip(("", "2"), own):
                course = {name: values[at] for name, values in courses.items()}
                found = words_of(colours[i][at // len(some)], course, shapes[at])
                readings[i] |= {slot + number: word for slot, word in found.items()}
            readings[i]["overlap"] = sum(overlaps[at].item() for at in own) / count
    return readings


def exchanged(reading: dict) -> dict:
    """The same reading with its two objects in the other order."""
    other = {slot: slot[:-1] if slot.endswith("2") else f"{slot}2" for slot in reading if slot.rstrip("2") in grammar.OBJECT}
    return {other.get(slot, slot): word for slot, word in reading.items()}


def hits(prompt: dict[str, str], reading: dict) -> dict[str, bool]:
    """Of each slot that the prompt fills, whether it reads as asked, and whether there are as many objects. Which of two
    objects is the first is for the prompt to say: the order that agrees in more words is taken."""
    orders = [reading, exchanged(reading)] if "shape2" in reading else [reading]
    found = [{slot: prompt[slot] == order.get(slot) for slot in prompt} for order in orders]
    return {**max(found, key=lambda right: sum(right.values())), "count": ("shape2" in prompt) == ("shape2" in reading)}


def adherence(prompts: list[dict[str, str]], readings: list[dict]) -> dict[str, float]:
    """Share of clips that read as asked, per slot and in all slots at once, and the mean overlap. Of prompts that all
    speak of equally many objects."""
    right = [hits(prompt, reading) for prompt, reading in zip(prompts, readings)]
    shares = {slot: sum(one[slot] for one in right) / len(right) for slot in right[0]}
    shares["all"] = sum(all(one.values()) for one in right) / len(right)
    return {**shares, "overlap": sum(r["overlap"] for r in readings) / len(readings)}

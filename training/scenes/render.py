"""Renders clips of prompts: sky, land, water, then the object. All clips of a batch at once, where the generator lives.

The prompt names what is seen; the generator decides ridges, clouds, stars, places and phases. A seed is one clip on one
kind of device: generators of a CPU and of a GPU draw different numbers.
"""

import torch

from scenes import objects
from scenes.grammar import SLOTS, WATER, shows
from scenes.land import land
from scenes.noise import smooth
from scenes.sky import sky
from scenes.water import fogged, mirrored, waterline


def put_object(prompts, picture, u, line, freedom: float, g):
    """Clips with their objects, and the cover of these, [N, F, S, S]."""
    side = picture.size(-1)
    centre = objects.path(prompts, u, line, freedom, g)
    phase = torch.rand(len(prompts), 1, 1, 1, generator=g)
    covers = torch.zeros_like(picture[:, 0])
    y = ((torch.arange(side) + 0.5) / side)[:, None]
    for kind in SLOTS["object"]:
        some = shows(prompts, "object", kind).nonzero()[:, 0]
        if not len(some):
            continue
        draw = lambda mirror: objects.drawn(prompts[some], kind, centre[some], u, side, phase[some], mirror)  # noqa: B023, E731
        if kind == "boat":
            colour, cover = draw(True)
            keel = centre[some][:, :, 1, None, None] + 0.92 * objects.RADIUS[kind]
            faint = cover * 0.4 * (y > keel) * smooth(0.28, 0.0, y - keel)
            picture[some] = picture[some] + (colour - picture[some]) * faint[:, None]
        colour, cover = draw(False)
        picture[some] = picture[some] + (colour - picture[some]) * cover[:, None]
        covers[some] = cover
    return picture, covers


def composed(prompts, times, side: int, generator, freedom: float):
    picture, sun = sky(prompts, times, side, freedom, generator)
    picture = land(prompts, picture, times, sun[..., 0].mean(1), generator)
    line = waterline(prompts, generator)
    wet = shows(prompts, "scene", *WATER).nonzero()[:, 0]
    if len(wet):
        seen = mirrored(prompts[wet], picture[wet], times, sun[wet][..., 0], line[wet], generator)
        picture[wet] = fogged(prompts[wet], seen, line[wet])
    picture, cover = put_object(prompts, picture, times, line, freedom, generator)
    return picture.clamp(0, 1) * 2 - 1, cover


@torch.no_grad()
def render(prompts, times: torch.Tensor, side: int, generator: torch.Generator, freedom: float = 1.0):
    """Clips in [-1, 1], [N, 3, F, S, S], and the cover of their objects in 0…1, [N, F, S, S].

    `times` are those of the frames, 0…1 over a clip: linspace(0, 1, 8) for eight frames.
    """
    with torch.device(generator.device):  # where every tensor below is made
        return composed(prompts.to(generator.device), times.to(generator.device), side, generator, freedom)

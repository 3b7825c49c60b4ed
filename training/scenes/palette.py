"""Colours by time of day and by scene, 0…1; rows follow the order of words in grammar.py."""

import torch

from scenes.grammar import COLOURS


def rgb(*rows: tuple[int, int, int]) -> torch.Tensor:
    return torch.tensor(rows).float() / 255


# By time of day: dawn, noon, sunset, night
ZENITH = rgb((92, 112, 178), (66, 138, 208), (58, 42, 104), (10, 16, 46))
MIDDLE = rgb((216, 170, 190), (138, 190, 232), (206, 100, 106), (28, 42, 92))
HORIZON = rgb((255, 218, 178), (222, 238, 246), (255, 184, 100), (84, 108, 158))
SUN = rgb((255, 232, 200), (255, 252, 240), (255, 222, 146), (242, 244, 232))
LIGHT = rgb((214, 180, 184), (255, 255, 250), (206, 138, 124), (84, 104, 150))  # what falls on the ground
LAMP = torch.tensor([[0.96, 0.93, 0.93], [1.0, 1.0, 1.0], [0.97, 0.9, 0.87], [0.82, 0.84, 0.92]])  # and on the object
CLOUD_LIT = rgb((255, 230, 220), (255, 255, 255), (255, 180, 130), (92, 108, 152))
CLOUD_DARK = rgb((194, 158, 182), (200, 216, 232), (150, 76, 112), (44, 56, 98))
DEEP = rgb((52, 88, 116), (30, 116, 156), (78, 46, 92), (14, 26, 62))  # water seen from above
# By scene: mountain lake, snowy peaks, green hills, desert dunes, pine forest, open sea
FAR = rgb((98, 114, 136), (116, 134, 164), (116, 168, 92), (230, 172, 106), (60, 122, 92), (96, 116, 124))
NEAR = rgb((40, 62, 62), (62, 80, 104), (62, 118, 46), (194, 118, 62), (18, 56, 46), (62, 80, 84))

OBJECT = rgb(*COLOURS.values())
WOOD, DARK = rgb((128, 82, 48))[0], rgb((64, 48, 42))[0]


def at(colours: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """Rows of a table for indices of words, where those are kept: [N, 3]."""
    return colours.to(words.device)[words]


def spread(colours: torch.Tensor) -> torch.Tensor:
    """[N, 3] to [N, 3, 1, 1, 1], over frames and pixels."""
    return colours[:, :, None, None, None]

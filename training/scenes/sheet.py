"""A sheet of rendered clips: python -m scenes.sheet --out sheet.png"""

import argparse
from pathlib import Path

import torch
from PIL import Image

from scenes.grammar import draw, sentence, words
from scenes.render import render


def sheet(clips: torch.Tensor, path: Path, columns: int = 2) -> None:
    """Clips [N, 3, F, S, S] as rows of frames, `columns` clips a row; a palette of 256 colours keeps the file small."""
    pixels = ((clips.clamp(-1, 1) + 1) * 127.5).round().byte()
    strips = [torch.cat(list(clip.permute(1, 2, 3, 0)), 1) for clip in pixels]
    rows = [torch.cat(strips[i : i + columns], 1) for i in range(0, len(strips), columns)]
    Image.fromarray(torch.cat(rows, 0).numpy()).save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=32)
    parser.add_argument("--side", type=int, default=144)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--freedom", type=float, default=0.5)
    parser.add_argument("--frames", type=int, default=3)
    parser.add_argument("--columns", type=int, default=4)
    arguments = parser.parse_args()
    generator = torch.Generator().manual_seed(arguments.seed)
    prompts = draw(arguments.clips, generator)
    times = torch.linspace(0, 1, arguments.frames)
    clips, _ = render(prompts, times, arguments.side, generator, arguments.freedom)
    sheet(clips, arguments.out, arguments.columns)
    for prompt in prompts:
        print(sentence(words(prompt)))


if __name__ == "__main__":
    main()

"""A sheet of rendered clips: python -m scenes.sheet --out sheet.png"""

import argparse
from pathlib import Path

import torch
from PIL import Image

from scenes.grammar import draw, sentence, words
from scenes.render import render


def sheet(clips: torch.Tensor, path: Path, columns: int = 2) -> None:
    """Clips [N, 3, F, S, S] as rows of frames, `columns` clips a row; in steps of four, which halves the file unseen."""
    pixels = (((clips.clamp(-1, 1) + 1) * 127.5 / 4).round() * 4).clamp(max=255).byte()
    strips = [torch.cat(list(clip.permute(1, 2, 3, 0)), 1) for clip in pixels]
    rows = [torch.cat(strips[i : i + columns], 1) for i in range(0, len(strips), columns)]
    Image.fromarray(torch.cat(rows, 0).cpu().numpy()).save(path, optimize=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=32)
    parser.add_argument("--side", type=int, default=72, help="rendered twice as large, then reduced")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--freedom", type=float, default=0.5)
    parser.add_argument("--frames", type=int, default=3)
    parser.add_argument("--columns", type=int, default=4)
    arguments = parser.parse_args()
    generator = torch.Generator().manual_seed(arguments.seed)
    prompts = draw(arguments.clips, generator)
    times = torch.linspace(0, 1, arguments.frames)
    parts = [render(some, times, 2 * arguments.side, generator, arguments.freedom)[0] for some in prompts.split(8)]
    sheet(torch.nn.functional.avg_pool3d(torch.cat(parts), (1, 2, 2)), arguments.out, arguments.columns)
    for prompt in prompts:
        print(sentence(words(prompt)))


if __name__ == "__main__":
    main()

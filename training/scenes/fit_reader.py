"""Fits the two discriminants of read.py on rendered clips, writes reader.json, and says how often the reader is right on
others: python -m scenes.fit_reader"""

import argparse
import json

import torch

from scenes import read
from scenes.grammar import NAMES, SLOTS, draw, index, words
from scenes.render import render

TIMES = torch.linspace(0, 1, 8)
SIDE, PART = 144, 12


def fisher(features: torch.Tensor, classes: torch.Tensor, count: int, ridge: float) -> dict:
    """Weights [count, D] and offsets [count] of the linear discriminant with one covariance, to four digits; `ridge` of
    each feature's own variance is added, since generated clips vary where rendered ones do not."""
    means = torch.stack([features[classes == k].mean(0) for k in range(count)])
    inner = features - means[classes]
    covariance = inner.T @ inner / len(features)
    weights = torch.linalg.solve(covariance + ridge * covariance.diag().diag(), means.T).T
    offsets = -0.5 * (weights * means).sum(1)
    digits = lambda values: [float(f"{value:.4g}") for value in values]  # noqa: E731
    return {"weights": [digits(row) for row in weights.tolist()], "offsets": digits(offsets.tolist())}


def clips_of(prompts: torch.Tensor, generator, times=TIMES):
    for some in prompts.split(PART):
        yield some, render(some, times, SIDE, generator, 0.6)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=24, help="clips of each scene, time and weather to fit on")
    parser.add_argument("--check", type=int, default=384)
    arguments = parser.parse_args()
    generator = torch.Generator().manual_seed(5)
    prompts = draw(len(read.PLACES) * arguments.each, generator)
    boats = prompts[:, NAMES.index("object")] == index("object", "boat")
    for i, (scene, time, weather) in enumerate(read.PLACES * arguments.each):
        if not boats[i] or scene in ("mountain lake", "open sea"):
            prompts[i, 3] = index("scene", scene)
        prompts[i, 4], prompts[i, 5] = index("time", time), index("weather", weather)
    features, forms = [], []
    for some, clips in clips_of(prompts, generator, torch.tensor([0.1, 0.9])):
        unit = read.reduced(clips)
        features.append(read.bands(unit))
        forms.append(read.moments(read.found_object(unit, some[:, 4])[1])[1])
    places = prompts[:, 3] * 12 + prompts[:, 4] * 3 + prompts[:, 5]
    fitted = {
        "place": fisher(torch.cat(features), places, len(read.PLACES), 0.05),
        "object": fisher(torch.cat(forms), prompts[:, 1], len(SLOTS["object"]), 0.05),
    }
    read.READER.write_text(json.dumps(fitted, separators=(",", ":")) + "\n")
    generator = torch.Generator().manual_seed(77)
    prompts, readings = draw(arguments.check, generator), []
    for _, clips in clips_of(prompts, generator):
        readings += read.read(clips, fitted)
    asked = [words(prompt) for prompt in prompts]
    print({slot: round(share, 4) for slot, share in read.adherence(asked, readings).items()})
    for prompt, reading in zip(asked, readings):
        wrong = {slot: f"{prompt[slot]} read as {word}" for slot, word in reading.items() if prompt[slot] != word}
        if wrong:
            print(wrong, "in", prompt)


if __name__ == "__main__":
    main()

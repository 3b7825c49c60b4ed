"""Writes tests/fixtures/flip: pairs of small pictures, and what flip-evaluator says of them.

    pip install flip-evaluator==1.7 numpy pillow
    python tests/reference/flip.py

`frame` is the fourth frame of the clips that this site recorded for EasyCache, uncached and cached. The others are formulas.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from flip_evaluator import evaluate
from PIL import Image

root = Path(__file__).parent.parent.parent
out = root / "tests" / "fixtures" / "flip"
out.mkdir(exist_ok=True)
random = np.random.default_rng(7)


def bytes_of(values):
    return np.clip(np.rint(np.asarray(values) * 255), 0, 255).astype(np.uint8)


def gradient():
    y, x = np.mgrid[0:24, 0:32] / 31
    a = np.stack([x, y, 1 - x], -1)
    return bytes_of(a), bytes_of(a + 0.05 * random.standard_normal(a.shape))


def edges():
    x = np.arange(48)
    bars = np.tile(((x % 11) < 3) * 0.8 + 0.1, (40, 1))
    a = np.stack([bars] * 3, -1)
    return bytes_of(a), bytes_of(np.roll(a, 1, axis=1))


def colours():
    blocks = np.array([[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 1], [0.5, 0.5, 0.5]])
    a = blocks.repeat(4, 0)[:, None, :].repeat(24, 1)
    b = blocks[[3, 4, 5, 0, 1, 2]].repeat(4, 0)[:, None, :].repeat(24, 1)
    return bytes_of(a), bytes_of(b)


def tiny():
    return bytes_of(random.random((5, 7, 3))), bytes_of(random.random((5, 7, 3)))


def frame():
    strips = [Image.open(root / f"site/public/recorded/easy-cache/{run}.png") for run in ("uncached", "cached")]
    return [np.asarray(strip.convert("RGB"))[:, 3 * 48 : 4 * 48] for strip in strips]


cases = []
for make in (gradient, edges, colours, tiny, frame):
    a, b = make()
    for name, picture in (("a", a), ("b", b)):
        Image.fromarray(picture).save(out / f"{make.__name__}-{name}.png", optimize=True)
    error, mean, facts = evaluate((a / 255).astype(np.float32), (b / 255).astype(np.float32), "LDR", applyMagma=False)
    every7th = [round(float(one), 6) for one in error.reshape(-1)[::7]]
    cases.append({"name": make.__name__, "mean": mean, "every7th": every7th, "ppd": facts["ppd"]})
report = {"flip-evaluator": version("flip-evaluator"), "cases": cases}
(out / "values.json").write_text(json.dumps(report) + "\n")
print({case["name"]: case["mean"] for case in cases})

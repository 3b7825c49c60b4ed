"""Writes tests/fixtures/dmd.json: what cache-dit 1.5.3's DMD calibrator forecasts from feature histories.

    pip install torch cache-dit==1.5.3
    python tests/reference/dmd.py site/public/models/*/calibration.json

Histories are of few numbers each: sums of exponentials, of turning ones, with noise, a parabola, a constant. And those of
our models' guided predictions: a calibration has their products over the steps, on which alone a forecast's weights
depend, and rows of numbers with the same products stand for them.

Where fewer than four features are evenly spaced the calibrator says that it is TaylorSeer, but takes its difference from
the feature before the last one and divides by one gap: there the forecast is that of cache-dit's TaylorSeer itself.
"""

import json
import logging
import math
import sys
from pathlib import Path

import torch
from cache_dit.caching.cache_contexts.calibrators.dmd import DMDCalibrator
from cache_dit.caching.cache_contexts.calibrators.taylorseer import TaylorSeerCalibrator

logging.disable(logging.WARNING)
OUT = Path(__file__).parents[1] / "fixtures/dmd.json"
EVERY = lambda interval, steps: [step for step in range(steps) if step < 2 or step % interval == 0]


def decaying(step):
    return [math.exp(-0.11 * step) * (k + 1) + 0.5 * math.exp(-0.35 * step) * (-1) ** k + 0.2 * k for k in range(6)]


def turning(step):
    return [math.exp(-0.05 * step) * math.cos(0.4 * step + 0.7 * k) + 0.3 * k for k in range(6)]


def noisy(step):
    return [math.exp(-0.1 * step) * (k + 1) + 1e-3 * math.sin(12.9898 * (step * 6 + k)) for k in range(6)]


def parabola(step):
    return [1 + 0.1 * step * k + 0.02 * step * step for k in range(6)]


def flipping(step):
    return [(-0.8) ** step + 0.1 * k for k in range(6)]


def constant(step):
    return [1.0 + k for k in range(6)]


def forecast(rows, computed):
    """What stands in each step that is not computed."""
    calibrator, taylor = DMDCalibrator(), TaylorSeerCalibrator(n_derivatives=1)
    found = {}
    for step, row in enumerate(rows):
        for one in (calibrator, taylor):
            one.mark_step_begin()
            if step in computed:
                one.update(torch.tensor(row, dtype=torch.float64).reshape(1, -1), name="site")
        if step not in computed:
            even, _ = calibrator.states["site"]._uniform_tail()
            by = calibrator if len(even) >= 4 else taylor
            found[step] = [float(f"{value:.12g}") for value in by.approximate(name="site").reshape(-1).tolist()]
    return found


def main():
    histories = [(f.__name__, [f(step) for step in range(24)]) for f in (decaying, turning, noisy, parabola, flipping, constant)]
    for path in sys.argv[1:]:
        products = json.loads(Path(path).read_text())["meancache"]["products"]
        steps = len(products)
        gram = torch.tensor([[products[max(i, j)][abs(i - j)] for j in range(steps)] for i in range(steps)]).double()
        values, vectors = torch.linalg.eigh(gram)
        rows = vectors * values.clamp(min=0).sqrt()
        histories.append((Path(path).parent.name, rows[:, -12:].tolist()))
    cases = []
    for name, rows in histories:
        rows = [[float(f"{value:.9g}") for value in row] for row in rows]
        intervals = (1, 2, 3, 4) if name in ("decaying", "turning") else (2, 3)
        for interval in intervals:
            computed = EVERY(interval, len(rows)) if interval > 1 else list(range(8))
            cases.append({"name": name, "computed": computed, "forecasts": forecast(rows, computed)})
    kept = {name: [[float(f"{value:.9g}") for value in row] for row in rows] for name, rows in histories}
    OUT.write_text(json.dumps({"histories": kept, "cases": cases}, separators=(",", ":")) + "\n")


main()

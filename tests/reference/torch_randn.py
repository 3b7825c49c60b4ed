"""Writes tests/fixtures/torch-randn.json: what torch.randn draws on the CPU for seeds and lengths.

    pip install torch
    python tests/reference/torch_randn.py [--full FILE]

Long draws are kept as picked values and two sums; --full writes every value, for a check by hand.
"""

import json
import sys
from pathlib import Path

import torch

SEEDS = [0, 1, 42, 2**32 + 5, 2**53 - 1]
LENGTHS = [1, 5, 15, 16, 17, 100, 6144, 55296]


def draw(seed, length):
    return torch.randn(length, generator=torch.Generator("cpu").manual_seed(seed), dtype=torch.float32)


def record(seed, length):
    values = draw(seed, length)
    picked = range(length) if length <= 100 else sorted({*range(0, length, 509), *range(length - 20, length)})
    return {
        "seed": seed,
        "length": length,
        "picked": {str(i): values[i].item() for i in picked},
        "sum": values.double().sum().item(),
        "sumOfSquares": values.double().square().sum().item(),
    }


if len(sys.argv) > 2 and sys.argv[1] == "--full":
    Path(sys.argv[2]).write_text(
        json.dumps([{"seed": s, "length": n, "values": draw(s, n).tolist()} for s in SEEDS for n in LENGTHS])
    )
else:
    out = Path(__file__).parent.parent / "fixtures" / "torch-randn.json"
    draws = [record(s, n) for s in SEEDS for n in LENGTHS]
    lines = ",\n".join(json.dumps(d) for d in draws)
    out.write_text(f'{{"torch": "{torch.__version__}", "draws": [\n{lines}\n]}}\n')

"""Writes tests/fixtures/ms-ssim.json: MS-SSIM of pytorch-msssim for pictures made by a formula.

    pip install numpy torch pytorch-msssim==1.0.0
    python tests/reference/ms_ssim.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from pytorch_msssim import ms_ssim
from pytorch_msssim.ssim import _fspecial_gauss_1d, _ssim

WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
CASES = [
    # height, width, strength of the disturbance
    (176, 192, 0.1),
    (192, 208, 0.6),
    (48, 48, 0.2),
    (96, 50, 0.5),
    (24, 30, 0.3),
    (47, 45, 0.2),  # odd: the last row and column are left out (ms_ssim itself adds zeros)
    (11, 16, 0.2),
]


def images(height, width, strength):
    """The same formula as in tests/metrics/ms-ssim.test.ts."""
    i = np.arange(height * width, dtype=np.float64)
    a = np.sin(i * 0.37) * np.cos(i * 0.011) / 2 + 0.5
    b = np.clip(a + strength * np.sin(i * 1.7 + 0.5), 0, 1)
    return [torch.from_numpy(x.reshape(1, 1, height, width)) for x in (a, b)]


def scale_by_scale(a, b, scales):
    """Its `ms_ssim` takes five scales and frames of 161 pixels at least: this puts its `_ssim` together for smaller ones."""
    weights = WEIGHTS if scales == 5 else [w / sum(WEIGHTS[:scales]) for w in WEIGHTS[:scales]]
    window = _fspecial_gauss_1d(11, 1.5).repeat(1, 1, 1, 1)
    product = 1.0
    for scale, weight in enumerate(weights):
        whole, structure = _ssim(a, b, 1.0, window.to(a.dtype))
        product *= torch.relu(whole if scale == scales - 1 else structure).item() ** weight
        a, b = (torch.nn.functional.avg_pool2d(x, 2) for x in (a, b))
    return product


cases = []
for height, width, strength in CASES:
    a, b = images(height, width, strength)
    scales = sum(min(height, width) >> scale >= 11 for scale in range(5))
    case = {"height": height, "width": width, "strength": strength, "scales": scales}
    case["scaleByScale"] = scale_by_scale(a, b, scales)
    if scales == 5:
        case["whole"] = ms_ssim(a, b, data_range=1.0).item()
    cases.append(case)
out = Path(__file__).parent.parent / "fixtures" / "ms-ssim.json"
out.write_text(json.dumps({"pytorch-msssim": version("pytorch-msssim"), "cases": cases}, indent=1) + "\n")

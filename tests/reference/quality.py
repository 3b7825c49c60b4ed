"""Writes tests/fixtures/quality.json: PSNR and SSIM of scikit-image for clips made by a formula.

    pip install numpy scikit-image
    python tests/reference/quality.py
"""

import json
from pathlib import Path

import numpy as np
import skimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

CASES = [
    # shape [B, C, F, H, W], strength of the disturbance
    ([1, 3, 4, 16, 16], 0.05),
    ([1, 3, 8, 48, 48], 0.2),
    ([2, 3, 2, 32, 24], 0.7),
    ([1, 1, 1, 11, 11], 0.3),
    ([1, 3, 1, 11, 40], 3.0),
    ([1, 3, 2, 20, 20], 1e-4),
]


def clips(shape, strength):
    """The same formula as in tests/metrics/quality.test.ts, in double and then rounded to float32."""
    i = np.arange(np.prod(shape), dtype=np.float64)
    a = np.sin(i * 0.37) * np.cos(i * 0.011) * 1.1
    b = a + strength * np.sin(i * 1.7 + 0.5)
    return a.astype(np.float32).reshape(shape), b.astype(np.float32).reshape(shape)


def case(shape, strength):
    a, b = (np.clip(x.astype(np.float64), -1, 1) / 2 + 0.5 for x in clips(shape, strength))
    frames = [(x, y) for c, d in zip(a, b) for e, f in zip(c, d) for x, y in zip(e, f)]
    ssim = [
        structural_similarity(x, y, data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
        for x, y in frames
    ]
    return {
        "shape": shape,
        "strength": strength,
        "psnr": float(peak_signal_noise_ratio(a, b, data_range=1)),
        "ssim": float(np.mean(ssim)),
        "maxError": float(np.abs(a - b).max()),
    }


out = Path(__file__).parent.parent / "fixtures" / "quality.json"
cases = [case(*c) for c in CASES]
out.write_text(json.dumps({"scikit-image": skimage.__version__, "cases": cases}, indent=1) + "\n")

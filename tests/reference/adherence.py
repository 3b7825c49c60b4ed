"""Writes tests/fixtures/adherence.gz and adherence.json: clips, and what training/adherence.py reads in them.

    pip install torch diffusers
    python tests/reference/adherence.py site/public/models/latte-motion-nano

48 rendered clips of one object and 24 of two, whose prompts are known, and 16 that the model made, half of them with fewer
steps than it wants, so that readings also differ from what was asked. Pixels are bytes in steps of 8, so that they
compress: both readers get the same numbers.
"""

import gzip
import json
import random
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "training"))

import torch  # noqa: E402
from diffusers import LatteTransformer3DModel  # noqa: E402

import grammar  # noqa: E402
from adherence import read  # noqa: E402
from render import render  # noqa: E402
from sample import sample  # noqa: E402

rng = random.Random(4000)
prompts = [grammar.sample_prompt(rng) for _ in range(48)]
prompts += [grammar.sample_prompt(rng, 1.0) for _ in range(24)]
prompts += [grammar.sample_prompt(rng) for _ in range(16)]
model = LatteTransformer3DModel.from_pretrained(Path(sys.argv[1]) / "transformer", torch_dtype=torch.float32)
clips = torch.cat(
    [
        render(prompts[:72], 8, 48, rng, 1.0),
        sample(model, prompts[72:80], 12, 2.5, seed=7),
        sample(model, prompts[80:], 3, 2.5, seed=8),
    ]
)
pixels = (((clips.clamp(-1, 1) + 1) * 127.5 / 8).round() * 8).clamp(max=255).byte()
readings = read(pixels.float() / 127.5 - 1)
for reading in readings:
    del reading["overlap"]
fixtures = ROOT / "tests/fixtures"
(fixtures / "adherence.gz").write_bytes(gzip.compress(pixels.numpy().tobytes(), 9, mtime=0))
(fixtures / "adherence.json").write_text(
    json.dumps({"dims": list(pixels.shape), "rendered": 72, "prompts": prompts, "readings": readings}, indent=0) + "\n"
)

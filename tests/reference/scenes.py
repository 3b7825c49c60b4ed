"""Writes tests/fixtures/scenes.gz and scenes.json: rendered frames of 72 × 72 and what training/scenes/read.py reads in them.

    pip install torch diffusers
    python tests/reference/scenes.py

Bytes are differences from the pixel to the left (modulo 256), [clips, channels, frames, rows, columns], so that gzip finds
little left.
"""

import gzip
import json
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "training"))

from scenes import clips, grammar, read  # noqa: E402
from scenes.render import render  # noqa: E402

PROMPTS = [
    "a red balloon rising over green hills at noon with a clear sky",
    "a yellow kite drifting left over pine forest at sunset with clouds",
    "a purple boat drifting right over open sea at night with mist",
    "a blue balloon sinking over snowy peaks at dawn with a clear sky",
]
FIXTURES = ROOT / "tests" / "fixtures"

prompts = [grammar.parse(text) for text in PROMPTS]
generator = torch.Generator().manual_seed(8)
whole = grammar.tensor([{**prompt, "camera": "still"} for prompt in prompts])
pictures, _ = render(whole, torch.tensor([0.1, 0.9]), 144, generator, 0.5)
pixels = (read.reduced(pictures) * 255).round().to(torch.uint8)
readings = read.read(pixels.float() / 127.5 - 1)
steps = pixels.int().diff(dim=-1, prepend=torch.zeros_like(pixels[..., :1]).int()) % 256
(FIXTURES / "scenes.gz").write_bytes(gzip.compress(steps.to(torch.uint8).numpy().tobytes(), 9, mtime=0))
made = {"dims": list(pixels.shape), "sentences": PROMPTS, "prompts": prompts, "readings": readings}
made["vocabulary"] = clips.vocabulary()
(FIXTURES / "scenes.json").write_text(json.dumps(made, separators=(",", ":")) + "\n")
print((FIXTURES / "scenes.gz").stat().st_size, (FIXTURES / "scenes.json").stat().st_size)
for prompt, reading in zip(prompts, readings):
    print({slot: (prompt[slot], word) for slot, word in reading.items() if prompt[slot] != word})

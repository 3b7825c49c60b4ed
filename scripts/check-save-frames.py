"""Runs the Python of the page "Your own clips" on what a real diffusers pipeline returns.

    python scripts/check-save-frames.py

Takes the code from content/docs/compare.mdx, runs a LattePipeline of random weights without and with PAB, lets the code
save both clips and the second as an array, and reads the files back: they must hold the very pixels. The clips stay in
tests/fixtures/own-clips/, and beside them report.json with PSNR and largest error as numpy finds them, which the
page must find too.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import tempfile
from pathlib import Path

import diffusers
import numpy as np
import PIL
import torch
from PIL import Image

root = Path(__file__).parent.parent
kept = root / "tests/fixtures/own-clips"
page = (root / "content/docs/compare.mdx").read_text()
code = re.search(r"^```python\n(.*?)^```$", page, re.M | re.S)[1]
frames, side = 4, 32

torch.manual_seed(0)
transformer = diffusers.LatteTransformer3DModel(
    num_attention_heads=2, attention_head_dim=16, in_channels=4, out_channels=8, num_layers=2, sample_size=16,
    patch_size=2, cross_attention_dim=32, caption_channels=24, video_length=frames, norm_type="ada_norm_single",
    activation_fn="gelu-approximate", attention_bias=True, norm_elementwise_affine=False, norm_eps=1e-6,
)  # fmt: skip
vae = diffusers.AutoencoderKL(
    block_out_channels=(8, 8), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
    latent_channels=4, norm_num_groups=4,
)  # fmt: skip
pipe = diffusers.LattePipeline(None, None, vae.eval(), transformer.eval(), diffusers.DDIMScheduler())
pipe.set_progress_bar_config(disable=True)
text = {key: torch.randn(1, 5, 24) for key in ("prompt_embeds", "negative_prompt_embeds")}


def run(output_type="pil"):
    generator = torch.Generator("cpu").manual_seed(0)
    size = {"height": side, "width": side, "video_length": frames}
    asked = {"negative_prompt": None, "num_inference_steps": 6, "generator": generator, "output_type": output_type}
    return pipe(**text, **size, **asked, decode_chunk_size=frames).frames[0]


uncached = run()
pipe.transformer.enable_cache(
    diffusers.PyramidAttentionBroadcastConfig(
        spatial_attention_block_skip_range=3,
        spatial_attention_timestep_skip_range=(0, 1000),
        spatial_attention_block_identifiers=("^transformer_blocks",),
        current_timestep_callback=lambda: pipe.current_timestep,
    )
)
cached = run()


def pixels(files):
    return np.stack([np.asarray(Image.open(file)) for file in sorted(files)])


def saved(**names):
    """The clips that the code saves, in a folder of their own."""
    folder = Path(tempfile.mkdtemp())
    here = os.getcwd()
    os.chdir(folder)
    try:
        exec(compile(code, "compare.mdx", "exec"), names)
    finally:
        os.chdir(here)
    return folder / "clips"


folder = saved(uncached=uncached, cached=cached)
for name, clip in (("uncached", uncached), ("pab", cached)):
    assert (pixels((folder / name).iterdir()) == np.stack([np.asarray(frame) for frame in clip])).all(), name
arrays = np.stack([np.asarray(frame) for frame in cached]).astype("float32") / 255
assert (pixels((saved(uncached=uncached, cached=arrays) / "pab").iterdir()) == pixels((folder / "pab").iterdir())).all()

shutil.rmtree(kept / "clips", ignore_errors=True)
shutil.copytree(folder, kept / "clips")
error = (pixels((kept / "clips/pab").iterdir()).astype("float64") - pixels((kept / "clips/uncached").iterdir())) / 255
squares = (error**2).mean(axis=(1, 2, 3))
change = (np.diff(error, axis=0) ** 2).mean()
report = {
    "versions": {
        "python": platform.python_version(),
        "torch": torch.__version__.split("+")[0],
        "diffusers": diffusers.__version__,
        "pillow": PIL.__version__,
    },
    "sha256": hashlib.sha256(code.encode()).hexdigest(),
    "psnr": -10 * np.log10(squares.mean()),
    "framePsnr": list(-10 * np.log10(squares)),
    "maxError": np.abs(error).max(),
    "temporalError": change**0.5,
    "flickerIndex": change / (squares[:-1] + squares[1:]).mean() / 2,
}
(kept / "report.json").write_text(json.dumps(report, indent=1) + "\n")
print(f"{frames} frames of {side} × {side} saved and read back; PSNR {report['psnr']:.2f} dB")

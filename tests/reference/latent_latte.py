"""Writes tests/fixtures/latent-latte: a small random Latte on latents with an AutoencoderTiny that scales and shifts, in the
folder that training/export.py makes, and the clip that training/pipeline_example.py makes of it with diffusers alone.

    python tests/reference/latent_latte.py
"""

import hashlib
import json
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderTiny, FlowMatchEulerDiscreteScheduler, LatteTransformer3DModel
from safetensors.torch import save_file

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "training"))

from pipeline_example import clip  # noqa: E402

FOLDER = ROOT / "tests" / "fixtures" / "latent-latte"
SLOTS = [{"name": "colour", "words": ["red", "blue"]}, {"name": "object", "words": ["kite", "boat"]}]

torch.manual_seed(0)
transformer = LatteTransformer3DModel(
    num_attention_heads=2, attention_head_dim=4, num_layers=1, patch_size=3, in_channels=5, out_channels=5, sample_size=6,
    video_length=2, cross_attention_dim=8, caption_channels=5, attention_bias=True, activation_fn="gelu-approximate",
    norm_type="ada_norm_single", norm_elementwise_affine=False, norm_eps=1e-6,
)  # fmt: skip
vae = AutoencoderTiny(
    latent_channels=5, encoder_block_out_channels=(4,) * 3, decoder_block_out_channels=(6,) * 3, num_encoder_blocks=(0, 0, 1),
    num_decoder_blocks=(1, 1, 1), scaling_factor=0.8, shift_factor=0.15,
)  # fmt: skip
for part, name in ((transformer, "transformer"), (vae, "vae")):
    part.half().save_pretrained(FOLDER / name)
    (FOLDER / name / "diffusion_pytorch_model.safetensors").chmod(0o644)
FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=3.0).save_pretrained(FOLDER / "scheduler")
(FOLDER / "text").mkdir(exist_ok=True)
described = {"version": 1, "slots": SLOTS, "template": "a {colour} {object}", "objects": 1}
(FOLDER / "text" / "vocabulary.json").write_text(json.dumps(described, indent=1) + "\n")
defaults = {"steps": 6, "guidance": 4.0, "sigmas": "trailing", "prompt": "a blue kite"}
manifest = {"name": "latent-latte", "clip": {"frames": 2, "height": 24, "width": 24, "channels": 3, "fps": 8}}
paths = sorted(path for path in FOLDER.rglob("*/*") if path.is_file())
listed = [
    {"path": path.relative_to(FOLDER).as_posix(), "bytes": len(path.read_bytes()), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    for path in paths
]
(FOLDER / "manifest.json").write_text(json.dumps({**manifest, "defaults": defaults, "files": listed}, indent=1) + "\n")
reference = FOLDER / "reference.safetensors"
save_file({"clip": clip(FOLDER, ["blue", "kite"], seed=3)[1].contiguous()}, reference)
reference.chmod(0o644)

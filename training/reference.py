"""What diffusers makes of the shipped checkpoint, for the engine's tests:
python reference.py ../site/public/models/latte-motion-nano ../tests/fixtures/nano-reference.safetensors

The default prompt, guidance and steps of the manifest, noise of seed 0, weights widened to float32, diffusers' own
DDIMScheduler, timesteps as floats. Writes noise, cond, uncond and sample.
"""

import argparse
import json
from pathlib import Path

import torch
from diffusers import DDIMScheduler, LatteTransformer3DModel
from safetensors.torch import save_file

import grammar
from model import rows
from sample import sample


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    defaults = json.loads((arguments.folder / "manifest.json").read_text())["defaults"]
    model = LatteTransformer3DModel.from_pretrained(arguments.folder / "transformer", torch_dtype=torch.float32)
    scheduler = DDIMScheduler.from_pretrained(arguments.folder / "scheduler")
    prompt = grammar.parse(defaults["prompt"])
    side = model.config.sample_size
    noise = torch.randn((1, 3, model.config.video_length, side, side), generator=torch.Generator("cpu").manual_seed(0))
    clip = sample(model, [prompt], defaults["steps"], defaults["guidance"], 0, noise=noise, scheduler=scheduler)
    tensors = {"noise": noise, "cond": rows([prompt]), "uncond": rows([{}]), "sample": clip}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, arguments.out)
    arguments.out.chmod(0o644)


if __name__ == "__main__":
    main()

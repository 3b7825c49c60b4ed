"""What diffusers makes of a shipped checkpoint, for the engine's tests:
python reference.py ../site/public/models/latte-motion-nano ../tests/fixtures/nano-reference.safetensors

The default prompt, guidance and steps of the manifest, noise of seed 0, weights widened to float32, diffusers' own
scheduler, timesteps as floats. Writes noise, cond, uncond and sample; of a model on latents the last latents alone, in a
tenth of the clip's size.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from pipeline_example import clip as clip_of_latents
from tasks import load


def write(tensors: dict[str, torch.Tensor], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, out)
    out.chmod(0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    manifest = json.loads((arguments.folder / "manifest.json").read_text())
    defaults, shape = manifest["defaults"], manifest["clip"]
    task, model, scheduler = load(arguments.folder)
    prompt = task.parse(defaults["prompt"])
    if (arguments.folder / "vae").exists():
        latents, _ = clip_of_latents(arguments.folder, list(prompt.values()))
        return write({"latents": latents}, arguments.out)
    dims = [1, *(shape[name] for name in ("channels", "frames", "height", "width"))]
    noise = torch.randn(dims, generator=torch.Generator("cpu").manual_seed(0))
    clip = task.sample(model, [prompt], defaults["steps"], defaults["guidance"], 0, noise=noise, by=scheduler)
    tensors = {"noise": noise, "cond": task.rows([prompt]), "uncond": task.rows([{}]), "sample": clip}
    write(tensors, arguments.out)


if __name__ == "__main__":
    main()

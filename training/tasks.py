"""What a model makes and how: clips.py for Latte, images.py for FLUX, scenes/clips.py and scenes/stills.py for the same on
latents. They answer to the same names.

NETWORK, PROMPT, build, scheduler, vocabulary, sample_prompt, sentence, parse, rows, batch, loss_of, noise_table,
inside, asking, sample; one that makes latents also to `use` and `keep`, for its autoencoder.
"""

import importlib
import json
from pathlib import Path

import torch

CONFIGS = sorted(file.stem for file in (Path(__file__).parent / "config").glob("[a-z]*.py"))


def task_of(config):
    """The task that a module of config/ names."""
    return importlib.import_module(getattr(config, "TASK", "clips"))


def load(folder: Path, device: str = "cpu"):
    """Task, network in float32 on the device, and scheduler, of a run or of an exported folder."""
    config = json.loads((folder / "transformer" / "config.json").read_text())
    latent = (folder / "vae").exists()
    modules = ["scenes.clips", "scenes.stills"] if latent else ["clips", "images"]
    task = next(task for task in map(importlib.import_module, modules) if task.NETWORK.__name__ == config["_class_name"])
    if latent:
        task.use(folder, device)
    network = task.NETWORK.from_pretrained(folder / "transformer", torch_dtype=torch.float32).eval().to(device)
    return task, network, type(task.scheduler()).from_pretrained(folder / "scheduler")

"""What a model makes and how: clips.py for Latte, images.py for FLUX. Both answer to the same names.

NETWORK, PROMPT, build, scheduler, vocabulary, sample_prompt, sentence, parse, rows, batch, loss_of, noise_table,
inside, asking, sample.
"""

import importlib
import json
from pathlib import Path

import torch


def task_of(config):
    """The task that a module of config/ names."""
    return importlib.import_module(getattr(config, "TASK", "clips"))


def load(folder: Path):
    """Task, network in float32 and scheduler of a run or of an exported folder."""
    name = json.loads((folder / "transformer" / "config.json").read_text())["_class_name"]
    task = next(task for task in map(importlib.import_module, ["clips", "images"]) if task.NETWORK.__name__ == name)
    network = task.NETWORK.from_pretrained(folder / "transformer", torch_dtype=torch.float32)
    return task, network, type(task.scheduler()).from_pretrained(folder / "scheduler")

"""Writes a run as the folder that the engine and the page load: python export.py nano runs/nano ../site/public/models/latte-motion-nano

Weights are the run's moving average in float16; manifest.json lists every other file with its size and SHA-256.
"""

import argparse
import datetime
import hashlib
import importlib
import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderTiny

from tasks import CONFIGS, task_of

FPS = 8
SHARD_BYTES = 16_000_000  # of tensors; with its header, a file stays below 16 MiB


def write_json(path: Path, value) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def manifest(out: Path, config, guidance: float, parameters: int, training: dict) -> dict:
    files = sorted(path for path in out.rglob("*") if path.is_file() and path.name != "manifest.json")
    side = config.SIDE * getattr(config, "PIXELS", 1)
    return {
        "version": 1,
        "name": config.NAME,
        "license": "MIT",
        "parameters": parameters,
        "dtype": "F16",
        "clip": {"frames": config.FRAMES, "height": side, "width": side, "channels": 3, "fps": FPS},
        "defaults": {
            "steps": config.STEPS,
            "guidance": guidance,
            **({"sigmas": config.SIGMAS} if hasattr(config, "SIGMAS") else {}),
            "prompt": task_of(config).PROMPT,
        },
        "training": training,
        "files": [
            {
                "path": path.relative_to(out).as_posix(),
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in files
        ],
    }


def export(config, run: Path, out: Path, guidance: float, command: str, shard_bytes: int = SHARD_BYTES) -> dict:
    """The manifest; what was in `out` is replaced. Weights of more than `shard_bytes` are cut, with diffusers' index."""
    task = task_of(config)
    model = task.NETWORK.from_pretrained(run / "transformer", torch_dtype=torch.float32)
    progress = json.loads((run / "progress.json").read_text())
    shutil.rmtree(out, ignore_errors=True)
    parts = {"transformer": model}
    if (run / "vae").exists():
        parts["vae"] = AutoencoderTiny.from_pretrained(run / "vae", torch_dtype=torch.float32)
    for name, part in parts.items():
        part.half().save_pretrained(out / name, max_shard_size=shard_bytes)
        for file in (out / name).glob("*.safetensors"):
            file.chmod(0o644)
        written = out / name / "config.json"
        kept = {key: value for key, value in json.loads(written.read_text()).items() if key != "_name_or_path"}
        write_json(written, kept)
    task.scheduler().save_pretrained(out / "scheduler")
    spoken = {"slots": config.SLOTS} if hasattr(config, "SLOTS") else {"objects": 2 if getattr(config, "SECOND", 0) else 1}
    write_json(out / "text" / "vocabulary.json", task.vocabulary(**spoken))
    training = {
        "clips": progress["clips"],
        "minutes": round(progress["minutes"]),
        "command": command,
        "date": datetime.date.today().isoformat(),
    }
    described = manifest(out, config, guidance, sum(p.numel() for p in model.parameters()), training)
    write_json(out / "manifest.json", described)
    return described


def main(arguments: list[str] | None = None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", choices=CONFIGS)
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--guidance", type=float, help="default: the config's")
    parser.add_argument("--command", help="how the run was trained, for the manifest", required=True)
    arguments = parser.parse_args(arguments)
    config = importlib.import_module(f"config.{arguments.config}")
    guidance = config.GUIDANCE if arguments.guidance is None else arguments.guidance
    print(json.dumps(export(config, arguments.run, arguments.out, guidance, arguments.command), indent=2))


if __name__ == "__main__":
    main()

"""Landscapes from nothing to an exported folder in a fixed time: python -m scenes.train_all --minutes 12 --out runs/all

Autoencoder, latents, transformer, export, sheet and measurements, each the program of its own that the README names, called
with a share of the minutes. Stops and resumes at any moment: a finished stage is skipped, trained ones go on from their
checkpoint, and latents that are there are kept. <out>/result.json says what was obtained.
"""

import argparse
import importlib
import json
import time
from pathlib import Path

import torch

import export
import sample
import train
from scenes import encode, evaluate, train_autoencoder

SHARES = {"autoencoder": 0.25, "latents": 0.08, "transformer": 0.62}  # the rest is for export and measurements
AMOUNTS = {  # crops and clips of a step, clips to encode at most, clips and steps of the measurement
    "cuda": {"crops": 256, "batch": {"nano": 256, "small": 128}, "clips": 100_000, "shown": 256, "steps": 28, "eager": []},
    "cpu": {"crops": 16, "batch": {"nano": 4, "small": 1}, "clips": 128, "shown": 4, "steps": 2, "eager": ["--eager"]},
}


def stages(out: Path, size: str, minutes: float, device: str, vae: Path | None) -> dict:
    """{name: (program, its arguments)} in their order; with an autoencoder given, its minutes go to the transformer."""
    amounts, config, on = AMOUNTS[device], f"scenes_{size}", ["--device", device]
    ae, data, run, model = (out / name for name in ("autoencoder", "data", "run", "model"))
    shares = SHARES if vae is None else {**SHARES, "transformer": SHARES["transformer"] + SHARES["autoencoder"]}
    within = {name: ["--minutes", str(share * minutes)] for name, share in shares.items()}
    often = ["--save-every", "0.5"]
    learning = ["--batch", amounts["crops"], *within["autoencoder"], *often, "--out", ae]
    encoding = ["--vae", vae or ae / "vae", "--out", data, "--clips", amounts["clips"], *within["latents"]]
    velocity = ["--data", data, "--batch", amounts["batch"][size], *within["transformer"], *often, "--sheet-every", 1000]
    guidance = importlib.import_module(f"config.{config}").GUIDANCE
    drawn = ["--steps", amounts["steps"], "--guidance", guidance]
    said = f"python -m scenes.train_all --size {size} --minutes {minutes:g} --device {device}"
    found = {
        "autoencoder": (train_autoencoder.main, [*learning, *on]),
        "latents": (encode.main, [config, *encoding, *on]),
        "transformer": (train.main, [config, *velocity, "--cooldown", 0.2, "--out", run, *on, *amounts["eager"]]),
        "export": (export.main, [config, run, model, "--command", said]),
        "sheet": (sample.main, [model, *drawn, "--out", out / "sheet.png", *on]),
        "evaluation": (evaluate.main, [model, "--data", data, "--clips", amounts["shown"], *drawn, *on]),
    }
    if vae is not None:
        del found["autoencoder"]
    return {name: (program, [str(word) for word in words]) for name, (program, words) in found.items()}


def obtained(out: Path) -> dict:
    """What the stages have left in their folders."""
    latents = list((out / "data" / "latents").glob("[0-9]*.pt"))
    learned = out / "autoencoder" / "quality.jsonl"
    return {
        **({"autoencoder": json.loads(learned.read_text().splitlines()[-1])} if learned.exists() else {}),
        "encoded_clips": len(latents) * encode.CHUNK,
        "transformer": json.loads((out / "run" / "progress.json").read_text()),
        "bytes": sum(file["bytes"] for file in json.loads((out / "model" / "manifest.json").read_text())["files"]),
    }


def main(arguments: list[str] | None = None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="of all stages together")
    parser.add_argument("--size", choices=["nano", "small"], default="nano")
    parser.add_argument("--device", choices=list(AMOUNTS), default="cuda")
    parser.add_argument("--vae", type=Path, help="an autoencoder that is trained already, such as scenes/vae")
    asked = parser.parse_args(arguments)
    if not asked.minutes > 0:
        parser.error(f"--minutes is {asked.minutes:g}; it must be above 0")
    if asked.device == "cuda" and not torch.cuda.is_available():
        parser.error("no CUDA device is here; --device cpu makes a dry run of all stages")
    asked.out.mkdir(parents=True, exist_ok=True)
    request = {"size": asked.size, "minutes": asked.minutes, "device": asked.device, "vae": asked.vae and str(asked.vae)}
    file = asked.out / "result.json"
    result = json.loads(file.read_text()) if file.exists() else {**request, "torch": torch.__version__, "seconds": {}}
    if {name: result.get(name) for name in request} != request:
        parser.error(f"{asked.out} holds a run of other settings ({file}); give another --out")
    for name, (program, words) in stages(asked.out, asked.size, asked.minutes, asked.device, asked.vae).items():
        if name in result["seconds"]:
            continue
        print(f"[{name}]", *words, flush=True)
        began = time.monotonic()
        made = program(words)
        result["seconds"][name] = round(time.monotonic() - began, 1)  # of the call that finished it
        result |= {name: made} if name == "evaluation" else {}
        file.write_text(json.dumps(result, indent=1) + "\n")
    file.write_text(json.dumps({**result, **obtained(asked.out)}, indent=1) + "\n")
    print(file.read_text())


if __name__ == "__main__":
    main()

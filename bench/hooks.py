"""Runs the site's checkpoints with diffusers' own cache hooks and times them, for bench/against-diffusers.ts.

    python bench/hooks.py THREADS

Reads one request a line, {"folder", "method", "options", "steps"} with diffusers' option names, and answers with
{"ms", "deviation"}: wall time of the denoising loop and the clip's standard deviation. Needs torch and diffusers.
"""

import json
import re
import sys
import time
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import diffusers
import torch

sys.path.append(str(Path(__file__).parent.parent / "training"))
from tasks import load  # noqa: E402

torch.set_num_threads(int(sys.argv[1]))
torch.set_grad_enabled(False)
diffusers.utils.logging.set_verbosity_error()

now = {"timestep": 0.0}
timestep = {"current_timestep_callback": lambda: now["timestep"]}
# Searched for unanchored, Latte's temporal blocks would count as spatial ones.
anchored = {
    "spatial_attention_block_identifiers": ("^transformer_blocks",),
    "temporal_attention_block_identifiers": ("temporal_transformer_blocks",),
    "cross_attention_block_identifiers": ("^transformer_blocks",),
}
kinds = {
    "pab": lambda options: diffusers.PyramidAttentionBroadcastConfig(**options, **anchored, **timestep),
    "fastercache": lambda options: diffusers.FasterCacheConfig(
        **options, tensor_format="BCFHW", attention_weight_callback=lambda _: 0.5, **timestep
    ),
    "taylorseer": lambda options: diffusers.TaylorSeerCacheConfig(**options, taylor_factors_dtype=torch.float32),
    "firstblockcache": lambda options: diffusers.FirstBlockCacheConfig(**options),
    "magcache": lambda options: diffusers.MagCacheConfig(**options),
}


@cache
def loaded(folder):
    defaults = json.loads((Path(folder) / "manifest.json").read_text())["defaults"]
    return *load(Path(folder)), defaults


def run(folder, options, steps, method=None):
    task, model, scheduler, defaults = loaded(folder)
    options = {name: tuple(value) if name.endswith("range") and isinstance(value, list) else value
               for name, value in options.items()}  # fmt: skip
    if method:
        model.enable_cache(kinds[method](options))
    scheduler.set_timesteps(steps)
    guidance, prompt = defaults["guidance"], task.parse(defaults["prompt"])
    cond, uncond = task.rows([prompt]), task.rows([{}])
    noise = torch.randn((1, 3, 8 if task.__name__ == "clips" else 1, 48, 48), generator=torch.Generator().manual_seed(0))
    latents = noise if task.__name__ == "clips" else task.pack(noise[:, :, 0])
    context = model.cache_context if method else lambda _: nullcontext()
    before = time.perf_counter()
    for at in scheduler.timesteps:
        now["timestep"] = float(at)
        if task.__name__ == "clips":  # both branches in one batch, as the pipeline does and FasterCache needs
            with context("both"):
                both = model(
                    torch.cat([latents, latents]),
                    timestep=at.float().expand(2),
                    encoder_hidden_states=torch.cat([uncond, cond]),
                    return_dict=False,
                )[0]
            parts = both.chunk(2)
        else:  # branch by branch, as FLUX pipelines with real guidance do
            parts = []
            for name, rows in (("uncond", uncond), ("cond", cond)):
                with context(name):
                    parts.append(task.predict(model, latents, (at / 1000).expand(1), rows))
        prediction = parts[0] + guidance * (parts[1] - parts[0])
        latents = scheduler.step(prediction, at, latents, return_dict=False)[0]
    ms = 1000 * (time.perf_counter() - before)
    if method:
        model.disable_cache()
    return {"ms": ms, "deviation": float(latents.std(correction=0))}


print(json.dumps({"versions": {"diffusers": diffusers.__version__, "torch": torch.__version__}}), flush=True)
for line in sys.stdin:
    try:
        print(json.dumps(run(**json.loads(line))), flush=True)
    except Exception as error:  # noqa: BLE001 - one method that diffusers cannot run must not end the table
        print(json.dumps({"error": re.sub(r"\s+", " ", f"{type(error).__name__}: {error}")[:160]}), flush=True)

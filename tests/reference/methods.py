"""Random lawful settings of diffusers' cache hooks on the two fixture models: which modules ran in which step, and the
final latents. Writes tests/fixtures/random-runs.{json,safetensors}, which tests/golden/random.test.ts compares with.

    python tests/reference/methods.py [SEED [RUNS [OUT]]]

Needs torch, diffusers and safetensors; the file names their versions. Options are written under our names.
"""

import json
import random
import re
import sys
from pathlib import Path

import diffusers
import torch
from diffusers import (
    DDIMScheduler,
    FasterCacheConfig,
    FirstBlockCacheConfig,
    FlowMatchEulerDiscreteScheduler,
    FluxTransformer2DModel,
    LatteTransformer3DModel,
    MagCacheConfig,
    PyramidAttentionBroadcastConfig,
    TaylorSeerCacheConfig,
)
from safetensors.torch import load_file, save_file

fixtures = Path(__file__).parent.parent / "fixtures"
seed = int(sys.argv[1]) if len(sys.argv) > 1 else 2026
count = int(sys.argv[2]) if len(sys.argv) > 2 else 80
out = Path(sys.argv[3]) if len(sys.argv) > 3 else fixtures / "random-runs"
rnd = random.Random(seed)
diffusers.utils.logging.set_verbosity_error()
torch.set_grad_enabled(False)

tensors = {name: load_file(fixtures / name / "reference.safetensors") for name in ("latte-a", "flux-a")}
recorded = {name: json.loads((fixtures / name / "reference.json").read_text())["runs"] for name in tensors}
ratios = next(run for run in recorded["flux-a"] if run["method"] == "magcache")["config"]["mag_ratios"]
# FirstBlockCache and MagCache stop on Latte.
methods = {
    "latte-a": ["pab", "fastercache", "taylorseer"],
    "flux-a": ["pab", "fastercache", "taylorseer", "firstblockcache", "magcache"],
}

# Searched for unanchored, Latte's temporal blocks would count as spatial ones.
anchored = {
    "spatial_attention_block_identifiers": ("^transformer_blocks",),
    "temporal_attention_block_identifiers": ("temporal_transformer_blocks",),
    "cross_attention_block_identifiers": ("^transformer_blocks",),
}

modules = {
    "latte-a": {
        "spatial-attention": r"transformer_blocks\.\d+\.attn1",
        "temporal-attention": r"temporal_transformer_blocks\.\d+\.attn1",
        "cross-attention": r".*\.attn2",
        "feed-forward": r".*\.ff",
    },
    "flux-a": {"spatial-attention": r".*\.attn", "feed-forward": r".*\.(ff|ff_context|proj_mlp)"},
}


def window(highest=1001):
    return sorted(rnd.sample([-1, 0, 50, 100, 199, 300, 461, 641, 681, 800, highest], 2))


def maybe(**options):
    """Each option or its default."""
    return {name: value for name, value in options.items() if rnd.random() < 0.7}


def options_of(model, method):
    latte = model == "latte-a"
    if method == "pab":
        kinds = ("spatial", "temporal", "cross") if latte else ("spatial",)
        ranges = {f"{kind}_attention_block_skip_range": rnd.choice([1, 2, 3, 4, 5, 7, 30, None]) for kind in kinds}
        return maybe(**ranges) | maybe(**{f"{kind}_attention_timestep_skip_range": window() for kind in kinds})
    if method == "fastercache":
        distilled = not latte or rnd.random() < 0.25
        highest = 641 if distilled else 1001  # a distilled run that begins inside its window stops in diffusers
        return {
            "spatial_attention_block_skip_range": rnd.randint(1, 5),
            "temporal_attention_block_skip_range": rnd.choice([None, 2, 3, 4]) if latte else None,
            "spatial_attention_timestep_skip_range": window(highest),
            "temporal_attention_timestep_skip_range": window(highest),
            "attention_weight": rnd.choice([0, 0.3, 0.5, 1, 1.5]),
            "is_guidance_distilled": distilled,
            "tensor_format": "BCFHW" if latte else "BCHW",
        } | maybe(
            unconditional_batch_skip_range=rnd.randint(1, 7),
            unconditional_batch_timestep_skip_range=window(),
            low_frequency_weight_update_timestep_range=window(),
            high_frequency_weight_update_timestep_range=window(),
            alpha_low_frequency=rnd.choice([0.9, 1.0, 1.05, 1.2]),
            alpha_high_frequency=rnd.choice([0.9, 1.0, 1.05, 1.2]),
        )
    if method == "taylorseer":
        kinds = list(modules[model])
        return {
            "cache_interval": rnd.choice([1, 2, 3, 4, 5, 6, 40]),
            "disable_cache_before_step": rnd.choice([1, 2, 3, 4, 6, 30]),
            "disable_cache_after_step": rnd.choice([None, None, 0, 2, 8, 15]),
            "max_order": rnd.choice([0, 1, 1, 2, 3, 5]),
            "use_lite_mode": rnd.random() < 0.3,
            "sites": rnd.sample(kinds, rnd.randint(1, len(kinds))),
        }
    if method == "firstblockcache":
        return {"threshold": rnd.choice([0, 10] + [round(rnd.uniform(0.1, 0.9), 3) for _ in range(8)])}
    level = rnd.choice([0.9, 0.97, 1.01, 1.02, 1.05])  # its error meets the threshold: the last bit decides
    flat = [level] * rnd.choice([1, 2, 9])
    drawn = [1.0] + [round(rnd.uniform(0.85, 1.2), 5) for _ in range(11)]
    return {"mag_ratios": rnd.choice([ratios, ratios[::3], drawn, flat, flat])} | maybe(
        threshold=rnd.choice([0, 0.01, 0.03, 0.06, 0.12, 0.24, 0.5] + [round(abs(1 - level), 2)] * 7),
        max_skip_steps=rnd.choice([0, 1, 2, 3, 5, 50]),
        retention_ratio=rnd.choice([0, 0.1, 0.2, 0.25, 0.33, 0.5, 1]),
    )


def config_of(model, method, options, steps, timestep):
    options = {name: tuple(value) if name.endswith("range") and value and not isinstance(value, int) else value
               for name, value in options.items()}  # fmt: skip
    if method == "pab":
        places = anchored if model == "latte-a" else {}
        return PyramidAttentionBroadcastConfig(**options, **places, current_timestep_callback=timestep)
    if method == "fastercache":
        weight = options.pop("attention_weight")
        callbacks = {"attention_weight_callback": lambda _: weight, "current_timestep_callback": timestep}
        return FasterCacheConfig(**options, **callbacks)
    if method == "taylorseer":
        places = [modules[model][kind] for kind in options.pop("sites")]
        return TaylorSeerCacheConfig(**options, cache_identifiers=places, taylor_factors_dtype=torch.float32)
    if method == "firstblockcache":
        return FirstBlockCacheConfig(**options)
    return MagCacheConfig(**options, num_inference_steps=steps)


def scheduler_of():
    if rnd.random() < 0.5:
        return FlowMatchEulerDiscreteScheduler(shift=rnd.choice([1.0, 1.7, 3.0]))
    return DDIMScheduler(
        clip_sample=False,
        timestep_spacing=rnd.choice(["leading", "trailing", "linspace"]),
        steps_offset=rnd.choice([0, 1]),
        prediction_type=rnd.choice(["epsilon", "v_prediction", "sample"]),
    )


def packed(image):
    batch, channels, height, width = image.shape
    patches = image.view(batch, channels, height // 2, 2, width // 2, 2).permute(0, 2, 4, 1, 3, 5)
    return patches.reshape(batch, height * width // 4, channels * 4)


def run(model, method, options, scheduler, steps, guidance):
    given = tensors[model]
    kind = LatteTransformer3DModel if model == "latte-a" else FluxTransformer2DModel
    network = kind.from_pretrained(fixtures / model / "transformer").eval()
    now = {"step": 0, "timestep": 0.0}
    ran = {name: ["0"] * steps for name in recorded[model][0]["computed"]}

    def watch(name, forward):
        def watched(*args, **kwargs):
            ran[name][now["step"]] = "1"
            return forward(*args, **kwargs)

        return watched

    for name in ran:
        module = network.get_submodule(name)
        module.forward = watch(name, module.forward)
    network.enable_cache(config_of(model, method, options, steps, lambda: now["timestep"]))
    scheduler.set_timesteps(steps)
    latents = given["noise"] if model == "latte-a" else packed(given["noise"])
    side = given["noise"].shape[-1] // 2
    for step, timestep in enumerate(scheduler.timesteps):
        now |= {"step": step, "timestep": float(timestep)}
        at = timestep.float()
        with network.cache_context("cond"):
            if model == "latte-a":
                both = guidance != 1
                prediction = network(
                    hidden_states=torch.cat([latents, latents]) if both else latents,
                    timestep=at.expand(2 if both else 1),
                    encoder_hidden_states=torch.cat([given["uncond"], given["cond"]]) if both else given["cond"],
                    return_dict=False,
                )[0]
                if both:
                    uncond, cond = prediction.chunk(2)
                    prediction = uncond + guidance * (cond - uncond)
            else:
                rows, columns = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
                ids = torch.stack([torch.zeros_like(rows), rows, columns], dim=-1).reshape(-1, 3).float()
                prediction = network(
                    hidden_states=latents,
                    timestep=at.expand(1) / 1000,
                    encoder_hidden_states=given["text"],
                    pooled_projections=given["pooled"],
                    txt_ids=torch.zeros(given["text"].shape[1], 3),
                    img_ids=ids,
                    return_dict=False,
                )[0]
        latents = scheduler.step(prediction, timestep, latents, return_dict=False)[0]
    return {name: "".join(steps) for name, steps in ran.items()}, latents


camel = lambda name: re.sub("_([a-z])", lambda found: found[1].upper(), name)  # noqa: E731
runs, samples = [], {}
for index in range(count):
    model = ("latte-a", "flux-a")[index % 2]
    method = methods[model][index // 2 % len(methods[model])]
    options, scheduler = options_of(model, method), scheduler_of()
    steps = rnd.choice([3, 5, 8, 11, 15, 20, 27] if method == "fastercache" else [1, 2, 3, 5, 8, 11, 15, 20, 27])
    two_passes = model == "latte-a" and (method == "fastercache" or rnd.random() < 0.8)
    guidance = rnd.choice([0.5, 1.5, 3, 7.5]) if two_passes else 1
    computed, sample = run(model, method, options, scheduler, steps, guidance)
    samples[str(index)] = sample.contiguous()
    config = {name: value for name, value in scheduler.config.items() if not name.startswith("_")}
    runs.append(
        {
            "model": model,
            "method": method,
            "options": {camel(name): value for name, value in options.items()},
            "steps": steps,
            "guidance": guidance,
            "scheduler": {"_class_name": type(scheduler).__name__} | config,
            "computed": computed,
        }
    )

versions = {"diffusers": diffusers.__version__, "torch": torch.__version__, "seed": seed}
lines = ",\n".join(json.dumps(one) for one in runs)
out.with_suffix(".json").write_text(f'{{"versions": {json.dumps(versions)}, "runs": [\n{lines}\n]}}\n')
save_file(samples, out.with_suffix(".safetensors"))

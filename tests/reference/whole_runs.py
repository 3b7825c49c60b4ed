"""Whole runs under multistep schedulers on checkpoints of tests/fixtures/real, uncached and under diffusers' cache hooks:
which modules ran, and of every prediction and of the last latents some numbers. Writes
tests/fixtures/whole-runs.{json,safetensors}, which tests/golden/whole-runs.test.ts compares with.

    python tests/reference/whole_runs.py [MODEL …]

Runs of other models than those named stay as they were recorded.

Needs torch, diffusers and safetensors; the file names their versions. Options are written under our names.
"""

import json
import re
import sys
from pathlib import Path

import diffusers
import torch
from diffusers.hooks import apply_faster_cache, apply_first_block_cache, apply_pyramid_attention_broadcast, apply_taylorseer_cache
from diffusers.hooks.hooks import CacheContext, _set_cache_context
from safetensors.torch import load_file, save_file

FIXTURES = Path(__file__).parents[1] / "fixtures"
KEPT = 48  # numbers of each tensor, evenly over it
torch.set_grad_enabled(False)
diffusers.utils.logging.set_verbosity_error()

FLOW = dict(use_flow_sigmas=True, prediction_type="flow_prediction")
SCHEDULES = [
    ("wan", "UniPCMultistepScheduler", dict(**FLOW, flow_shift=3.0), 9, 5.0),
    ("wan", "DPMSolverMultistepScheduler", dict(**FLOW, flow_shift=5.0, solver_order=3), 8, 5.0),
    ("pixart", "DPMSolverMultistepScheduler", dict(beta_start=0.0001, beta_end=0.02), 10, 4.5),
    ("pixart", "UniPCMultistepScheduler", dict(solver_order=3, use_karras_sigmas=True), 9, 4.5),
    ("cogvideox", "CogVideoXDPMScheduler", dict(prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing="trailing"), 8, 6.0),
]  # fmt: skip
camel = lambda name: re.sub("_([a-z])", lambda found: found[1].upper(), name)  # noqa: E731


def forward(kind, model, x, t, text):
    if kind == "cogvideox":  # its class takes frames before channels
        return model(hidden_states=x.transpose(1, 2), encoder_hidden_states=text, timestep=t, return_dict=False)[0].transpose(1, 2)
    if kind == "pixart":  # it learns a variance too
        return model(hidden_states=x, encoder_hidden_states=text, timestep=t, added_cond_kwargs={"resolution": None, "aspect_ratio": None}, return_dict=False)[0][:, : x.shape[1]]
    return model(hidden_states=x, encoder_hidden_states=text, timestep=t, return_dict=False)[0]


def run(kind, scheduler, steps, guidance, method, options):
    folder = FIXTURES / "real" / kind
    name = json.loads((folder / "transformer" / "config.json").read_text())["_class_name"]
    model = getattr(diffusers, name).from_pretrained(folder / "transformer", torch_dtype=torch.float32).eval()
    given = load_file(folder / "reference.safetensors")
    modules = [key for key, _ in model.named_modules() if re.fullmatch(r"(transformer_)?blocks\.\d+\.(attn\d|ff|ffn)", key)]
    now, ran = {"step": 0, "timestep": 0.0}, {key: ["0"] * steps for key in modules}
    for key in modules:
        module = model.get_submodule(key)

        def watched(*args, key=key, own=module.forward, **kwargs):
            ran[key][now["step"]] = "1"
            return own(*args, **kwargs)

        module.forward = watched
    if method == "pab":
        places = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
        apply_pyramid_attention_broadcast(model, diffusers.PyramidAttentionBroadcastConfig(**places, current_timestep_callback=lambda: now["timestep"]))
    elif method == "taylorseer":
        apply_taylorseer_cache(model, diffusers.TaylorSeerCacheConfig(**{k: v for k, v in options.items() if k != "sites"}, cache_identifiers=[re.escape(key) for key in modules], taylor_factors_dtype=torch.float32))
    elif method == "firstblockcache":
        apply_first_block_cache(model, diffusers.FirstBlockCacheConfig(**options))
    elif method == "fastercache":
        weight = options["attention_weight"]
        config = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items() if k != "attention_weight"}
        identifiers = tuple(re.escape(key) for key in modules if key.endswith("attn1"))
        apply_faster_cache(model, diffusers.FasterCacheConfig(**config, spatial_attention_block_identifiers=identifiers, attention_weight_callback=lambda _: weight, current_timestep_callback=lambda: now["timestep"]))

    def in_context(which, x, t, text):
        _set_cache_context(model, CacheContext(which))  # as CacheMixin does, which PixArt's class lacks
        out = forward(kind, model, x, t.expand(len(x)).float(), text)
        _set_cache_context(model, None)
        return out

    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(7)
    x, old, predictions = given["noise"] * float(getattr(scheduler, "init_noise_sigma", 1.0)), None, []
    for step, t in enumerate(scheduler.timesteps):
        now |= {"step": step, "timestep": float(t)}
        if method == "firstblockcache":
            c, u = (in_context(which, x, t, given[f"{prefix}text"]) for which, prefix in (("cond", ""), ("uncond", "uncond.")))
        else:
            u, c = in_context("both", torch.cat([x, x]), t, torch.cat([given["uncond.text"], given["text"]])).chunk(2)
        predictions.append(u + guidance * (c - u))
        if isinstance(scheduler, diffusers.CogVideoXDPMScheduler):
            back = scheduler.timesteps[step - 1] if step > 0 else None
            # As its pipeline has them, frames before channels: noise is drawn in that order.
            flat = [value if value is None else value.transpose(1, 2) for value in (predictions[-1], old, x)]
            x, old = (value.transpose(1, 2) for value in scheduler.step(*flat[:2], t, back, flat[2], generator=generator, return_dict=False))
        else:
            x = scheduler.step(predictions[-1], t, x, return_dict=False)[0]
    return {key: "".join(mask) for key, mask in ran.items()}, torch.stack(predictions), x


def methods_of(kind):
    window = [150, 960]
    cross = {} if kind == "cogvideox" else dict(cross_attention_block_skip_range=3, cross_attention_timestep_skip_range=window)
    kinds = ["spatial-attention", *(["cross-attention"] if cross else []), "feed-forward"]
    yield None, {}
    yield "pab", dict(spatial_attention_block_skip_range=2, spatial_attention_timestep_skip_range=window, **cross)
    yield "taylorseer", dict(cache_interval=3, disable_cache_before_step=2, max_order=1, sites=kinds)
    for threshold in (0.2, 0.4, 0.6, 0.8, 1.0, 1.3):
        yield "firstblockcache", dict(threshold=threshold)
    if kind == "wan":
        yield "fastercache", dict(spatial_attention_block_skip_range=2, spatial_attention_timestep_skip_range=window, tensor_format="BCFHW", attention_weight=0.5, unconditional_batch_skip_range=3,
                                  unconditional_batch_timestep_skip_range=[-1, 990], alpha_low_frequency=1.1, alpha_high_frequency=1.2)  # fmt: skip


def few(tensor):
    return tensor.flatten()[torch.arange(KEPT) * tensor.numel() // KEPT].contiguous()


runs, tensors = [], {}
only = sys.argv[1:] or [kind for kind, *_ in SCHEDULES]
if sys.argv[1:]:
    before = load_file(FIXTURES / "whole-runs.safetensors")
    for index, one in enumerate(json.loads((FIXTURES / "whole-runs.json").read_text())["runs"]):
        if one["model"] not in only:
            tensors |= {f"{len(runs)}.{part}": before[f"{index}.{part}"] for part in ("predictions", "sample")}
            runs.append(one)
for kind, name, config, steps, guidance in SCHEDULES:
    if kind not in only:
        continue
    found = set()
    for method, options in methods_of(kind):
        if method in found:
            continue
        scheduler = getattr(diffusers, name)(**config)
        computed, predictions, sample = run(kind, scheduler, steps, guidance, method, options)
        masks = set(computed.values())
        if method and not any("0" in mask for mask in masks):
            continue
        found.add(method)
        print(kind, name, method, options.get("threshold", ""), sorted(masks))
        key = str(len(runs))
        tensors[f"{key}.predictions"] = torch.stack([few(one) for one in predictions])
        tensors[f"{key}.sample"] = few(sample)
        said = {k: v for k, v in scheduler.config.items() if not k.startswith("_") and v != float("-inf")}
        runs.append({"model": kind, "method": method, "options": {camel(k): v for k, v in options.items()}, "steps": steps, "guidance": guidance,
                     "scheduler": {"_class_name": name} | said, "timesteps": [float(t) for t in scheduler.timesteps], "computed": computed})  # fmt: skip
versions = {"diffusers": diffusers.__version__, "torch": torch.__version__}
lines = ",\n".join(json.dumps(one) for one in runs)
(FIXTURES / "whole-runs.json").write_text(f'{{"versions": {json.dumps(versions)}, "runs": [\n{lines}\n]}}\n')
save_file(tensors, FIXTURES / "whole-runs.safetensors")

"""Small random checkpoints of Chroma, FLUX.2 and Z-Image, with what diffusers and its cache hooks make of them.

    python tests/reference/image_networks.py [NAME …]

Writes tests/fixtures/networks/NAME/: transformer/ (float16 weights), scheduler/, reference.json, reference.safetensors.
The run "none" has guidance, in two passes; those with a hook have one pass a step, and say which modules ran.
Needs torch, diffusers and safetensors; reference.json names the version.
"""
import json
import sys
from pathlib import Path

import diffusers
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from diffusers.hooks import (
    FasterCacheConfig,
    FirstBlockCacheConfig,
    MagCacheConfig,
    PyramidAttentionBroadcastConfig,
    TaylorSeerCacheConfig,
    apply_faster_cache,
    apply_first_block_cache,
    apply_mag_cache,
    apply_pyramid_attention_broadcast,
    apply_taylorseer_cache,
)
from diffusers.hooks.hooks import CacheContext, _set_cache_context
from safetensors.torch import save_file

OUT = Path(__file__).parents[1] / "fixtures" / "networks"
STEPS = 6
diffusers.utils.logging.set_verbosity_error()
torch.set_grad_enabled(False)


def pack(x, p=2):
    b, c, h, w = x.shape
    return x.view(b, c, h // p, p, w // p, p).permute(0, 2, 4, 1, 3, 5).reshape(b, (h // p) * (w // p), c * p * p)


def text(rows, channels, masks=None):
    """Rows of text for seeds 1 (with the prompt) and 2; `masks` say how many of them are read."""

    def make(seed):
        made = {"text": torch.randn(1, rows, channels, generator=torch.Generator().manual_seed(seed))}
        return made | ({"mask": (torch.arange(rows) < masks[seed - 1]).float()[None]} if masks else {})

    return make


def chroma(model, x, t, c, shape):
    rows, columns = shape[2] // 2, shape[3] // 2
    ids = torch.zeros(rows, columns, 3)
    ids[..., 1], ids[..., 2] = torch.arange(rows)[:, None], torch.arange(columns)[None]
    # As ChromaPipeline does: the mask is of numbers, and goes on over the image.
    mask = torch.cat([c["mask"], torch.ones(1, rows * columns)], dim=1) if "mask" in c else None
    return model(hidden_states=x, timestep=t / 1000, encoder_hidden_states=c["text"], txt_ids=torch.zeros(c["text"].shape[1], 3),
                 img_ids=ids.reshape(-1, 3), attention_mask=mask, return_dict=False)[0]


def flux2(model, x, t, c, shape):
    rows, columns, length = shape[2] // 2, shape[3] // 2, c["text"].shape[1]
    ids = torch.cartesian_prod(torch.arange(1), torch.arange(rows), torch.arange(columns), torch.arange(1))
    text_ids = torch.cartesian_prod(torch.arange(1), torch.arange(1), torch.arange(1), torch.arange(length))
    return model(hidden_states=x, timestep=t / 1000, encoder_hidden_states=c["text"], txt_ids=text_ids, img_ids=ids,
                 guidance=c.get("told"), return_dict=False)[0]


def z_image(model, x, t, c, shape):
    """As ZImagePipeline does: how much is clean, texts without their padding, and the sign turned round."""
    rows = int(c["mask"].sum()) if "mask" in c else c["text"].shape[1]
    out = model([x[0].unsqueeze(1)], (1000 - t) / 1000, [c["text"][0, :rows]], return_dict=False)[0]
    return -torch.stack(out).squeeze(2)


FLUX_SITES = r"(single_)?transformer_blocks\.\d+\.(attn|ff|ff_context|proj_mlp)"
# FirstBlockCache stops on FLUX.2: its tail takes the last block's output for a pair, and it is one tensor. SeaCache keeps no
# residual there, and computes all.
HOOKS = ("pab", "fastercache", "taylorseer", "taylorseer-lite", "magcache")
# FasterCache finds no attention in Z-Image, whose blocks are called "layers"; FirstBlockCache and MagCache ask its blocks
# for an argument "hidden_states", which they call "x".
Z_SITES, ALL = r"layers\.\d+\.(attention|feed_forward)", ("pab", "taylorseer")
# name: class, config, noise, conditions, forward, guidance, modules that are sites, attention among them, methods
NETWORKS = {
    "chroma-masked": ("ChromaTransformer2DModel", dict(in_channels=12, num_layers=2, num_single_layers=2, attention_head_dim=12, num_attention_heads=2, joint_attention_dim=10,
                      axes_dims_rope=(4, 4, 4), approximator_num_channels=16, approximator_hidden_dim=20, approximator_layers=2), (1, 3, 6, 8), text(6, 10, (4, 2)), chroma, 3.0,
                      FLUX_SITES, ("pab", "fastercache", "taylorseer", "taylorseer-lite")),
    "chroma-deep": ("ChromaTransformer2DModel", dict(in_channels=16, out_channels=16, num_layers=1, num_single_layers=3, attention_head_dim=16, num_attention_heads=1, joint_attention_dim=8,
                    axes_dims_rope=(2, 6, 8), approximator_num_channels=64, approximator_hidden_dim=16, approximator_layers=3), (1, 4, 8, 4), text(5, 8), chroma, 4.5,
                    FLUX_SITES, ("taylorseer", "taylorseer-lite", "pab")),
    "flux2-dev": ("Flux2Transformer2DModel", dict(in_channels=16, num_layers=2, num_single_layers=2, attention_head_dim=16, num_attention_heads=1, joint_attention_dim=12,
                  mlp_ratio=2.5, axes_dims_rope=(4, 4, 4, 4)), (1, 4, 6, 8), text(5, 12), flux2, 4.0, FLUX_SITES, HOOKS),
    "flux2-klein": ("Flux2Transformer2DModel", dict(in_channels=12, num_layers=1, num_single_layers=3, attention_head_dim=8, num_attention_heads=2, joint_attention_dim=10,
                    timestep_guidance_channels=32, axes_dims_rope=(2, 2, 2, 2), rope_theta=500, eps=1e-5, guidance_embeds=False), (1, 3, 8, 4), text(7, 10), flux2, 3.0,
                    FLUX_SITES, HOOKS),
    "z-image-masked": ("ZImageTransformer2DModel", dict(in_channels=4, dim=24, n_layers=3, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=10, axes_dims=[4, 4, 4],
                       axes_lens=[80, 32, 32]), (1, 4, 8, 12), text(9, 10, (7, 3)), z_image, 3.0, Z_SITES, ALL),
    "z-image-bare": ("ZImageTransformer2DModel", dict(in_channels=3, dim=16, n_layers=2, n_refiner_layers=2, n_heads=1, n_kv_heads=1, norm_eps=1e-6, qk_norm=False, cap_feat_dim=12,
                     rope_theta=64.0, t_scale=900.0, axes_dims=[4, 6, 6], axes_lens=[128, 16, 16]), (1, 3, 16, 16), text(33, 12), z_image, 1.5, Z_SITES, ALL),
}


def hooked(model, method, now):
    """Applies the hook of `method`; what it was told, under our names."""
    timestep = lambda: now["timestep"]  # noqa: E731
    if method == "pab":
        apply_pyramid_attention_broadcast(model, PyramidAttentionBroadcastConfig(
            spatial_attention_block_skip_range=2, spatial_attention_timestep_skip_range=(100, 900), current_timestep_callback=timestep))
        return {"spatialAttentionBlockSkipRange": 2, "spatialAttentionTimestepSkipRange": [100, 900]}
    if method == "fastercache":
        apply_faster_cache(model, FasterCacheConfig(
            spatial_attention_block_skip_range=2, spatial_attention_timestep_skip_range=(-1, 700), attention_weight_callback=lambda _: 0.5,
            current_timestep_callback=timestep, is_guidance_distilled=True, tensor_format="BCHW"))
        return {"spatialAttentionBlockSkipRange": 2, "spatialAttentionTimestepSkipRange": [-1, 700], "attentionWeight": 0.5, "isGuidanceDistilled": True}
    if method == "taylorseer-lite":
        apply_taylorseer_cache(model, TaylorSeerCacheConfig(
            cache_interval=2, disable_cache_before_step=2, max_order=1, taylor_factors_dtype=torch.float32, use_lite_mode=True))
        return {"cacheInterval": 2, "disableCacheBeforeStep": 2, "maxOrder": 1, "useLiteMode": True}
    if method == "taylorseer":
        apply_taylorseer_cache(model, TaylorSeerCacheConfig(
            cache_interval=2, disable_cache_before_step=2, max_order=1, taylor_factors_dtype=torch.float32, cache_identifiers=[now["sites"]]))
        kinds = ["spatial-attention", "feed-forward"]
        return {"cacheInterval": 2, "disableCacheBeforeStep": 2, "maxOrder": 1, "sites": kinds}
    if method == "firstblockcache":
        apply_first_block_cache(model, FirstBlockCacheConfig(threshold=now["threshold"]))
        return {"threshold": now["threshold"]}
    ratios = [1.0, 0.98, 1.02, 0.97, 0.95, 0.99]
    apply_mag_cache(model, MagCacheConfig(mag_ratios=ratios, num_inference_steps=STEPS, threshold=0.06, max_skip_steps=2, retention_ratio=0.2))
    return {"magRatios": ratios, "threshold": 0.06, "maxSkipSteps": 2, "retentionRatio": 0.2}


def watched(model, pattern, now, ran):
    import re

    for name, module in model.named_modules():
        if not re.fullmatch(pattern, name):
            continue
        ran[name] = ["0"] * STEPS

        def forward(*args, name=name, own=module.forward, **kwargs):
            ran[name][now["step"]] = "1"
            return own(*args, **kwargs)

        module.forward = forward


def make(name):
    kind, config, shape, conditions, call, guidance, sites, methods = NETWORKS[name]
    folder = OUT / name
    (folder / "transformer").mkdir(parents=True, exist_ok=True)
    torch.manual_seed(len(name))
    model = getattr(diffusers, kind)(**config).eval()
    for key, value in model.named_parameters():
        spread = 0.1 if value.ndim < 2 else value[0].numel() ** -0.5
        fresh = torch.randn_like(value) * spread + (1 if "norm" in key and key.endswith("weight") and value.ndim == 1 else 0)
        if key.startswith("t_embedder.mlp.") and value.ndim == 2:
            fresh[:, 96:] = 0  # wide whatever the config says: most of it is left to compress
            fresh[96:] = 0
        value.data.copy_(fresh.half().float())
    weights = {k: v.half().contiguous() for k, v in model.state_dict().items()}
    model.save_config(folder / "transformer")
    save_file(weights, folder / "transformer" / "diffusion_pytorch_model.safetensors")
    scheduler = FlowMatchEulerDiscreteScheduler(shift=1.0)
    scheduler.save_pretrained(folder / "scheduler")
    told = config.get("guidance_embeds", kind == "Flux2Transformer2DModel")
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    cond, uncond = conditions(1), conditions(2)

    def run(network, scale, now):
        scheduler.set_timesteps(sigmas=[1 - i / STEPS for i in range(STEPS)])
        x, predictions = noise.clone() if call is z_image else pack(noise), []
        for step, t in enumerate(scheduler.timesteps):
            now |= {"step": step, "timestep": float(t)}
            args = (network, x, t[None].float())
            _set_cache_context(network, CacheContext("cond"))  # `cache_context`, which Z-Image lacks
            c = call(*args, cond | ({"told": torch.tensor([scale])} if told else {}), shape)
            factor = scale + (call is z_image)  # ZImagePipeline: c + scale · (c − u)
            predictions.append(c if told or scale == 1 else (u := call(*args, uncond, shape)) + factor * (c - u))
            x = scheduler.step(predictions[-1], t, x, return_dict=False)[0]
        return torch.stack(predictions), x

    tensors, runs = {"noise": noise, **cond, **({} if told else {f"uncond.{k}": v for k, v in uncond.items()})}, [{"run": "none", "method": None}]
    tensors["none.predictions"], tensors["none.sample"] = run(model, guidance, {})
    scale = guidance if told else 1  # one pass a step
    alone, _ = run(model, scale, {})
    for method in methods:
        for threshold in (0.3, 0.5, 0.7, 0.9, 1.2, 1.6) if method == "firstblockcache" else (None,):
            network = getattr(diffusers, kind)(**config).eval()
            network.load_state_dict({k: v.float() for k, v in weights.items()})
            now, ran = {"sites": sites, "threshold": threshold}, {}
            watched(network, sites, now, ran)
            options = hooked(network, method, now)
            predictions, _ = run(network, scale, now)
            changed = ((predictions - alone).abs().max() / alone.abs().max()).item()
            if changed > 0:
                break
        assert changed > 0, f"{method} skipped nothing on {name}"
        tensors[f"{method}.predictions"] = predictions
        computed = {site: "".join(steps) for site, steps in ran.items()}
        runs.append({"run": method, "method": method.removesuffix("-lite"), "options": options, "guidance": scale, "computed": computed, "fromUncached": round(changed, 4)})
    save_file({k: v.float().contiguous() for k, v in tensors.items()}, folder / "reference.safetensors")
    facts = {"model": kind, "diffusers": diffusers.__version__, "steps": STEPS, "guidance": guidance, "timesteps": [float(t) for t in scheduler.timesteps], "runs": runs}
    (folder / "reference.json").write_text(json.dumps(facts, indent=1))
    print(name, sum(v.numel() for v in weights.values()), [(r["run"], r.get("fromUncached")) for r in runs])


for name in sys.argv[1:] or NETWORKS:
    make(name)

"""Small random checkpoints of LTX-Video, HunyuanVideo and Mochi, with what they predict uncached and under diffusers' cache
hooks, and which modules ran in which step: python tests/reference/video_networks.py [NAME …]

Writes tests/fixtures/networks/NAME/: transformer/ (float16 weights), scheduler/, reference.json, reference.safetensors.
Needs torch, diffusers and safetensors; reference.json names the version.

Both branches are one batch, [uncond, cond], as in LTXPipeline and MochiPipeline; methods that compare tensors have a pass
and a context for each branch instead.
"""

import json
import re
import sys
from pathlib import Path

import diffusers
import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXConditionPipeline
from diffusers.pipelines.mochi.pipeline_mochi import linear_quadratic_schedule
from safetensors.torch import save_file

OUT = Path(__file__).parents[1] / "fixtures" / "networks"
torch.set_grad_enabled(False)
diffusers.utils.logging.set_verbosity_error()


def conditions(seed, rows, channels, read, **more):
    """Text of so many rows, of which the first `read` are read, and vectors."""
    g = torch.Generator().manual_seed(seed)
    found = {"text": torch.randn(1, rows, channels, generator=g)} | {k: torch.randn(1, n, generator=g) for k, n in more.items()}
    return found | ({} if read is None else {"mask": (torch.arange(rows) < read).float()[None]})


def ltx(model, x, t, c, size):
    """Packed latents, which lie as in LTXPipeline at its usual 25 frames a second."""
    frames, height, width = size
    return model(hidden_states=x, encoder_hidden_states=c["text"], timestep=t, encoder_attention_mask=c.get("mask"),
                 num_frames=frames, height=height, width=width, rope_interpolation_scale=(8 / 25, 32, 32), return_dict=False)[0]


def placed(frames, height, width, frame_rate=30):
    """Seconds and pixels of latents as LTXConditionPipeline places them."""
    ids = LTXConditionPipeline._prepare_video_ids(1, frames, height, width)
    coords = LTXConditionPipeline._scale_video_ids(ids, 32, 8).float()
    coords[:, 0] = coords[:, 0] * (1.0 / frame_rate)
    return coords


def ltx_placed(model, x, t, c, size):
    coords = placed(*size).expand(len(x), -1, -1)
    return model(hidden_states=x, encoder_hidden_states=c["text"], timestep=t[:, None], encoder_attention_mask=c.get("mask"), video_coords=coords, return_dict=False)[0]


def mochi(model, x, t, c, size):
    mask = c.get("mask", torch.ones(c["text"].shape[:2]))
    return model(hidden_states=x, encoder_hidden_states=c["text"], timestep=t, encoder_attention_mask=mask.bool(), return_dict=False)[0]


def hunyuan(scale):
    def forward(model, x, t, c, size):
        # As HunyuanVideoImageToVideoPipeline joins them: the first frame in its place, or its latents and a mask.
        if model.config.image_condition_type == "token_replace":
            x = torch.cat([c["image"], x[:, :, 1:]], dim=2)
        elif "image" in c:
            x = torch.cat([x, c["image"]], dim=1)
        told = {"guidance": torch.full((len(x),), scale * 1000)} if model.config.guidance_embeds else {}
        mask = c.get("mask", torch.ones(c["text"].shape[:2]))
        return model(hidden_states=x, timestep=t, encoder_hidden_states=c["text"], encoder_attention_mask=mask, pooled_projections=c["pooled"], **told, return_dict=False)[0]

    return forward


# name: class, config, noise, steps, guidance, scheduler, conditions of both branches, forward, whether latents are packed
NETWORKS = {
    "ltx-masked": ("LTXVideoTransformer3DModel", dict(in_channels=6, out_channels=6, num_attention_heads=2, attention_head_dim=16, cross_attention_dim=32, num_layers=3,
                   caption_channels=10), (1, 6, 3, 2, 4), 8, 3.0, dict(use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05, base_image_seq_len=16, max_image_seq_len=64, shift_terminal=0.1),
                   [(1, 6, 10, 4), (2, 6, 10, 1)], ltx, True),
    "ltx-affine": ("LTXVideoTransformer3DModel", dict(in_channels=4, out_channels=None, num_attention_heads=3, attention_head_dim=8, cross_attention_dim=24, num_layers=2, caption_channels=7,
                   activation_fn="geglu", norm_elementwise_affine=True, norm_eps=1e-4, attention_bias=False, attention_out_bias=False), (1, 4, 2, 3, 3), 6, 2.0, dict(shift=1.5),
                   [(1, 5, 7, None), (2, 5, 7, None)], ltx, True),
    "ltx-placed": ("LTXVideoTransformer3DModel", dict(in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=10, cross_attention_dim=20, num_layers=2, caption_channels=6,
                   activation_fn="gelu"), (1, 4, 4, 2, 3), 5, 3.0, dict(shift=2.0), [(1, 5, 6, 4), (2, 5, 6, 2)], ltx_placed, True),
    "mochi-masked": ("MochiTransformer3DModel", dict(patch_size=2, num_attention_heads=2, attention_head_dim=12, num_layers=3, pooled_projection_dim=10, in_channels=3, text_embed_dim=16,
                     time_embed_dim=14), (1, 3, 2, 4, 6), 8, 3.0, dict(invert_sigmas=True), [(1, 6, 16, 4), (2, 6, 16, 0)], mochi, False),
    "mochi-narrow": ("MochiTransformer3DModel", dict(patch_size=1, num_attention_heads=3, attention_head_dim=8, num_layers=2, pooled_projection_dim=15, in_channels=4, text_embed_dim=8,
                     time_embed_dim=16, activation_fn="gelu"), (1, 4, 3, 3, 2), 5, 2.0, dict(invert_sigmas=True), [(1, 5, 8, None), (2, 5, 8, None)], mochi, False),
    "hunyuan-told": ("HunyuanVideoTransformer3DModel", dict(in_channels=3, out_channels=3, num_attention_heads=2, attention_head_dim=8, num_layers=2, num_single_layers=2, num_refiner_layers=2,
                     text_embed_dim=10, pooled_projection_dim=7, rope_axes_dim=(2, 4, 2)), (1, 3, 2, 4, 6), 8, 6.0, dict(shift=3.0), [(1, 6, 10, 4, dict(pooled=7))], hunyuan(6.0), False),
    "hunyuan-deep": ("HunyuanVideoTransformer3DModel", dict(in_channels=4, out_channels=4, num_attention_heads=3, attention_head_dim=8, num_layers=1, num_single_layers=1, num_refiner_layers=2,
                     mlp_ratio=2.6, patch_size=1, patch_size_t=2, qk_norm="layer_norm", guidance_embeds=False, text_embed_dim=6, pooled_projection_dim=9, rope_theta=100.0, rope_axes_dim=(2, 4, 2)),
                     (1, 4, 4, 2, 3), 6, 2.0, dict(shift=1.0), [(1, 5, 6, 5, dict(pooled=9)), (2, 5, 6, 2, dict(pooled=9))], hunyuan(None), False),
    "hunyuan-image": ("HunyuanVideoTransformer3DModel", dict(in_channels=5, out_channels=2, num_attention_heads=2, attention_head_dim=8, num_layers=1, num_single_layers=2, num_refiner_layers=0,
                     patch_size=2, qk_norm=None, image_condition_type="latent_concat", text_embed_dim=6, pooled_projection_dim=5, rope_axes_dim=(4, 2, 2)), (1, 2, 3, 4, 4), 5, 4.5, dict(shift=2.0),
                     [(1, 4, 6, None, dict(pooled=5))], hunyuan(4.5), False),
    "hunyuan-replaced": ("HunyuanVideoTransformer3DModel", dict(in_channels=3, out_channels=3, num_attention_heads=2, attention_head_dim=8, num_layers=2, num_single_layers=1, num_refiner_layers=1,
                     patch_size=2, image_condition_type="token_replace", text_embed_dim=6, pooled_projection_dim=5, rope_axes_dim=(4, 2, 2)), (1, 3, 3, 4, 4), 6, 6.0, dict(shift=7.0),
                     [(1, 4, 6, 3, dict(pooled=5))], hunyuan(6.0), False),
}  # fmt: skip


def sigmas_of(kind, steps):
    """Those that the class's pipeline passes."""
    if kind == "HunyuanVideoTransformer3DModel":
        return np.linspace(1.0, 0.0, steps + 1)[:-1].tolist()
    if kind == "MochiTransformer3DModel":
        return linear_quadratic_schedule(steps, 0.025)
    return [1 - i / steps for i in range(steps)]


def pack(x):
    return x.flatten(2).transpose(1, 2)


def freshly_drawn(kind, config, seed):
    torch.manual_seed(seed)
    model = getattr(diffusers, kind)(**config).eval()
    for key, value in model.state_dict().items():
        spread = 0.1 if value.ndim < 2 else value[0].numel() ** -0.5
        is_norm = "norm" in key and key.endswith("weight") and value.ndim == 1
        value.copy_((torch.randn_like(value) * spread + is_norm).half().float())
    return model


camel = lambda name: re.sub("_([a-z])", lambda found: found[1].upper(), name)  # noqa: E731


def caches(modules, steps, volume):
    """Name, our method, our options, diffusers' configuration of the same, and whether each branch has a pass of its own."""
    now = {"timestep": 0}
    window = (150, 960)
    pab = dict(spatial_attention_block_skip_range=2, spatial_attention_timestep_skip_range=window)
    # diffusers takes attention classes that say no `is_cross_attention` for spatial ones.
    also = dict(cross_attention_block_skip_range=2, cross_attention_timestep_skip_range=window) if any("attn2" in name for name in modules) else {}
    taylor = dict(cache_interval=3, disable_cache_before_step=2, max_order=1)
    kinds = ["spatial-attention", *(["cross-attention"] if also else []), "feed-forward"]
    mag = dict(threshold=0.3, max_skip_steps=2, retention_ratio=0.2)
    ratios = [1.0] + [round(1 - 0.02 * i, 3) for i in range(1, steps)]
    # Not anchored, "blocks" would also find the attention of HunyuanVideo's refiner_blocks, which is no site here.
    anchored = ("^transformer_blocks", "^single_transformer_blocks")
    yield "pab", "pab", {**pab, **also}, diffusers.PyramidAttentionBroadcastConfig(**pab, spatial_attention_block_identifiers=anchored, current_timestep_callback=lambda: now["timestep"]), False, now
    yield "taylorseer", "taylorseer", {**taylor, "sites": kinds}, diffusers.TaylorSeerCacheConfig(**taylor, cache_identifiers=[re.escape(name) for name in modules], taylor_factors_dtype=torch.float32), False, now
    yield "magcache", "magcache", {**mag, "mag_ratios": ratios}, diffusers.MagCacheConfig(**mag, mag_ratios=ratios, num_inference_steps=steps), True, now
    faster = dict(spatial_attention_block_skip_range=2, spatial_attention_timestep_skip_range=window, is_guidance_distilled=not volume, tensor_format="BCFHW")
    if volume:  # LTX-Video has no volume, and the hook cannot halve what HunyuanVideo is given
        faster |= dict(unconditional_batch_skip_range=3, unconditional_batch_timestep_skip_range=(-1, 990), alpha_low_frequency=1.1, alpha_high_frequency=1.2)
    # Its own patterns find LTX-Video's cross-attention too, which FasterCache leaves alone here.
    places = [re.escape(name) for name in modules if re.search(r"attn1?$", name)]
    callbacks = dict(attention_weight_callback=lambda _: 0.5, current_timestep_callback=lambda: now["timestep"], spatial_attention_block_identifiers=places)
    yield "fastercache", "fastercache", {**faster, "attention_weight": 0.5}, diffusers.FasterCacheConfig(**faster, **callbacks), False, now
    for threshold in (0.15, 0.3, 0.6, 1.0):
        yield f"fbc{threshold}", "firstblockcache", {"threshold": threshold}, diffusers.FirstBlockCacheConfig(threshold=threshold), True, now


def make(name):
    kind, config, shape, steps, guidance, schedule, both, forward, packed = NETWORKS[name]
    model = freshly_drawn(kind, config, len(name))
    folder = OUT / name
    (folder / "transformer").mkdir(parents=True, exist_ok=True)
    model.save_config(folder / "transformer")
    save_file({k: v.half().contiguous() for k, v in model.state_dict().items()}, folder / "transformer" / "diffusion_pytorch_model.safetensors")
    scheduler = FlowMatchEulerDiscreteScheduler(**schedule)
    scheduler.save_pretrained(folder / "scheduler")
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    branches = [conditions(*one, **(more[0] if more else {})) for *one, more in [(*each[:4], each[4:]) for each in both]]
    if config.get("image_condition_type"):
        more = (*shape[:2], 1, *shape[3:]) if config["image_condition_type"] == "token_replace" else (1, config["in_channels"] - shape[1], *shape[2:])
        branches = [one | {"image": torch.randn(more, generator=torch.Generator().manual_seed(9))} for one in branches]
    cond, uncond = branches if len(branches) == 2 else (branches[0], None)
    modules = [key for key, _ in model.named_modules() if re.fullmatch(r"(single_)?transformer_blocks\.\d+\.(attn\d?|ff|ff_context|proj_mlp)", key)]
    now = {"step": 0}

    def call(x, t, c):
        return forward(model, x, t.expand(x.shape[0]).float(), c, shape[2:])

    def predict(x, t, apart):
        if uncond is None:
            with model.cache_context("cond"):
                return call(x, t, cond)
        if apart:
            parts = []
            for which, given in (("cond", cond), ("uncond", uncond)):
                with model.cache_context(which):
                    parts.append(call(x, t, given))
            c, u = parts
        else:
            with model.cache_context("cond_uncond"):
                u, c = call(torch.cat([x, x]), t, {k: torch.cat([uncond[k], cond[k]]) for k in cond}).chunk(2)
        return u + guidance * (c - u)

    def watched():
        """Puts a watch under every module, below the hooks of a cache that comes afterwards."""
        ran = {key: ["0"] * steps for key in modules}
        for key in modules:
            module = model.get_submodule(key)

            def forward(*args, key=key, own=type(module).forward.__get__(module), **kwargs):
                ran[key][now["step"]] = "1"
                return own(*args, **kwargs)

            module.forward = forward
        return ran

    def denoise(apart, clock):
        size = shape[2] * shape[3] * shape[4]
        mu = {}
        if schedule.get("use_dynamic_shifting"):
            low, high, few, many = schedule["base_shift"], schedule["max_shift"], schedule["base_image_seq_len"], schedule["max_image_seq_len"]
            mu = {"mu": low + (high - low) / (many - few) * (size - few)}
        scheduler.set_timesteps(sigmas=sigmas_of(kind, steps), **mu)
        x, predictions = pack(noise) if packed else noise.clone(), []
        for step, t in enumerate(scheduler.timesteps):
            now["step"], clock["timestep"] = step, float(1000 - t if schedule.get("invert_sigmas") else t)  # as MochiPipeline says it
            predictions.append(predict(x, t, apart))
            x = scheduler.step(predictions[-1], t, x, return_dict=False)[0]
        if config.get("image_condition_type") == "token_replace":
            x = torch.cat([cond["image"], x[:, :, 1:]], dim=2)
        return torch.stack(predictions), x

    given = {"video_coords": placed(*shape[2:])} if forward is ltx_placed else {}
    tensors = {"noise": noise, **cond, **given, **{f"uncond.{k}": v for k, v in (uncond or {}).items()}}
    tensors["none.predictions"], tensors["none.sample"] = denoise(False, {})
    runs = [{"run": "none", "method": None}]
    for run_name, method, options, cache, apart, clock in caches(modules, steps, kind == "MochiTransformer3DModel"):
        if any(run["method"] == method for run in runs):
            continue
        ran = watched()
        model.enable_cache(cache)
        predictions, _ = denoise(apart, clock)
        model.disable_cache()
        computed = {key: "".join(mask) for key, mask in ran.items()}
        if not any("0" in mask for mask in computed.values()):
            continue
        tensors[f"{run_name}.predictions"] = predictions
        runs.append({"run": run_name, "method": method, "options": {camel(k): v for k, v in options.items()}, "computed": computed})
    save_file({k: v.float().contiguous() for k, v in tensors.items()}, folder / "reference.safetensors")
    facts = {"model": kind, "diffusers": diffusers.__version__, "steps": steps, "guidance": guidance, "timesteps": [float(t) for t in scheduler.timesteps], "runs": runs}
    (folder / "reference.json").write_text(json.dumps(facts, indent=1) + "\n")
    print(name, sum(v.numel() for v in model.state_dict().values()), {run["run"]: "".join(sorted(set(run.get("computed", {}).values()))) for run in runs})


for name in sys.argv[1:] or NETWORKS:
    make(name)

"""Small random checkpoints of classes of diffusers, with what they predict: python tests/reference/networks.py [NAME …]

Writes tests/fixtures/networks/NAME/: transformer/ (float16 weights), scheduler/, reference.json, reference.safetensors.
Needs torch, diffusers and safetensors; reference.json names the version.
"""
import json
import sys
from pathlib import Path

import diffusers
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from diffusers.hooks import FirstBlockCacheConfig, apply_first_block_cache
from diffusers.hooks import HookRegistry
from diffusers.hooks.first_block_cache import _FBC_BLOCK_HOOK, _FBC_LEADER_BLOCK_HOOK
from safetensors.torch import save_file

OUT = Path(__file__).parents[1] / "fixtures" / "networks"
STEPS, GUIDANCE = 4, 3.0


def text(model, rows, channels, **more):
    def make(seed):
        g = torch.Generator().manual_seed(seed)
        return {"text": torch.randn(1, rows, channels, generator=g), **{k: torch.randn(1, n, generator=g) for k, n in more.items()}}

    return make


def images(**fixed):
    """Forward of a class that takes hidden_states, timestep and encoder_hidden_states."""

    def call(model, x, t, c):
        kwargs = {"encoder_hidden_states": c["text"]} if "text" in c else {"class_labels": c["label"].long()}
        if "pooled" in c:
            kwargs["pooled_projections"] = c["pooled"]
        if "mask" in c:
            kwargs["encoder_attention_mask"] = c["mask"]
        out = model(hidden_states=x, timestep=t, **kwargs, **{k: v() if callable(v) else v for k, v in fixed.items()}, return_dict=False)[0]
        return out[:, : x.shape[1]]

    return call


def cogvideox(rope=False):
    def call(model, x, t, c):
        from diffusers.models.embeddings import get_3d_rotary_pos_embed
        from diffusers.pipelines.cogvideo.pipeline_cogvideox import get_resize_crop_region_for_grid

        cfg, x = model.config, x.transpose(1, 2)
        p, pt = cfg.patch_size, cfg.patch_size_t
        grid, base = (x.shape[3] // p, x.shape[4] // p), (cfg.sample_height // p, cfg.sample_width // p)
        emb = None
        if rope and pt is None:
            crops = get_resize_crop_region_for_grid(grid, base[1], base[0])
            emb = get_3d_rotary_pos_embed(cfg.attention_head_dim, crops, grid, x.shape[1])
        elif rope:
            emb = get_3d_rotary_pos_embed(cfg.attention_head_dim, None, grid, x.shape[1] // pt, grid_type="slice", max_size=base)
        kwargs = {"ofs": torch.tensor([2.0])} if cfg.ofs_embed_dim else {}
        if "image" in c:
            x = torch.cat([x, c["image"].transpose(1, 2)], dim=2)
        out = model(hidden_states=x, encoder_hidden_states=c["text"], timestep=t, image_rotary_emb=emb, return_dict=False, **kwargs)[0]
        return out.transpose(1, 2)

    return call


def pack(x, p=2):
    b, c, h, w = x.shape
    return x.view(b, c, h // p, p, w // p, p).permute(0, 2, 4, 1, 3, 5).reshape(b, (h // p) * (w // p), c * p * p)


def qwen(model, x, t, c, shape):
    mask = c.get("mask")
    return model(hidden_states=x, timestep=t / 1000, encoder_hidden_states=c["text"], encoder_hidden_states_mask=None if mask is None else mask.bool(),
                 img_shapes=[[(1, shape[2] // 2, shape[3] // 2)]], return_dict=False)[0]


def labels(cond, uncond):
    return lambda seed: {"label": torch.tensor([float(cond if seed == 1 else uncond)])}


def masked(make, rows):
    """Hides the last rows of the text, more of them without the prompt."""

    def more(seed):
        return {**make(seed), "mask": (torch.arange(rows) < (rows - 2 if seed == 1 else 1)).float()[None]}

    return more


# name: class, config, noise, conditions, forward, further facts
NETWORKS = {
    "dit-wide": ("DiTTransformer2DModel", dict(num_attention_heads=3, attention_head_dim=8, in_channels=3, out_channels=3, num_layers=3, sample_size=6, patch_size=1,
                 activation_fn="geglu", attention_bias=False, num_embeds_ada_norm=4, norm_elementwise_affine=True, norm_eps=1e-4), (1, 3, 6, 6), labels(2, 4), images()),
    "pixart-sized": ("PixArtTransformer2DModel", dict(num_attention_heads=3, attention_head_dim=8, in_channels=4, out_channels=8, num_layers=3, sample_size=128, patch_size=2,
                     cross_attention_dim=24, caption_channels=10), (1, 4, 8, 12), masked(text(None, 6, 10), 6),
                     images(added_cond_kwargs=lambda: {"resolution": torch.tensor([[64.0, 96.0]]), "aspect_ratio": torch.tensor([[8 / 12]])})),
    "pixart-bare": ("PixArtTransformer2DModel", dict(num_attention_heads=2, attention_head_dim=12, in_channels=3, out_channels=None, num_layers=2, sample_size=12, patch_size=3,
                    cross_attention_dim=10, caption_channels=None, norm_elementwise_affine=True, activation_fn="gelu", interpolation_scale=2, attention_bias=False),
                    (1, 3, 9, 6), text(None, 5, 10), images()),
    "sd3-dual": ("SD3Transformer2DModel", dict(sample_size=8, patch_size=2, in_channels=4, out_channels=4, num_layers=3, attention_head_dim=8, num_attention_heads=2, joint_attention_dim=10,
                 caption_projection_dim=16, pooled_projection_dim=12, pos_embed_max_size=7, dual_attention_layers=(0, 1), qk_norm="rms_norm"), (1, 4, 8, 6), text(None, 5, 10, pooled=12), images()),
    "wan-plain": ("WanTransformer3DModel", dict(patch_size=(2, 2, 1), num_attention_heads=2, attention_head_dim=16, in_channels=3, out_channels=3, text_dim=10, freq_dim=24, ffn_dim=40,
                  num_layers=3, cross_attn_norm=False, rope_max_seq_len=64, eps=1e-5), (1, 3, 4, 4, 3), text(None, 5, 10), images()),
    "cogvideox-rope": ("CogVideoXTransformer3DModel", dict(num_attention_heads=2, attention_head_dim=16, in_channels=4, out_channels=4, time_embed_dim=20, text_embed_dim=10, num_layers=3,
                       attention_bias=False, sample_width=12, sample_height=8, sample_frames=9, patch_size=2, max_text_seq_length=5, use_rotary_positional_embeddings=True, flip_sin_to_cos=False,
                       freq_shift=1), (1, 4, 2, 8, 8), text(None, 5, 10), cogvideox(rope=True)),
    "cogvideox-deep": ("CogVideoXTransformer3DModel", dict(num_attention_heads=2, attention_head_dim=16, in_channels=6, out_channels=3, time_embed_dim=16, ofs_embed_dim=16, text_embed_dim=10,
                       num_layers=2, sample_width=12, sample_height=8, sample_frames=9, patch_size=2, patch_size_t=2, patch_bias=False, max_text_seq_length=5,
                       use_rotary_positional_embeddings=True, norm_elementwise_affine=False), (1, 3, 4, 8, 6),
                       lambda seed: {**text(None, 5, 10)(seed), "image": torch.randn(1, 3, 4, 8, 6, generator=torch.Generator().manual_seed(9))}, cogvideox(rope=True)),
    "qwen-masked": ("QwenImageTransformer2DModel", dict(patch_size=2, in_channels=12, out_channels=3, num_layers=3, attention_head_dim=16, num_attention_heads=2, joint_attention_dim=10,
                    axes_dims_rope=(4, 8, 4)), (1, 3, 6, 10), masked(text(None, 6, 10), 6), qwen),
}
PACKED = {"QwenImageTransformer2DModel"}


def make(name):
    kind, config, shape, conditions, call = NETWORKS[name]
    torch.manual_seed(len(name))
    model = getattr(diffusers, kind)(**config).eval()
    for key, value in [*model.named_parameters(), *((k, b) for k, b in model.named_buffers() if k in model.state_dict())]:
        spread = 0.1 if value.ndim < 2 else value[0].numel() ** -0.5
        fresh = torch.randn_like(value) * spread + (1 if "norm" in key and key.endswith("weight") and value.ndim == 1 else 0)
        value.data.copy_(fresh.half().float())
    folder = OUT / name
    (folder / "transformer").mkdir(parents=True, exist_ok=True)
    model.save_config(folder / "transformer")
    save_file({k: v.half().contiguous() for k, v in model.state_dict().items()}, folder / "transformer" / "diffusion_pytorch_model.safetensors")
    scheduler = FlowMatchEulerDiscreteScheduler(shift=1.0)
    scheduler.save_pretrained(folder / "scheduler")
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    cond, uncond = conditions(1), conditions(2)
    packed = kind in PACKED

    def run(passes):
        # Pipelines of packed latents say the sigmas themselves.
        scheduler.set_timesteps(**({"sigmas": [1 - i / STEPS for i in range(STEPS)]} if packed else {"num_inference_steps": STEPS}))
        x, predictions = pack(noise) if packed else noise.clone(), []
        for t in scheduler.timesteps:
            args = (model, x, t[None].float())
            c, u = (passes(which, lambda: call(*args, values, *([shape] if packed else []))) for which, values in (("cond", cond), ("uncond", uncond)))
            predictions.append(u + GUIDANCE * (c - u))
            x = scheduler.step(predictions[-1], t, x, return_dict=False)[0]
        return torch.stack(predictions), x

    tensors, runs = {"noise": noise, **cond, **{f"uncond.{k}": v for k, v in uncond.items()}}, [{"run": "none", "method": None}]
    with torch.no_grad():
        tensors["none.predictions"], tensors["none.sample"] = run(lambda which, go: go())
        if hasattr(model, "cache_context"):
            for threshold in (0.5, 1.0, 2.0):
                apply_first_block_cache(model, FirstBlockCacheConfig(threshold=threshold))

                def passes(which, go):
                    with model.cache_context(which):
                        return go()

                predictions, _ = run(passes)
                registry = HookRegistry.check_if_exists_or_initialize(model)
                registry.remove_hook(_FBC_LEADER_BLOCK_HOOK, recurse=True)
                registry.remove_hook(_FBC_BLOCK_HOOK, recurse=True)
                if not torch.equal(predictions, tensors["none.predictions"]):
                    tensors[f"fbc{threshold}.predictions"] = predictions
                    runs.append({"run": f"fbc{threshold}", "method": "firstblockcache", "options": {"threshold": threshold}})
                    break
    save_file({k: v.float().contiguous() for k, v in tensors.items()}, folder / "reference.safetensors")
    facts = {"model": kind, "diffusers": diffusers.__version__, "steps": STEPS, "guidance": GUIDANCE, "timesteps": [float(t) for t in scheduler.timesteps], "runs": runs}
    (folder / "reference.json").write_text(json.dumps(facts, indent=1))
    print(name, sum(v.numel() for v in model.state_dict().values()), [r["run"] for r in runs])


for name in sys.argv[1:] or NETWORKS:
    make(name)

"""Counts one forward pass of real transformer classes on the meta device with torch's FlopCounterMode, and their weights.

    python scripts/count-flops.py [MODEL ...] > tests/fixtures/planner/counted-more.json

Needs torch and diffusers 0.42.1. Nothing is allocated: tensors on the meta device have shapes only. Configurations are
those of src/engine/cards/image-models.ts and video-models.ts; tests/cards/cards.test.ts holds each card against what is written here.
"""

import contextlib
import json
import math
import sys

import torch
from diffusers import models as classes
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode


def zeros(*shape, dtype=torch.bfloat16):
    return torch.zeros(*shape, dtype=dtype, device="meta")


def packed(config, tokens, text, axes, guidance, pooled):
    """FLUX and its relatives: packed latents, ids of `axes` numbers a row."""
    inputs = {
        "hidden_states": zeros(1, tokens, config["in_channels"]),
        "encoder_hidden_states": zeros(1, text, config["joint_attention_dim"]),
        "timestep": zeros(1),
        "img_ids": zeros(tokens, axes, dtype=torch.float32),
        "txt_ids": zeros(text, axes, dtype=torch.float32),
    }
    if guidance:
        inputs["guidance"] = zeros(1)
    if pooled:
        inputs["pooled_projections"] = zeros(1, pooled)
    return inputs


def klein(layers, single, heads, joint):
    return dict(
        num_layers=layers,
        num_single_layers=single,
        num_attention_heads=heads,
        joint_attention_dim=joint,
        guidance_embeds=False,
    )


def flux2(config, latent, text):
    return packed(config, latent[1] * latent[2] // 4, text, 4, config["guidance_embeds"], 0)


def chroma(config, latent, text):
    return packed(config, latent[1] * latent[2] // 4, text, 3, False, 0)


def video(config, latent, text):
    return {
        "hidden_states": zeros(1, config["in_channels"], *latent),
        "encoder_hidden_states": zeros(1, text, config.get("text_dim") or config["text_embed_dim"]),
        "timestep": zeros(1),
    }


def wan_by_token(config, latent, text):
    tokens = latent[0] * latent[1] * latent[2] // 4
    return {**video(config, latent, text), "timestep": zeros(1, tokens)}


def cogvideox(config, latent, text):
    frames = latent[0] + latent[0] % 2  # the pipeline fills the last pair up
    height, width = latent[1] // 2, latent[2] // 2
    tokens, dim = frames // 2 * height * width, config["attention_head_dim"]
    return {
        "hidden_states": zeros(1, frames, config["in_channels"], latent[1], latent[2]),
        "encoder_hidden_states": zeros(1, text, config["text_embed_dim"]),
        "timestep": zeros(1),
        "image_rotary_emb": (zeros(tokens, dim, dtype=torch.float32), zeros(tokens, dim, dtype=torch.float32)),
    }


def z_image(config, latent, text):
    return {
        "x": [zeros(config["in_channels"], *latent)],
        "t": zeros(1),
        "cap_feats": [zeros(text, config["cap_feat_dim"])],
    }


def qwen(config, latent, text):
    grid = (1, latent[1] // 2, latent[2] // 2)
    return {
        "hidden_states": zeros(1, 2 * grid[1] * grid[2], config["in_channels"]),
        "encoder_hidden_states": zeros(1, text, config["joint_attention_dim"]),
        "encoder_hidden_states_mask": None,
        "timestep": zeros(1),
        "img_shapes": [[grid, grid]],
    }


def ltx2(config, latent, text):
    sound = round(((latent[0] - 1) * 8 + 1) / 24 * 25)
    return {
        "hidden_states": zeros(1, math.prod(latent), config["in_channels"]),
        "audio_hidden_states": zeros(1, sound, config["audio_in_channels"]),
        "encoder_hidden_states": zeros(1, text, config["caption_channels"]),
        "audio_encoder_hidden_states": zeros(1, text, config["caption_channels"]),
        "timestep": zeros(1),
        "sigma": zeros(1),
        "num_frames": latent[0],
        "height": latent[1],
        "width": latent[2],
        "audio_num_frames": sound,
    }


def kandinsky5(config, latent, text):
    channels = config["in_visual_dim"]
    return {
        "hidden_states": zeros(1, *latent, 2 * channels + 1 if config["visual_cond"] else channels),
        "encoder_hidden_states": zeros(1, text, config["in_text_dim"]),
        "timestep": zeros(1),
        "pooled_projections": zeros(1, config["in_text_dim2"]),
        "visual_rope_pos": [torch.arange(side, device="meta") for side in (latent[0], latent[1] // 2, latent[2] // 2)],
        "text_rope_pos": torch.arange(text, device="meta"),
    }


def minimax_h3(config, latent, text):
    frames = (latent[0] - 2) // 5 * 17 + 5
    sound = round(frames / 24 * 40) * 2
    tokens = latent[0] * latent[1] * latent[2] // 4
    total = text + sound + tokens
    rows = torch.arange(total, device="meta")
    return {
        "hidden_states": zeros(1, tokens, 4 * config["in_channels"]),
        "audio_hidden_states": zeros(1, sound, config["audio_in_channels"]),
        "encoder_hidden_states": zeros(1, text, config["text_dim"]),
        "timestep": zeros(2),
        "timestep_indices": torch.zeros(total, dtype=torch.long, device="meta"),
        "token_tags": torch.zeros(total, dtype=torch.long, device="meta"),
        "position_ids": zeros(total, 3),
        "text_indices": rows[:text],
        "audio_indices": rows[text : text + sound],
        "video_indices": rows[text + sound :],
    }


def mochi(config, latent, text):
    return {
        "hidden_states": zeros(1, config["in_channels"], *latent),
        "encoder_hidden_states": zeros(1, text, config["text_embed_dim"]),
        "encoder_attention_mask": zeros(1, text, dtype=torch.bool),
        "timestep": zeros(1),
    }


def hunyuan_video15(config, latent, text):
    glyphs = 256  # rows of the second text encoder, of the card's text rows
    return {
        "hidden_states": zeros(1, config["in_channels"], *latent),
        "encoder_hidden_states": zeros(1, text - glyphs, config["text_embed_dim"]),
        "encoder_attention_mask": zeros(1, text - glyphs, dtype=torch.bool),
        "encoder_hidden_states_2": zeros(1, glyphs, config["text_embed_2_dim"]),
        "encoder_attention_mask_2": zeros(1, glyphs, dtype=torch.bool),
        "image_embeds": zeros(1, 729, config["image_embed_dim"]),
        "timestep": zeros(1),
    }


class EveryRowIsRead(TorchFunctionMode):
    """Tensors on the meta device have no values. Where a class looks at them, masks are true and images are zero."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is torch.Tensor.__bool__:
            return True
        if function is torch.nonzero:
            return torch.arange(args[0].numel(), device="meta")[:, None]
        if function is torch.Tensor.__getitem__ and getattr(args[1], "dtype", None) is torch.bool:
            return args[0][:0] if getattr(args[1], "inverted", False) else args[0]
        out = function(*args, **(kwargs or {}))
        if function is torch.Tensor.__invert__:
            out.inverted = True
        return out


def kandinsky(model, hidden, time, text_blocks, blocks, axes, visual_cond=True):
    return dict(
        in_visual_dim=16,
        out_visual_dim=16,
        model_dim=model,
        ff_dim=hidden,
        time_dim=time,
        num_text_blocks=text_blocks,
        num_visual_blocks=blocks,
        axes_dims=axes,
        visual_cond=visual_cond,
    )


# Name of the card, class, its configuration, latent frames, height and width, rows of text, inputs.
wan5b = dict(
    num_layers=30, num_attention_heads=24, attention_head_dim=128, ffn_dim=14336, in_channels=48, out_channels=48
)
MODELS = {
    "FLUX.2-dev": ("Flux2Transformer2DModel", {}, (1, 128, 128), 512, flux2),
    "FLUX.2-klein-4B": ("Flux2Transformer2DModel", klein(5, 20, 24, 7680), (1, 128, 128), 512, flux2),
    "FLUX.2-klein-9B": ("Flux2Transformer2DModel", klein(8, 24, 32, 12288), (1, 128, 128), 512, flux2),
    "Chroma1-HD": ("ChromaTransformer2DModel", {}, (1, 128, 128), 512, chroma),
    "Wan2.2-TI2V-5B": ("WanTransformer3DModel", wan5b, (31, 44, 80), 512, wan_by_token),
    "CogVideoX1.5-5B": (
        "CogVideoXTransformer3DModel",
        dict(
            num_layers=42,
            num_attention_heads=48,
            patch_size_t=2,
            patch_bias=False,
            use_rotary_positional_embeddings=True,
            sample_height=96,
            sample_width=170,
        ),
        (21, 96, 170),
        224,
        cogvideox,
    ),
    "Z-Image": ("ZImageTransformer2DModel", {}, (1, 128, 128), 64, z_image),
    "LTX-2": ("LTX2VideoTransformer3DModel", {}, (16, 16, 24), 1024, ltx2),
    "Kandinsky-5.0-T2V-Lite": (
        "Kandinsky5Transformer3DModel",
        kandinsky(1792, 7168, 512, 2, 32, (16, 24, 24)),
        (31, 64, 96),
        256,
        kandinsky5,
    ),
    "Kandinsky-5.0-T2V-Pro": (
        "Kandinsky5Transformer3DModel",
        kandinsky(4096, 16384, 1024, 4, 60, (32, 48, 48)),
        (31, 64, 96),
        256,
        kandinsky5,
    ),
    "Kandinsky-5.0-T2I-Lite": (
        "Kandinsky5Transformer3DModel",
        kandinsky(2560, 10240, 512, 2, 50, (32, 48, 48), False),
        (1, 128, 128),
        512,
        kandinsky5,
    ),
    "MiniMax-H3": ("MiniMaxH3Transformer3DModel", {}, (37, 48, 84), 256, minimax_h3),
    "Mochi-1": ("MochiTransformer3DModel", {}, (28, 60, 106), 256, mochi),
    "HunyuanVideo-1.5": ("HunyuanVideo15Transformer3DModel", {}, (31, 30, 53), 1256, hunyuan_video15),
    "Qwen-Image-Edit": ("QwenImageTransformer2DModel", {}, (1, 128, 128), 512, qwen),
}


def count(name):
    kind, config, latent, text, inputs = MODELS[name]
    with torch.device("meta"):
        model = getattr(classes, kind).from_config(config).to(torch.bfloat16).eval()
    with torch.no_grad(), EveryRowIsRead(), FlopCounterMode(display=False) as counter:
        model(**inputs(model.config, latent, text))
    return {
        "model": name,
        "class": kind,
        "latent": latent,
        "text": text,
        "countedTflop": counter.get_total_flops() / 1e12,
        "parameters": sum(weight.numel() for weight in model.parameters()),
    }


torch.autocast = lambda *_, **__: contextlib.nullcontext()  # there is none for the meta device

rows = []
for name in sys.argv[1:] or MODELS:
    try:
        rows.append(count(name))
    except Exception as error:  # one class that does not run on meta must not hide the others
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
json.dump(rows, sys.stdout, indent=2)
print()

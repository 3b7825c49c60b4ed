"""Small random networks for support-matrix.py: of every transformer class a configuration of a few thousand weights, and
the arguments of one call. Sizes are the least that each class takes; a class with a single kind of block has three of
them, so that there is a first, a middle and a last one."""

import torch


def normal(*shape):
    return torch.randn(*shape)


def ones(*shape):
    return torch.ones(*shape)


def image_ids(tokens, axes=3):
    return torch.zeros(tokens, axes)


def timestep(batch, value=500.0):
    return torch.full((batch,), value)


TEXT, WIDTH = 6, 32  # text tokens, and their width


def text(batch, width=WIDTH):
    return normal(batch, TEXT, width)


def packed(batch, channels=4, ids_axes=3, text_width=WIDTH):
    """Sixteen tokens of an image and their positions, as FLUX and its relatives take them."""
    return {
        "hidden_states": normal(batch, 16, channels),
        "encoder_hidden_states": text(batch, text_width),
        "img_ids": image_ids(16, ids_axes),
        "txt_ids": image_ids(TEXT, ids_axes),
        "timestep": timestep(batch, 0.5),
    }


def clip(batch, channels, frames=2, size=4, text_width=WIDTH):
    return {
        "hidden_states": normal(batch, channels, frames, size, size),
        "encoder_hidden_states": text(batch, text_width),
        "timestep": timestep(batch),
    }


double_and_single = {
    "patch_size": 1, "in_channels": 4, "num_layers": 2, "num_single_layers": 2, "attention_head_dim": 16,
    "num_attention_heads": 2, "joint_attention_dim": WIDTH, "axes_dims_rope": (4, 4, 8),
}  # fmt: skip
wan = {
    "patch_size": (1, 2, 2), "num_attention_heads": 2, "attention_head_dim": 12, "in_channels": 4, "out_channels": 4,
    "text_dim": WIDTH, "freq_dim": 16, "ffn_dim": 32, "num_layers": 3, "cross_attn_norm": True,
    "qk_norm": "rms_norm_across_heads", "rope_max_seq_len": 32,
}  # fmt: skip
hunyuan = {
    "in_channels": 4, "out_channels": 4, "num_attention_heads": 2, "attention_head_dim": 10, "num_layers": 2,
    "num_single_layers": 2, "num_refiner_layers": 1, "patch_size": 1, "patch_size_t": 1, "text_embed_dim": WIDTH,
    "pooled_projection_dim": 8, "rope_axes_dim": (2, 4, 4),
}  # fmt: skip
ltx2 = {
    "in_channels": 4, "out_channels": 4, "num_attention_heads": 2, "attention_head_dim": 8, "cross_attention_dim": 16,
    "audio_in_channels": 4, "audio_out_channels": 4, "audio_num_attention_heads": 2, "audio_attention_head_dim": 4,
    "audio_cross_attention_dim": 8, "num_layers": 3, "caption_channels": WIDTH, "rope_double_precision": False,
}  # fmt: skip
moe_or_qwen = {
    "patch_size": 2, "in_channels": 16, "out_channels": 4, "attention_head_dim": 16, "num_attention_heads": 2,
    "joint_attention_dim": WIDTH, "axes_dims_rope": (8, 4, 4),
}  # fmt: skip
kandinsky = {
    "in_visual_dim": 4, "out_visual_dim": 4, "in_text_dim": WIDTH, "in_text_dim2": 8, "time_dim": 16,
    "patch_size": (1, 2, 2), "model_dim": 16, "ff_dim": 32, "num_text_blocks": 1, "num_visual_blocks": 3,
    "axes_dims": (2, 2, 4),
}  # fmt: skip


def hunyuan_inputs(batch, frames=2):
    mask = {"encoder_attention_mask": ones(batch, TEXT)}
    return clip(batch, 4, frames) | mask | {"pooled_projections": normal(batch, 8)}


def framepack_inputs(batch):
    kept = {
        f"{name}": value
        for size, factor in (("clean", 1), ("history_2x", 1), ("history_4x", 4))
        for name, value in (
            (f"latents_{size}", normal(batch, 4, 2 * factor, 4, 4)),
            (f"indices_latents_{size}", ones(2 * factor)),
        )
    }
    more = {"image_embeds": normal(batch, TEXT, 16), "indices_latents": ones(3), "guidance": ones(batch)}
    return hunyuan_inputs(batch, 3) | kept | more


def helios_inputs(batch):
    kept = {
        name: value
        for span, frames in (("short", 1), ("mid", 1), ("long", 4))
        for name, value in (
            (f"latents_history_{span}", normal(batch, 4, frames, 16, 16)),
            (f"indices_latents_history_{span}", ones(batch, frames)),
        )
    }
    return clip(batch, 4, size=16) | kept | {"indices_hidden_states": ones(batch, 2)}


def h3_inputs(batch):
    words, sounds, patches = 4, 6, 8
    tags = torch.tensor([1] * words + [2] * sounds + [0] * patches)
    rows = torch.arange(len(tags))
    return {
        "hidden_states": normal(batch, patches, 16),
        "audio_hidden_states": normal(batch, sounds, 6),
        "encoder_hidden_states": normal(batch, words, 8),
        "timestep": torch.tensor([0.7, 0.3]),
        "timestep_indices": (tags == 2).long(),
        "token_tags": tags,
        "position_ids": torch.stack([rows, rows % 4, rows % 2], dim=1).float(),
        "video_indices": rows[tags == 0],
        "audio_indices": rows[tags == 2],
        "text_indices": rows[tags == 1],
    }


def cosmos3_inputs(_):
    """One sequence: the class takes no batch."""
    rows = torch.arange(2, 18)
    return {
        "input_ids": torch.tensor([1, 2]),
        "text_indexes": torch.tensor([0, 1]),
        "position_ids": torch.zeros(3, 18, dtype=torch.long),
        "und_len": 2,
        "sequence_length": 18,
        "vision_tokens": [normal(1, 2, 1, 4, 4)],
        "vision_token_shapes": [(1, 4, 4)],
        "vision_sequence_indexes": rows,
        "vision_mse_loss_indexes": rows,
        "vision_timesteps": ones(16),
        "vision_noisy_frame_indexes": [torch.tensor([0])],
    }


def ltx_inputs(batch):
    sizes = {"num_frames": 2, "height": 4, "width": 4, "encoder_attention_mask": ones(batch, TEXT).bool()}
    shown = {"hidden_states": normal(batch, 32, 4), "encoder_hidden_states": text(batch), "timestep": timestep(batch)}
    return shown | sizes


def ltx2_inputs(batch):
    heard = {"audio_hidden_states": normal(batch, 5, 4), "audio_encoder_hidden_states": text(batch)}
    return ltx_inputs(batch) | heard | {"audio_num_frames": 5, "fps": 25.0}


def refiner_inputs(batch, model):
    positions = model.build_rotary_emb_for_absolute_positions(batch, [0, 1], 4, 4, torch.device("cpu"), 25.0)
    seen = {"hidden_states": normal(batch, 32, 4), "encoder_hidden_states": text(batch)}
    return seen | {"timestep": torch.full((batch, 32), 500.0), "video_rotary_emb": positions}


def qwen_inputs(batch):
    mask = {"encoder_hidden_states_mask": torch.ones(batch, TEXT, dtype=torch.long)}
    shown = {"hidden_states": normal(batch, 16, 16), "encoder_hidden_states": text(batch), "timestep": timestep(batch, 0.5)}
    return shown | mask | {"img_shapes": [[(1, 4, 4)]] * batch}


def qwen21_inputs(batch):
    """Six words and four slots of the image, each standing for four of its tokens."""
    shown = {"hidden_states": normal(batch, 16, 4), "encoder_hidden_states": text(batch), "timestep": timestep(1, 0.5)}
    slots = torch.tensor([[False] * TEXT + [True] * 4]).expand(batch, -1)
    return shown | {"img_shapes": [[(1, 4, 4)]] * batch, "img_mask": slots}


def kandinsky5_inputs(batch):
    places = (torch.arange(2), torch.arange(2), torch.arange(2))
    seen = {"hidden_states": normal(batch, 2, 4, 4, 4), "encoder_hidden_states": text(batch)}
    where = {"visual_rope_pos": places, "text_rope_pos": torch.arange(TEXT)}
    return seen | where | {"timestep": timestep(batch), "pooled_projections": normal(batch, 8)}


def kandinsky6_inputs(batch):
    seen = {"hidden_states": normal(batch, 2, 4, 4, 9), "encoder_hidden_states": text(batch)}
    heard = {"audio_hidden_states": normal(batch, 5, 4)}
    return seen | heard | {"timestep": timestep(batch), "pooled_projections": normal(batch, 8)}


def with_size(batch):
    sizes = torch.tensor([[32.0, 32.0]]).expand(batch, -1)
    image = {"hidden_states": normal(batch, 4, 8, 8), "encoder_hidden_states": text(batch), "timestep": timestep(batch)}
    return image | {"original_size": sizes, "target_size": sizes, "crop_coords": torch.zeros(batch, 2)}


def glm_inputs(batch):
    image = {key: value for key, value in with_size(batch).items() if key != "original_size"}
    prior = {"prior_token_id": torch.ones(batch, 16, dtype=torch.long), "prior_token_drop": torch.zeros(batch, 16).bool()}
    return image | prior


def animate_inputs(batch):
    face = {"face_pixel_values": normal(batch, 3, 77, 16, 16), "pose_hidden_states": normal(batch, 4, 20, 16, 16)}
    return clip(batch, 12, 21, 16) | face | {"encoder_hidden_states_image": normal(batch, TEXT, 16)}


def acestep_inputs(batch):
    heard = {"hidden_states": normal(batch, 8, 8), "context_latents": normal(batch, 8, 16)}
    return heard | {"timestep": ones(batch) / 2, "timestep_r": ones(batch) / 2, "encoder_hidden_states": text(batch)}


def hunyuan15_inputs(batch):
    texts = {"encoder_hidden_states_2": normal(batch, 4, 8), "image_embeds": torch.zeros(batch, 3, 12)}
    masks = {"encoder_attention_mask": ones(batch, TEXT), "encoder_attention_mask_2": ones(batch, 4)}
    return clip(batch, 4) | texts | masks


def hunyuan_image_inputs(batch):
    image = {"hidden_states": normal(batch, 4, 4, 4), "encoder_hidden_states": text(batch), "timestep": timestep(batch)}
    return image | {"encoder_attention_mask": ones(batch, TEXT)}


# The configuration of each class, and the arguments of a call with a batch of that many.
small = {
    "AceStepTransformer1DModel": (
        {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
         "num_key_value_heads": 2, "head_dim": 8, "in_channels": 24, "audio_acoustic_hidden_dim": 8, "patch_size": 2,
         "sliding_window": 16},
        acestep_inputs,
    ),
    "CogVideoXTransformer3DModel": (
        {"num_attention_heads": 2, "attention_head_dim": 8, "in_channels": 4, "out_channels": 4, "time_embed_dim": 2,
         "text_embed_dim": WIDTH, "num_layers": 3, "sample_width": 4, "sample_height": 4, "sample_frames": 5,
         "patch_size": 2, "temporal_compression_ratio": 4, "max_text_seq_length": TEXT},
        lambda batch: clip(batch, 4) | {"hidden_states": normal(batch, 2, 4, 4, 4)},
    ),
    "LatteTransformer3DModel": (
        {"sample_size": 4, "num_layers": 3, "patch_size": 2, "attention_head_dim": 8, "num_attention_heads": 2,
         "caption_channels": WIDTH, "in_channels": 4, "cross_attention_dim": 16, "out_channels": 8,
         "attention_bias": True, "activation_fn": "gelu-approximate", "num_embeds_ada_norm": 1000,
         "norm_type": "ada_norm_single", "norm_elementwise_affine": False, "norm_eps": 1e-6, "video_length": 2},
        lambda batch: clip(batch, 4),
    ),
    "AllegroTransformer3DModel": (
        {"num_attention_heads": 2, "attention_head_dim": 12, "in_channels": 4, "out_channels": 4, "num_layers": 3,
         "cross_attention_dim": 24, "sample_width": 4, "sample_height": 4, "sample_frames": 2,
         "caption_channels": WIDTH},
        lambda batch: clip(batch, 4),
    ),
    "BriaTransformer2DModel": (double_and_single | {"pooled_projection_dim": None, "axes_dims_rope": (0, 8, 8)}, packed),
    "ChromaTransformer2DModel": (
        double_and_single | {"approximator_num_channels": 8, "approximator_hidden_dim": 16, "approximator_layers": 1},
        packed,
    ),
    "ChronoEditTransformer3DModel": (wan | {"rope_temporal_skip_len": 8}, lambda batch: clip(batch, 4)),
    "CogView4Transformer2DModel": (
        {"patch_size": 2, "in_channels": 4, "num_layers": 3, "attention_head_dim": 8, "num_attention_heads": 2,
         "out_channels": 4, "text_embed_dim": WIDTH, "time_embed_dim": 8, "condition_dim": 4},
        with_size,
    ),
    "Cosmos3OmniTransformer": (
        {"head_dim": 6, "hidden_act": "relu2", "hidden_size": 12, "intermediate_size": 24, "latent_channel": 2,
         "latent_patch_size": 1, "num_attention_heads": 2, "num_hidden_layers": 3, "num_key_value_heads": 1,
         "patch_latent_dim": 2, "qk_norm_for_text": False, "rope_axes_dim": [1, 1, 1], "vocab_size": 32},
        cosmos3_inputs,
    ),
    "FluxTransformer2DModel": (
        double_and_single | {"pooled_projection_dim": 8},
        lambda batch: packed(batch) | {"pooled_projections": normal(batch, 8)},
    ),
    "Flux2Transformer2DModel": (
        double_and_single | {"axes_dims_rope": (4, 4, 4, 4), "timestep_guidance_channels": 256},
        lambda batch: packed(batch, ids_axes=4) | {"guidance": ones(batch)},
    ),
    "GlmImageTransformer2DModel": (
        {"patch_size": 2, "in_channels": 4, "out_channels": 4, "num_layers": 3, "attention_head_dim": 8,
         "num_attention_heads": 2, "text_embed_dim": WIDTH, "time_embed_dim": 16, "condition_dim": 8,
         "prior_vq_quantizer_codebook_size": 64},
        glm_inputs,
    ),
    "HeliosTransformer3DModel": (
        {**{key: value for key, value in wan.items() if key != "rope_max_seq_len"}, "freq_dim": 256,
         "rope_dim": (4, 4, 4), "has_multi_term_memory_patch": True, "guidance_cross_attn": True,
         "zero_history_timestep": True, "is_amplify_history": False},
        helios_inputs,
    ),
    "HunyuanVideoTransformer3DModel": (
        hunyuan | {"guidance_embeds": True},
        lambda batch: hunyuan_inputs(batch) | {"guidance": ones(batch)},
    ),
    "HunyuanVideo15Transformer3DModel": (
        {"in_channels": 4, "out_channels": 4, "num_attention_heads": 2, "attention_head_dim": 8, "num_layers": 3,
         "num_refiner_layers": 1, "mlp_ratio": 2.0, "patch_size": 1, "patch_size_t": 1, "text_embed_dim": WIDTH,
         "text_embed_2_dim": 8, "image_embed_dim": 12, "rope_axes_dim": (2, 2, 4), "target_size": 16,
         "task_type": "t2v"},
        hunyuan15_inputs,
    ),
    "HunyuanVideoFramepackTransformer3DModel": (
        hunyuan | {"patch_size": 2, "guidance_embeds": True, "has_image_proj": True, "image_proj_dim": 16,
                   "has_clean_x_embedder": True},
        framepack_inputs,
    ),
    "HunyuanImageTransformer2DModel": (
        {"in_channels": 4, "out_channels": 4, "num_attention_heads": 2, "attention_head_dim": 8, "num_layers": 2,
         "num_single_layers": 2, "num_refiner_layers": 1, "patch_size": (1, 1), "text_embed_dim": WIDTH,
         "rope_axes_dim": (4, 4)},
        hunyuan_image_inputs,
    ),
    "Kandinsky5Transformer3DModel": (kandinsky, kandinsky5_inputs),
    "Kandinsky6Transformer3DModel": (kandinsky | {"in_audio_dim": 4, "out_audio_dim": 4}, kandinsky6_inputs),
    "LongCatImageTransformer2DModel": (
        double_and_single | {"pooled_projection_dim": WIDTH},
        lambda batch: packed(batch) | {"guidance": ones(batch)},
    ),
    "LTXVideoTransformer3DModel": (
        {"in_channels": 4, "out_channels": 4, "num_attention_heads": 2, "attention_head_dim": 8,
         "cross_attention_dim": 16, "num_layers": 3, "caption_channels": WIDTH},
        ltx_inputs,
    ),
    "LTX2VideoTransformer3DModel": (ltx2, ltx2_inputs),
    "MiniMaxH3Transformer3DModel": (
        {"num_attention_heads": 2, "attention_head_dim": 16, "hidden_size": 24, "num_layers": 3,
         "num_refiner_layers": 1, "ffn_dim": 32, "in_channels": 4, "audio_in_channels": 6, "patch_size": (1, 2, 2),
         "text_dim": 8, "freq_dim": 8, "time_embed_hidden_dim": 24, "time_embed_dim": 16, "rope_freq_dim": 2},
        h3_inputs,
    ),
    "MochiTransformer3DModel": (
        {"patch_size": 2, "num_attention_heads": 2, "attention_head_dim": 8, "num_layers": 3,
         "pooled_projection_dim": 16, "in_channels": 4, "text_embed_dim": WIDTH, "time_embed_dim": 4,
         "max_sequence_length": TEXT},
        lambda batch: clip(batch, 4) | {"encoder_attention_mask": ones(batch, TEXT).bool()},
    ),
    "MotifVideoTransformer3DModel": (
        {"in_channels": 9, "out_channels": 4, "num_attention_heads": 2, "attention_head_dim": 12, "num_layers": 2,
         "num_single_layers": 2, "num_decoder_layers": 1, "mlp_ratio": 4.0, "patch_size": 1, "patch_size_t": 1,
         "qk_norm": "rms_norm", "norm_type": "layer_norm", "text_embed_dim": WIDTH, "image_embed_dim": 4,
         "rope_axes_dim": (4, 4, 4)},
        lambda batch: clip(batch, 9),
    ),
    "NucleusMoEImageTransformer2DModel": (
        moe_or_qwen | {"num_layers": 3, "moe_enabled": False, "capacity_factors": [8.0] * 3},
        lambda batch: qwen_inputs(batch) | {"img_shapes": [(1, 4, 4)] * batch},
    ),
    "OvisImageTransformer2DModel": (double_and_single | {"out_channels": 4}, packed),
    "QwenImageTransformer2DModel": (moe_or_qwen | {"num_layers": 3}, qwen_inputs),
    "QwenImage21Transformer2DModel": (
        {"in_channels": 4, "out_channels": 4, "num_layers": 3, "attention_head_dim": 16, "num_attention_heads": 2,
         "context_in_dim": WIDTH, "axes_dims_rope": (4, 6, 6)},
        qwen21_inputs,
    ),
    "SanaWMLTX2RefinerTransformer3DModel": (ltx2, refiner_inputs),
    "SkyReelsV2Transformer3DModel": (wan, lambda batch: clip(batch, 4)),
    "WanTransformer3DModel": (wan, lambda batch: clip(batch, 4)),
    "WanAnimateTransformer3DModel": (
        wan | {"num_layers": 4, "in_channels": 12, "latent_channels": 4, "image_dim": 16, "freq_dim": 256,
               "motion_encoder_channel_sizes": {"4": 16, "8": 16, "16": 16}, "motion_encoder_size": 16,
               "motion_style_dim": 8, "motion_dim": 4, "motion_encoder_dim": 16, "face_encoder_hidden_dim": 16,
               "face_encoder_num_heads": 2, "inject_face_latents_blocks": 2},
        animate_inputs,
    ),
    "WanVACETransformer3DModel": (
        wan | {"num_layers": 4, "vace_layers": [0, 2], "vace_in_channels": 12},
        lambda batch: clip(batch, 4) | {"control_hidden_states": normal(batch, 12, 2, 4, 4)},
    ),
}  # fmt: skip

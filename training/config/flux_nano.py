"""Still frames of 48×48 for FLUX's architecture, about 2 M weights, trained on two CPU cores."""

TASK = "images"
NAME = "flux-shapes-nano"
FRAMES, SIDE = 1, 48
MODEL = dict(
    patch_size=1,
    num_layers=2,
    num_single_layers=4,
    attention_head_dim=32,
    num_attention_heads=4,
    axes_dims_rope=(8, 12, 12),
)
FREEDOM = 0.2  # at 1, no shape formed in 61,024 frames
BATCH = 48
MUON_RATE, ADAM_RATE = 0.01, 2e-3
GUIDANCE, STEPS = 2.5, 20
SIGMAS = "scheduler"

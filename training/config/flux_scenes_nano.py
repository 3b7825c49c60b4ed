"""Still frames of the landscapes for FLUX's architecture: latents of 18×18 packed 2 by 2, about 3.5 M weights. Learns from the
latents that encode.py made for the clips, a frame of each.
"""

TASK = "scenes.stills"
NAME = "flux-scenes-nano"
FRAMES, SIDE = 1, 18  # of latents
CHANNELS, PIXELS = 8, 8  # of a place, and pixels that it stands for on a side
HELD = {"camera": ["still"]}
MODEL = dict(
    patch_size=1,
    num_layers=2,
    num_single_layers=4,
    attention_head_dim=32,
    num_attention_heads=5,
    axes_dims_rope=(8, 12, 12),
)
BATCH = 32
MUON_RATE, ADAM_RATE = 0.01, 2e-3
GUIDANCE, STEPS, SHIFT = 4.0, 28, 3.0

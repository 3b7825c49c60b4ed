"""For WebGPU: 16 frames of 144×144 as latents of 18×18, about 12 M weights, with the camera. Wants an accelerator."""

TASK = "scenes.clips"
NAME = "latte-scenes-small"
FRAMES, SIDE = 16, 18  # of latents
CHANNELS, PIXELS = 8, 8  # of a place, and pixels that it stands for on a side
SLOTS = 7
HELD = {}
MODEL = dict(
    num_attention_heads=8,
    attention_head_dim=32,
    num_layers=6,
    patch_size=3,
)
FREEDOM = 1.0
BATCH = 128
MUON_RATE, ADAM_RATE = 0.01, 1e-3
GUIDANCE, STEPS, SHIFT = 4.0, 28, 3.0
SIGMAS = "trailing"  # 1 down to 1/steps before the shift

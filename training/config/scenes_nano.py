"""For WASM, phones and tests: 8 frames of 144×144 as latents of 18×18, about 3 M weights, trained on two CPU cores."""

TASK = "scenes.clips"
NAME = "latte-scenes-nano"
FRAMES, SIDE = 8, 18  # of latents
CHANNELS, PIXELS = 8, 8  # of a place, and pixels that it stands for on a side
SLOTS = 6  # the camera, the seventh, is still
HELD = {"camera": ["still"]}
MODEL = dict(
    num_attention_heads=5,
    attention_head_dim=32,
    num_layers=4,
    patch_size=3,
)
FREEDOM = 0.3  # of the object's path
BATCH = 16
MUON_RATE, ADAM_RATE = 0.01, 2e-3
GUIDANCE, STEPS, SHIFT = 4.0, 28, 3.0
SIGMAS = "trailing"  # 1 down to 1/steps before the shift

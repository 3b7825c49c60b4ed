"""For WASM, phones and tests: 8 frames of 48×48, about 2 M weights, trained on two CPU cores."""

NAME = "latte-motion-nano"
FRAMES, SIDE = 8, 48
MODEL = dict(
    num_attention_heads=4,
    attention_head_dim=32,
    num_layers=4,
    patch_size=8,
)
FREEDOM = 0.2  # of the path and the phase; full freedom wants more clips than two cores see
SECOND = 0.0  # share of prompts that speak of two objects
BATCH = 48
MUON_RATE, ADAM_RATE = 0.01, 2e-3
GUIDANCE, STEPS = 2.5, 20

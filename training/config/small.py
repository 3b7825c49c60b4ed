"""For WebGPU: 16 frames of 64×64, about 11 M weights. Wants an accelerator: a million clips."""

NAME = "latte-motion-small"
FRAMES, SIDE = 16, 64
MODEL = dict(
    num_attention_heads=8,
    attention_head_dim=32,
    num_layers=6,
    patch_size=8,
)
FREEDOM = 1.0
SECOND = 0.0  # share of prompts that speak of two objects
BATCH = 256
MUON_RATE, ADAM_RATE = 0.01, 1e-3
GUIDANCE, STEPS = 2.5, 30

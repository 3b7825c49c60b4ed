"""A clip of latte-scenes-nano with diffusers' own parts, nothing of this project's: python pipeline_example.py FOLDER clip.gif"""

import json
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderTiny, FlowMatchEulerDiscreteScheduler, LatteTransformer3DModel
from PIL import Image

folder, out = Path(sys.argv[1]), sys.argv[2]
transformer, vae = (
    kind.from_pretrained(folder, subfolder=name, torch_dtype=torch.float32).eval()
    for kind, name in ((LatteTransformer3DModel, "transformer"), (AutoencoderTiny, "vae"))
)
scheduler = FlowMatchEulerDiscreteScheduler.from_pretrained(folder, subfolder="scheduler")
prompt = ["red", "balloon", "drifting right", "green hills", "sunset", "clouds"]  # one word for each slot
steps, guidance, config = 28, 4.0, transformer.config

slots = json.loads((folder / "text" / "vocabulary.json").read_text())["slots"]
words = [(slot["name"], word) for slot in slots for word in slot["words"]]
text = torch.zeros(2, len(slots), 1 + len(words))
text[0, :, 0] = 1  # without a prompt: every slot is the pad
for row, (slot, word) in enumerate(zip(slots, prompt, strict=True)):
    text[1, row, 1 + words.index((slot["name"], word))] = 1

shape = (1, config.in_channels, config.video_length, config.sample_size, config.sample_size)
latents = torch.randn(shape, generator=torch.Generator().manual_seed(0))
scheduler.set_timesteps(sigmas=torch.linspace(1, 1 / steps, steps).tolist())
with torch.no_grad():
    for t in scheduler.timesteps:
        out_pair = transformer(torch.cat([latents, latents]), timestep=t.expand(2), encoder_hidden_states=text).sample
        uncond, cond = out_pair.chunk(2)
        latents = scheduler.step(uncond + guidance * (cond - uncond), t, latents).prev_sample
    frames = vae.decode(latents[0].transpose(0, 1)).sample.clamp(-1, 1)  # [F, 3, 144, 144]
pixels = ((frames + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
first, *others = [Image.fromarray(frame) for frame in pixels]
first.save(out, save_all=True, append_images=others, duration=125, loop=0)

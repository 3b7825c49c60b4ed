"""Runs the pipelines of Chroma, FLUX.2 and Z-Image themselves on the checkpoints of tests/fixtures/networks, from their
recorded noise and text, and writes the latents that they end in: python tests/reference/image_pipelines.py

Writes tests/fixtures/image-pipelines.json. Needs torch, diffusers, safetensors and transformers; the file names the version.
"""
import json
from pathlib import Path

import diffusers
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from safetensors.torch import load_file

FIXTURES = Path(__file__).parents[1] / "fixtures"
STEPS = 5
DYNAMIC = {"use_dynamic_shifting": True, "shift": 3.0}
diffusers.utils.logging.set_verbosity_error()
torch.manual_seed(0)


def pack(x, p=2):
    b, c, h, w = x.shape
    return x.view(b, c, h // p, p, w // p, p).permute(0, 2, 4, 1, 3, 5).reshape(b, (h // p) * (w // p), c * p * p)


def branches(given, text, mask=None):
    names = {"": "", "negative_": "uncond."}
    of = {f"{name}prompt_embeds": given[f"{key}text"] for name, key in names.items()}
    return of | ({f"{name}{mask}": given[f"{key}mask"] for name, key in names.items()} if mask else {})


def flux2(given):
    # (B, C, H, W) with 2 × 2 latents as channels; the pipeline packs them.
    c, h, w = given["noise"].shape[1:]
    return {"latents": given["noise"].view(1, c, h // 2, 2, w // 2, 2).permute(0, 1, 3, 5, 2, 4).reshape(1, 4 * c, h // 2, w // 2)}


def alone(given, key):
    """Rows of a text without its padding, in a list."""
    return [given[f"{key}text"][0, : int(given[f"{key}mask"].sum())]]


# checkpoint: pipeline, class, scheduler, guidance, arguments
RUNS = {
    "chroma-masked": ("ChromaPipeline", "ChromaTransformer2DModel", DYNAMIC, 3.0,
                      lambda given: {"latents": pack(given["noise"])} | branches(given, "text", "prompt_attention_mask")),
    "flux2-dev": ("Flux2Pipeline", "Flux2Transformer2DModel", DYNAMIC, 2.5, lambda given: flux2(given) | {"prompt_embeds": given["text"]}),
    "flux2-klein": ("Flux2KleinPipeline", "Flux2Transformer2DModel", DYNAMIC, 2.5, lambda given: flux2(given) | branches(given, "text")),
    "z-image-masked": ("ZImagePipeline", "ZImageTransformer2DModel", {"shift": 3.0}, 2.5,
                       lambda given: {"latents": given["noise"], "prompt_embeds": alone(given, ""), "negative_prompt_embeds": alone(given, "uncond.")}),
    "z-image-masked, as Turbo": ("ZImagePipeline", "ZImageTransformer2DModel", {"shift": 3.0}, 0.0,
                                 lambda given: {"latents": given["noise"], "prompt_embeds": alone(given, "")}),
}

made = []
for name, (pipeline, network, fields, guidance, arguments) in RUNS.items():
    model = name.split(",")[0]
    folder = FIXTURES / "networks" / model
    given = load_file(folder / "reference.safetensors")
    # Klein reads statistics of a decoder even where latents are asked for; what is compared is taken before.
    vae = diffusers.AutoencoderKLFlux2(block_out_channels=(8, 8, 8, 8), norm_num_groups=4, latent_channels=given["noise"].shape[1]) if "Klein" in pipeline else None
    scheduler = FlowMatchEulerDiscreteScheduler(**fields)
    pipe = getattr(diffusers, pipeline)(scheduler=scheduler, vae=vae, text_encoder=None, tokenizer=None,
                                        transformer=getattr(diffusers, network).from_pretrained(folder / "transformer", torch_dtype=torch.float32))
    pipe.set_progress_bar_config(disable=True)
    last = {}
    pipe(**arguments(given), height=8 * given["noise"].shape[2], width=8 * given["noise"].shape[3], num_inference_steps=STEPS, guidance_scale=guidance,
         output_type="latent", callback_on_step_end=lambda pipe, step, timestep, values: last.update(values) or {})
    made.append({"run": name, "model": model, "pipeline": pipeline, "scheduler": {"_class_name": "FlowMatchEulerDiscreteScheduler"} | fields, "steps": STEPS, "guidance": guidance,
                 "timesteps": [round(float(t), 4) for t in scheduler.timesteps], "latents": [round(float(x), 6) for x in last["latents"].flatten()]})
    print(name, made[-1]["timesteps"], made[-1]["latents"][:3])
lines = ",\n".join(json.dumps(one) for one in made)
(FIXTURES / "image-pipelines.json").write_text(f'{{"diffusers": "{diffusers.__version__}", "runs": [\n{lines}\n]}}\n')

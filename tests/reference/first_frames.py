"""Runs the image-to-video pipelines of LTX-Video and Wan 2.2 TI2V themselves on checkpoints of tests/fixtures, uncached and
under diffusers' cache hooks: the picture as latents, which modules ran, and the last latents.
python tests/reference/first_frames.py

Writes tests/fixtures/first-frames.{json,safetensors}, which tests/golden/first-frames.test.ts compares with. Needs torch,
diffusers and safetensors; the file names the version. Options are written under our names.

Hooks that compare tensors, or keep them without a context, run without guidance where the pipeline has one call or two a
step for both branches: they would mix these.
"""
import json
import re
from pathlib import Path

import diffusers
import torch
from safetensors.torch import load_file, save_file

FIXTURES = Path(__file__).parents[1] / "fixtures"
WINDOW = (150, 960)
diffusers.utils.logging.set_verbosity_error()
torch.set_grad_enabled(False)


def pack(x):
    return x.flatten(2).transpose(1, 2)


def ltx(model, given, scheduler):
    frames, height, width = given["noise"].shape[2:]
    pipe = diffusers.LTXImageToVideoPipeline(scheduler=scheduler, vae=None, text_encoder=None, tokenizer=None, transformer=model)
    image = torch.randn(given["noise"][:, :, :1].shape, generator=torch.Generator().manual_seed(5))
    latents = pack(torch.cat([image, given["noise"][:, :, 1:]], dim=2))
    masks = {"prompt_attention_mask": given["mask"], "negative_prompt_attention_mask": given["uncond.mask"]}
    return pipe, image, dict(latents=latents, **masks, num_frames=8 * (frames - 1) + 1, height=32 * height, width=32 * width)


def wan(model, given, scheduler):
    channels, frames, height, width = given["noise"].shape[1:]
    torch.manual_seed(5)
    vae = diffusers.AutoencoderKLWan(base_dim=4, z_dim=channels, num_res_blocks=1, latents_mean=[0.1] * channels, latents_std=[0.4] * channels).eval()
    pipe = diffusers.WanImageToVideoPipeline(scheduler=scheduler, vae=vae, text_encoder=None, tokenizer=None, transformer=model, expand_timesteps=True)
    picture = torch.rand(1, 3, 8 * height, 8 * width, generator=torch.Generator().manual_seed(5))
    image = pipe.prepare_latents(pipe.video_processor.preprocess(picture), 1, channels, 8 * height, 8 * width, 4 * (frames - 1) + 1, torch.float32, latents=given["noise"])[1]
    return pipe, image, dict(image=picture, latents=given["noise"], num_frames=4 * (frames - 1) + 1, height=8 * height, width=8 * width)


FLOW = dict(use_flow_sigmas=True, prediction_type="flow_prediction")
# checkpoint: its class, scheduler, pipeline, steps, guidance, methods without guidance
MODELS = {
    "networks/ltx-masked": ("LTXVideoTransformer3DModel", diffusers.FlowMatchEulerDiscreteScheduler(shift=2.0), ltx, 8, 3.0, ["firstblockcache"]),
    "real/wan": ("WanTransformer3DModel", diffusers.UniPCMultistepScheduler(**FLOW, flow_shift=5.0), wan, 9, 5.0, ["pab"]),
}  # fmt: skip


def methods(modules, pipe):
    # LTX-Video's cross-attention does not say that it is one, so diffusers gives it the spatial range: one range for both.
    pab = dict(spatial_attention_block_skip_range=2, spatial_attention_timestep_skip_range=WINDOW, cross_attention_block_skip_range=2, cross_attention_timestep_skip_range=WINDOW)
    taylor = dict(cache_interval=3, disable_cache_before_step=2, max_order=1)
    yield None, {}, None
    yield "pab", pab, diffusers.PyramidAttentionBroadcastConfig(**pab, current_timestep_callback=lambda: pipe.current_timestep)
    kinds = ["spatial-attention", "cross-attention", "feed-forward"]
    yield "taylorseer", {**taylor, "sites": kinds}, diffusers.TaylorSeerCacheConfig(**taylor, cache_identifiers=[re.escape(name) for name in modules], taylor_factors_dtype=torch.float32)
    for threshold in (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0):
        yield "firstblockcache", {"threshold": threshold}, diffusers.FirstBlockCacheConfig(threshold=threshold)


camel = lambda name: re.sub("_([a-z])", lambda found: found[1].upper(), name)  # noqa: E731
runs, tensors = [], {}
for name, (kind, scheduler, start, steps, guidance, alone) in MODELS.items():
    folder = FIXTURES / name
    given = load_file(folder / "reference.safetensors")
    model = getattr(diffusers, kind).from_pretrained(folder / "transformer", torch_dtype=torch.float32).eval()
    pipe, image, arguments = start(model, given, scheduler)
    pipe.set_progress_bar_config(disable=True)
    tensors[f"{name}.image"] = image
    modules = [key for key, _ in model.named_modules() if re.fullmatch(r"(transformer_)?blocks\.\d+\.(attn\d|ff|ffn)", key)]
    found = set()
    for method, options, cache in methods(modules, pipe):
        if method in found:
            continue
        now, ran = {"step": 0}, {key: ["0"] * steps for key in modules}
        own = {key: model.get_submodule(key).forward for key in modules}
        for key in modules:

            def watched(*args, key=key, **kwargs):
                ran[key][now["step"]] = "1"
                return own[key](*args, **kwargs)

            model.get_submodule(key).forward = watched
        if cache:
            model.enable_cache(cache)
        scale = 1.0 if method in alone else guidance
        texts = {"prompt_embeds": given["text"], "negative_prompt_embeds": given["uncond.text"]}

        def ended(pipe, step, timestep, values):
            now["step"] = step + 1
            return {}

        sample = pipe(**arguments, **texts, num_inference_steps=steps, guidance_scale=scale, output_type="latent", callback_on_step_end=ended, return_dict=False)[0]
        if cache:
            model.disable_cache()
        for key in modules:
            model.get_submodule(key).forward = own[key]
        computed = {key: "".join(mask) for key, mask in ran.items()}
        if method and not any("0" in mask for mask in computed.values()):
            continue
        found.add(method)
        tensors[f"{len(runs)}.sample"] = sample
        fields = {"_class_name": type(scheduler).__name__} | {k: v for k, v in scheduler.config.items() if not k.startswith("_")}
        runs.append({"model": name, "scheduler": fields, "steps": steps, "guidance": scale, "timesteps": [float(t) for t in scheduler.timesteps], "method": method,
                     "options": {camel(k): v for k, v in options.items()}, "computed": computed})  # fmt: skip
        print(name, method, options.get("threshold"), computed[modules[-1]], float(sample.abs().max()))
lines = ",\n".join(json.dumps(one) for one in runs)
(FIXTURES / "first-frames.json").write_text(f'{{"diffusers": "{diffusers.__version__}", "runs": [\n{lines}\n]}}\n')
save_file({key: value.float().contiguous() for key, value in tensors.items()}, FIXTURES / "first-frames.safetensors")

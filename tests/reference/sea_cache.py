"""Runs of diffusers' SeaCache hook on the two fixture models: which steps ran the blocks, what the hook measured, and
every prediction. Writes tests/fixtures/sea-cache.{json,safetensors}, which tests/golden/sea-cache.test.ts compares with.

    python tests/reference/sea_cache.py

Needs torch, diffusers (0.42.1 or later) and safetensors; the file names their versions.

Latte's blocks are regrouped layer by layer: diffusers' spatial and temporal blocks see two layouts, so that the hook finds
no residual of the whole stack there. FLUX runs as it is. Sizes are no powers of two and not square.
"""

import json
import re
from pathlib import Path

import diffusers
import torch
from diffusers import (
    DDIMScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxTransformer2DModel,
    LatteTransformer3DModel,
    SeaCacheConfig,
)
from diffusers.hooks import sea_cache as hook
from diffusers.hooks._helpers import TransformerBlockMetadata, TransformerBlockRegistry
from diffusers.models.cache_utils import CacheMixin
from safetensors.torch import load_file, save_file

fixtures = Path(__file__).parent.parent / "fixtures"
torch.set_grad_enabled(False)
diffusers.utils.logging.set_verbosity_error()


class Layer(torch.nn.Module):
    """One spatial and one temporal block of Latte, [B·F, S, D] to [B·F, S, D]."""

    def __init__(self, spatial, temporal, positions):
        super().__init__()
        self.spatial, self.temporal, self.positions = spatial, temporal, positions

    def forward(self, hidden_states, frames, text, timestep):
        swap = lambda x, outer: x.unflatten(0, (-1, outer)).transpose(1, 2).flatten(0, 1)  # noqa: E731
        tokens = hidden_states.shape[1]
        x = self.spatial(hidden_states, None, text.repeat_interleave(frames, 0), None, timestep.repeat(frames, 1))
        x = swap(x, frames) + (0 if self.positions is None else self.positions)
        return swap(self.temporal(x, None, None, None, timestep.repeat(tokens, 1)), tokens)


TransformerBlockRegistry.register(
    Layer, TransformerBlockMetadata(return_hidden_states_index=0, return_encoder_hidden_states_index=None)
)

class Latte(torch.nn.Module, CacheMixin):
    """LatteTransformer3DModel with its own modules, one block per layer; for one clip."""

    def __init__(self, whole):
        super().__init__()
        pairs = zip(whole.transformer_blocks, whole.temporal_transformer_blocks)
        self.whole = [whole]
        self.layers = torch.nn.ModuleList(
            Layer(spatial, temporal, whole.temp_pos_embed if index == 0 else None)
            for index, (spatial, temporal) in enumerate(pairs)
        )

    def forward(self, latents, timestep, text):
        (whole,) = self.whole
        frames, height, width = latents.shape[2:]
        patch = whole.config.patch_size
        x = whole.pos_embed(latents.transpose(1, 2).flatten(0, 1))
        timestep, embedded = whole.adaln_single(
            timestep, {"resolution": None, "aspect_ratio": None}, batch_size=1, hidden_dtype=x.dtype
        )
        text = whole.caption_projection(text)
        for layer in self.layers:
            x = layer(x, frames, text, timestep)
        shift, scale = (whole.scale_shift_table[None] + embedded[:, None]).chunk(2, dim=1)
        x = whole.proj_out(whole.norm_out(x) * (1 + scale) + shift)
        x = x.reshape(1, frames, height // patch, width // patch, patch, patch, -1)
        return x.permute(0, 6, 1, 2, 4, 3, 5).reshape(latents.shape)


def packed(image):
    batch, channels, height, width = image.shape
    patches = image.view(batch, channels, height // 2, 2, width // 2, 2).permute(0, 2, 4, 1, 3, 5)
    return patches.reshape(batch, height * width // 4, channels * 4)


def unpacked(tokens, height, width):
    batch, _, size = tokens.shape
    patches = tokens.view(batch, height // 2, width // 2, size // 4, 2, 2).permute(0, 3, 1, 4, 2, 5)
    return patches.reshape(batch, size // 4, height, width)


def latte(given):
    whole = LatteTransformer3DModel.from_pretrained(fixtures / "latte-a" / "transformer").eval()
    network = Latte(whole)
    noise = given["latte-a.noise"]
    args = (noise, torch.tensor([500.0]), given["latte-a.cond"])
    expected = whole(args[0], args[1], args[2], return_dict=False)[0]
    torch.testing.assert_close(network(*args), expected, atol=1e-6, rtol=1e-6)

    def call(latents, timestep, name):
        return network(latents, timestep.float().expand(1), given[f"latte-a.{name}"])

    return network, network.layers[0].spatial, noise, call, lambda module, args, kwargs: [args[0][0]]


def flux(given):
    network = FluxTransformer2DModel.from_pretrained(fixtures / "flux-a" / "transformer").eval()
    noise = given["flux-a.noise"]
    height, width = noise.shape[-2:]
    rows, columns = torch.meshgrid(torch.arange(height // 2), torch.arange(width // 2), indexing="ij")
    ids = torch.stack([torch.zeros_like(rows), rows, columns], dim=-1).reshape(-1, 3).float()

    def call(latents, timestep, _):
        return network(
            hidden_states=latents,
            timestep=timestep.float().expand(1) / 1000,
            encoder_hidden_states=given["flux-a.text"],
            pooled_projections=given["flux-a.pooled"],
            txt_ids=torch.zeros(given["flux-a.text"].shape[1], 3),
            img_ids=ids,
            return_dict=False,
        )[0]

    def raw_vision(module, args, kwargs):
        return [unpacked(kwargs["hidden_states"], height, width)[0, :, None]]

    return network, network.transformer_blocks[0].attn, packed(noise), call, raw_vision


def sigma_of(scheduler, step):
    """The share of noise: sigma of a flow; of DDIM the sigma with the same ratio of noise to signal."""
    if isinstance(scheduler, FlowMatchEulerDiscreteScheduler):
        return float(scheduler.sigmas[step])
    signal = float(scheduler.alphas_cumprod[scheduler.timesteps[step]])
    return (1 - signal) ** 0.5 / (signal**0.5 + (1 - signal) ** 0.5)


def run(model, scheduler, steps, guidance, options):
    network, first, latents, call, raw_vision = {"latte-a": latte, "flux-a": flux}[model](given)
    network.enable_cache(SeaCacheConfig(**options, raw_vision_callback=raw_vision))
    shared = network._diffusers_hook.get_hook("sea_cache_root").shared_state
    masks, changes, now = {}, {}, {}

    def warned(message):
        raise RuntimeError(message)  # the hook never gives up here

    resolve, forward = shared.resolve_gate, first.forward

    def gate(state, metadata, indicator, config):
        if state.previous_indicator is not None:
            (current,), (older,) = indicator, state.previous_indicator
            changes[now["name"]].append(float((current - older).abs().mean() / older.abs().mean()))
        return resolve(state, metadata, indicator, config)

    def watched(*args, **kwargs):
        masks[now["name"]][now["step"]] = "1"
        return forward(*args, **kwargs)

    shared.mark_fail_open, shared.resolve_gate, first.forward = warned, gate, watched
    scheduler.set_timesteps(steps)
    predictions = []
    for step, timestep in enumerate(scheduler.timesteps):
        outputs = []
        for name in ("uncond", "cond") if guidance != 1 else ("cond",):
            masks.setdefault(name, ["0"] * steps)
            changes.setdefault(name, [])
            now |= {"name": name, "step": step}
            place = {"step_index": step, "sigma": sigma_of(scheduler, step), "num_inference_steps": steps}
            with network.cache_context(name, **place):
                outputs.append(call(latents, timestep, name))
        prediction = outputs[0] if guidance == 1 else outputs[0] + guidance * (outputs[1] - outputs[0])
        predictions.append(prediction[0])
        latents = scheduler.step(prediction, timestep, latents, return_dict=False)[0]
    computed = "".join(masks["cond"])
    assert all("".join(mask) == computed for mask in masks.values())
    return computed, changes["cond"], torch.stack(predictions)


ddim = {"_class_name": "DDIMScheduler", "clip_sample": False, "timestep_spacing": "trailing"}
velocity = ddim | {"prediction_type": "v_prediction"}
sample = ddim | {"prediction_type": "sample", "rescale_betas_zero_snr": True}  # the first step has no signal
flow = {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 1.0}
shifted = flow | {"shift": 3.0}
settings = [
    ("latte-a", velocity, 3, {"threshold": 0.7, "residual_order": 0, "max_consecutive_cached": 0}),
    ("latte-a", velocity, 3, {"threshold": 0.7}),
    ("latte-a", sample, 3, {"threshold": 1.0, "retention_steps": 3, "cache_end_steps": 2}),
    ("latte-a", flow, 1, {"threshold": 0.8, "residual_order": 1, "max_consecutive_cached": 0, "power_exp": 2.0}),
    ("flux-a", flow, 1, {"threshold": 0.2, "residual_order": 0, "max_consecutive_cached": 0}),
    ("flux-a", flow, 1, {"threshold": 0.2, "residual_order": 1, "max_consecutive_cached": 0}),
    ("flux-a", flow, 1, {}),
    ("flux-a", shifted, 1, {"threshold": 0.4, "retention_steps": 0, "cache_end_steps": 0, "max_consecutive_cached": 3}),
    ("flux-a", velocity, 1, {"threshold": 0.6, "power_exp": 1.5}),
]
steps = 12

kept = {name: load_file(fixtures / name / "reference.safetensors") for name in ("latte-a", "flux-a")}
torch.manual_seed(0)
given = {
    "latte-a.noise": torch.randn(1, 3, 4, 8, 12),
    "flux-a.noise": torch.randn(1, 3, 6, 10),
}
written = dict(given)
given |= {f"{model}.{name}": kept[model][name] for model, names in
          (("latte-a", ("cond", "uncond")), ("flux-a", ("text", "pooled"))) for name in names}  # fmt: skip

camel = lambda name: re.sub("_([a-z])", lambda found: found[1].upper(), name)  # noqa: E731
runs = []
for index, (model, config, guidance, options) in enumerate(settings):
    kind = getattr(diffusers, config["_class_name"])
    one = lambda scale: run(  # noqa: E731
        model, kind.from_config(config), steps, guidance,
        options | {"threshold": options.get("threshold", 0.25) * scale},
    )  # fmt: skip
    computed, changes, predictions = one(1)
    for scale in (0.999, 1.001):  # no decision hangs by a rounding error
        assert one(scale)[0] == computed, (index, "choose another threshold")
    print(index, model, computed, [round(change, 3) for change in changes])
    runs.append(
        {
            "model": model,
            "options": {camel(name): value for name, value in options.items()},
            "steps": steps,
            "guidance": guidance,
            "scheduler": config,
            "computed": computed,
            "changes": [float(f"{change:.6g}") for change in changes],
        }
    )
    written[f"{index}.predictions"] = predictions.contiguous()

filters = []
for shape, sigma, power in [((1, 5, 7, 2), 0.9, 3.0), ((4, 6, 9, 3), 0.5, 3.0), ((3, 8, 8, 1), 0.05, 1.5),
                            ((2, 3, 4, 2), 1.0, 3.0), ((6, 5, 4, 2), 0.0, 2.0)]:  # fmt: skip
    values = torch.randn(shape)
    written[f"filter.{len(filters)}.in"] = values.movedim(-1, 0).contiguous()
    written[f"filter.{len(filters)}.out"] = hook._apply_sea_filter(values, sigma, power).movedim(-1, 0).contiguous()
    filters.append({"sigma": sigma, "powerExp": power})

versions = {"diffusers": diffusers.__version__, "torch": torch.__version__}
lines = ",\n".join(json.dumps(one) for one in runs)
text = f'{{"versions": {json.dumps(versions)}, "filters": {json.dumps(filters)}, "runs": [\n{lines}\n]}}\n'
(fixtures / "sea-cache.json").write_text(text)
save_file(written, fixtures / "sea-cache.safetensors")

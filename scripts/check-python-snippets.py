"""Runs every Python snippet of the examples with the real diffusers and cache-dit, on networks of a few blocks.

    pip install torch diffusers transformers cache-dit
    npx vitest run --project unit tests/site/python-snippets.test.ts -u
    python scripts/check-python-snippets.py [--new]

With --new, snippets that ran before in the same versions keep what the report says of them.
Reads tests/fixtures/python-snippets.json and writes python-snippets-report.json beside it. A snippet is executed as it
stands; only what it loads is replaced: a pipeline of its class with a small random transformer of the right class on
the processor, and embeddings in the place of a text encoder's. So every import, configuration, keyword and module
pattern meets the real thing, and the hooks really run. Of the form for several GPUs the cache is run in one process;
its parallel part is built and its arguments bound to the real signature, no more.
"""

import hashlib
import inspect
import json
import platform
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import cache_dit
import diffusers
import torch
import torch.distributed as dist

root = Path(__file__).parent.parent
fixtures = root / "tests/fixtures"
diffusers.utils.logging.set_verbosity_error()
torch.set_grad_enabled(False)


def small(name):
    """A pipeline with a small random transformer, and what a call of it needs beside the snippet's arguments."""
    if name == "LattePipeline":
        transformer = diffusers.LatteTransformer3DModel(
            num_attention_heads=2, attention_head_dim=16, in_channels=4, out_channels=8, num_layers=2, sample_size=8,
            patch_size=2, cross_attention_dim=32, caption_channels=24, video_length=2, norm_type="ada_norm_single",
            activation_fn="gelu-approximate", attention_bias=True, norm_elementwise_affine=False, norm_eps=1e-6,
        )  # fmt: skip
        parts = {"tokenizer": None, "text_encoder": None, "vae": None, "scheduler": diffusers.DDIMScheduler()}
        text = {key: torch.randn(1, 5, 24) for key in ("prompt_embeds", "negative_prompt_embeds")}
        return transformer, parts, text | {"height": 64, "width": 64, "video_length": 2, "negative_prompt": None}
    if name == "WanPipeline":
        transformer = diffusers.WanTransformer3DModel(
            patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=16, out_channels=16,
            text_dim=24, freq_dim=32, ffn_dim=32, num_layers=3, cross_attn_norm=True, qk_norm="rms_norm_across_heads",
            rope_max_seq_len=32,
        )  # fmt: skip
        parts = {"tokenizer": None, "text_encoder": None, "vae": None}
        parts |= {"scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0)}
        text = {key: torch.randn(1, 5, 24) for key in ("prompt_embeds", "negative_prompt_embeds")}
        return transformer, parts, text | {"height": 32, "width": 32, "num_frames": 9}
    if name == "CogVideoXPipeline":
        transformer = diffusers.CogVideoXTransformer3DModel(
            num_attention_heads=2, attention_head_dim=16, in_channels=4, out_channels=4, time_embed_dim=2,
            text_embed_dim=32, num_layers=3, sample_width=2, sample_height=2, sample_frames=9, patch_size=2,
            temporal_compression_ratio=4, max_text_seq_length=16,
        )  # fmt: skip
        parts = {"tokenizer": None, "text_encoder": None, "vae": None, "scheduler": diffusers.CogVideoXDDIMScheduler()}
        text = {key: torch.randn(1, 16, 32) for key in ("prompt_embeds", "negative_prompt_embeds")}
        return transformer, parts, text | {"height": 16, "width": 16, "num_frames": 9, "max_sequence_length": 16}
    if name == "FluxPipeline":
        transformer = diffusers.FluxTransformer2DModel(
            patch_size=1, in_channels=16, num_layers=2, num_single_layers=2, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=24, pooled_projection_dim=20, axes_dims_rope=(4, 6, 6),
            guidance_embeds=True,
        )  # fmt: skip
        parts = dict.fromkeys(("vae", "text_encoder", "tokenizer", "text_encoder_2", "tokenizer_2"))
        parts |= {"scheduler": diffusers.FlowMatchEulerDiscreteScheduler()}
        text = {"prompt_embeds": torch.randn(1, 5, 24), "pooled_prompt_embeds": torch.randn(1, 20)}
        return transformer, parts, text | {"height": 64, "width": 64}
    if name == "NucleusMoEImagePipeline":
        transformer = diffusers.NucleusMoEImageTransformer2DModel(
            patch_size=2, in_channels=16, out_channels=4, num_layers=2, attention_head_dim=16, num_attention_heads=4,
            joint_attention_dim=16, axes_dims_rope=(8, 4, 4), moe_enabled=False, capacity_factors=[8.0, 8.0],
        )  # fmt: skip
        parts = {"scheduler": diffusers.FlowMatchEulerDiscreteScheduler(), "vae": None, "text_encoder": None, "processor": None}
        text = {key: torch.randn(1, 5, 16) for key in ("prompt_embeds", "negative_prompt_embeds")}
        text |= {f"{key}_mask": torch.ones(1, 5, dtype=torch.long) for key in text}
        return transformer, parts, text | {"height": 64, "width": 64}
    raise ValueError(f"no small {name}")


class Saved:
    def save(self, path):
        pass


def stand_in(real, ran):
    """An object of the pipeline's own class, which runs the pipeline's own loop."""
    torch.manual_seed(0)
    transformer, parts, extra = small(real.__name__)

    def call(self, prompt, **options):
        inspect.signature(real.__call__).bind(self, prompt, **options)
        real.__call__(self, output_type="latent", **(extra | options))
        ran["calls"] += 1
        hooked = [module for module in self.transformer.modules() if hasattr(module, "_diffusers_hook")]
        ran["hooks"] = Counter(name for module in hooked for name in module._diffusers_hook.hooks)
        return SimpleNamespace(frames=[Saved()], images=[Saved()])

    kind = type(real.__name__, (real,), {"__call__": call, "to": lambda self, *_: self, "__module__": real.__module__})
    pipe = kind(transformer=transformer.eval(), **parts)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def check(entry):
    """What happened when the snippet ran, in words; an exception if it fails."""
    code = "\n".join(entry["code"])
    name = next((line.split("= ")[1].split(".")[0] for line in entry["code"] if line.startswith("pipe = ")), None)
    if name is None:
        raise ValueError("it loads no pipeline")
    real = getattr(diffusers, name)
    ran = {"calls": 0, "hooks": Counter()}
    pipe = stand_in(real, ran)
    enable, parallel = cache_dit.enable_cache, []

    def enable_cache(*args, parallelism_config=None, **kwargs):
        inspect.signature(enable).bind(*args, parallelism_config=parallelism_config, **kwargs)
        if parallelism_config is not None:
            parallel.append(parallelism_config.cp_enabled())
        return enable(*args, **kwargs)

    replaced = [
        (real, "from_pretrained", staticmethod(lambda *args, **kwargs: pipe)),
        (cache_dit, "enable_cache", enable_cache),
        (diffusers.utils, "export_to_video", lambda *args, **kwargs: None),
        (torch.cuda, "set_device", lambda *args: None),
        (dist, "init_process_group", lambda backend: None),
        (dist, "get_world_size", lambda: 2),
        (dist, "get_rank", lambda: 0),
        (dist, "destroy_process_group", lambda: None),
    ]
    kept = [(owner, key, owner.__dict__.get(key)) for owner, key, _ in replaced]
    for owner, key, value in replaced:
        setattr(owner, key, value)
    try:
        exec(compile(code, entry["snippet"], "exec"), {"__name__": "__main__"})
    finally:
        for owner, key, value in kept:
            delattr(owner, key) if value is None else setattr(owner, key, value)
    if ran["calls"] == 0:
        raise ValueError("it runs nothing")
    if not entry["snippet"].endswith("diffusers"):
        stats = cache_dit.summary(pipe, logging=False)[0]
        cached = sorted(int(step) for step in stats.cached_steps)
        mask = next((line for line in entry["code"] if "steps_computation_mask" in line), None)
        if mask:
            wanted = [step for step, one in enumerate(json.loads(mask.strip().split("=")[1].rstrip(","))) if one == 0]
            if cached != wanted:
                raise ValueError(f"cache-dit cached the steps {cached}, and the mask says {wanted}")
        if parallel not in ([], [True]):
            raise ValueError("its parallelism is off")
        words = f"ran with cache-dit's hooks; steps cached: {', '.join(map(str, cached)) or 'none'}"
        return words + ("; parallelism built, not run" if parallel else "")
    if not ran["hooks"]:
        raise ValueError("no hook found a module")
    found = ", ".join(f"{count} × {hook}" for hook, count in sorted(ran["hooks"].items()))
    return f"ran with hooks: {found}"


versions = {
    "python": platform.python_version(),
    "torch": torch.__version__.split("+")[0],
    "diffusers": diffusers.__version__,
    "cache-dit": cache_dit.__version__,
}
report_file = fixtures / "python-snippets-report.json"
before = json.loads(report_file.read_text())
ran_before = {}
if "--new" in sys.argv and before["versions"] == versions:
    ran_before = {(one["snippet"], one["sha256"]): one["checked"] for one in before["snippets"]}
entries = json.loads((fixtures / "python-snippets.json").read_text())
failed, checked = 0, []
for entry in entries:
    sha256 = hashlib.sha256("\n".join(entry["code"]).encode()).hexdigest()
    try:
        words = ran_before.get((entry["snippet"], sha256)) or check(entry)
    except Exception as error:  # noqa: BLE001
        failed += 1
        print(f"{entry['snippet']}: {type(error).__name__}: {error}", file=sys.stderr)
        continue
    checked.append({"snippet": entry["snippet"], "sha256": sha256, "checked": words})
report_file.write_text(json.dumps({"versions": versions, "snippets": checked}, indent=1, ensure_ascii=False) + "\n")
print(f"{len(checked)} of {len(entries)} snippets ran.")
sys.exit(1 if failed else 0)

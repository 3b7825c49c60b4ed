"""Measures MagCache's ratios and TeaCache's coefficients on a pipeline of diffusers, and writes our calibration.json.

    pip install torch diffusers transformers
    python scripts/calibrate-diffusers.py --model black-forest-labs/FLUX.1-dev --steps 28 --guidance 3.5 \\
        --prompts prompts.txt --out calibration.json
    npx diffusion-cache plan --method magcache --calibration calibration.json --steps 28

One uncached run for each prompt, with the seeds 0, 1, 2 ... Ratios need few prompts; a polynomial needs many: TeaCache's
authors take about 70. Of each branch of guidance two hidden tensors are kept from step to step.
"""

import argparse
import inspect
import json
import re
from pathlib import Path

import numpy
import torch

STACKS = re.compile(r"^(transformer_blocks|blocks|layers|visual_transformer_blocks|single_transformer_blocks|temporal_transformer_blocks)$")


def stacks_of(transformer):
    """The stacks of blocks in the order of the network."""
    found = [child for name, child in transformer.named_children() if STACKS.match(name) and isinstance(child, torch.nn.ModuleList)]
    if not found:
        raise ValueError(f"{type(transformer).__name__} has no stack of blocks under a known name; add its name to STACKS.")
    return found


def first_attention(block):
    """The first attention of a block: what enters it is TeaCache's modulated input."""
    for name, module in block.named_modules():
        if re.search(r"attn\w*$|attention$", name) and any(True for _ in module.children()):
            return module
    raise ValueError(f"{type(block).__name__} has no module whose name ends in attn; TeaCache has nothing to compare.")


def argument(module, args, kwargs, name="hidden_states"):
    """A tensor handed to a module, by name or as the first one."""
    value = kwargs.get(name)
    value = next((one for one in args if torch.is_tensor(one)), None) if value is None else value
    if value is None:
        raise ValueError(f"{type(module).__name__} is called without {name}.")
    return value.detach()


def as_entered(output, entered):
    """The part of a block's output that continues what entered the stack: of its shape, or its last tokens."""
    parts = [output] if torch.is_tensor(output) else [part for part in output if torch.is_tensor(part)]
    for part in parts:
        if part.shape == entered.shape:
            return part.detach()
    for part in parts:
        if part.dim() == 3 and part.shape[::2] == entered.shape[::2] and part.shape[1] > entered.shape[1]:
            return part[:, -entered.shape[1] :].detach()
    shapes = " and ".join(str(tuple(part.shape)) for part in parts)
    raise ValueError(f"The stack begins with {tuple(entered.shape)} and ends with {shapes}: no residual can be taken.")


def relative(now, before):
    return float((now.float() - before.float()).abs().sum() / before.float().abs().sum())


class Recorder:
    """Follows the calls of a pipeline's transformers; a call's place within its step is its branch."""

    def __init__(self, steps):
        self.ratios = [[] for _ in range(steps - 1)]
        self.pairs = []
        self.step = self.branch = 0
        self.before = {}
        self.handles = []

    def follow(self, transformer):
        stacks = stacks_of(transformer)
        first, last = stacks[0][0], stacks[-1][-1]
        now = {}

        def entering(module, args, kwargs):
            now["entered"] = argument(module, args, kwargs)

        def comparing(module, args, kwargs):
            now["compared"] = argument(module, args, kwargs)

        def leaving(_module, _args, output):
            now["left"] = as_entered(output, now["entered"])

        def done(*_):
            self.add(now)

        self.handles += [
            first.register_forward_pre_hook(entering, with_kwargs=True),
            first_attention(first).register_forward_pre_hook(comparing, with_kwargs=True),
            last.register_forward_hook(leaving),
            transformer.register_forward_hook(done),
        ]

    def add(self, now):
        lengths = (now["left"].float() - now["entered"].float()).norm(dim=-1)
        before = self.before.get(self.branch)
        if before and self.step > 0:
            if self.step <= len(self.ratios):
                self.ratios[self.step - 1].append(float((lengths / (before["lengths"] + 1e-8)).mean()))
            self.pairs.append((relative(now["compared"], before["compared"]), relative(now["left"], before["left"])))
        self.before[self.branch] = {"lengths": lengths, "compared": now["compared"], "left": now["left"]}
        self.branch += 1
        now.clear()

    def next_step(self):
        self.step, self.branch = self.step + 1, 0

    def next_run(self):
        self.step, self.branch, self.before = 0, 0, {}

    def stop(self):
        for handle in self.handles:
            handle.remove()


def calibrate(pipe, prompts, steps, guidance, model, **call):
    """Our calibration as a dictionary.

    pipe: a pipeline of diffusers; its transformers and its scheduler are followed, and left as they were.
    call: further arguments of the pipeline, such as height and width.
    """
    if steps < 6:
        raise ValueError(f"A calibration of {steps} steps cannot be made; TeaCache's polynomial has five coefficients. Give 6 or more.")
    if not prompts:
        raise ValueError("A calibration needs a prompt.")
    recorder = Recorder(steps)
    for part in ("transformer", "transformer_2"):
        transformer = getattr(pipe, part, None)
        if transformer is not None:
            recorder.follow(transformer)
    if not recorder.handles:
        raise ValueError(f"{type(pipe).__name__} has no transformer.")
    takes = inspect.signature(type(pipe).__call__).parameters
    more = {"output_type": "latent"} if "output_type" in takes else {}
    more |= {"guidance_scale": guidance} if "guidance_scale" in takes else {}
    step = pipe.scheduler.step

    def stepping(*args, **kwargs):
        recorder.next_step()
        return step(*args, **kwargs)

    pipe.scheduler.step = stepping
    try:
        with torch.no_grad():
            for seed, prompt in enumerate(prompts):
                recorder.next_run()
                generator = torch.Generator("cpu").manual_seed(seed)
                pipe(prompt=prompt, num_inference_steps=steps, generator=generator, **(more | call))
                if recorder.step != steps:
                    raise ValueError(f"The pipeline took {recorder.step} steps where {steps} were asked; calibrate for that number.")
    finally:
        del pipe.scheduler.step
        recorder.stop()
    measured_for = {"model": model, "scheduler": type(pipe.scheduler).__name__, "steps": steps}
    changes, outcomes = zip(*recorder.pairs)
    return {
        "format": "diffusion-cache/calibration",
        "version": 1,
        "calibratedFor": measured_for,
        "guidance": guidance,
        "prompts": list(prompts),
        "magcache": {
            "magRatios": [1, *(round(float(numpy.mean(ratios)), 7) for ratios in recorder.ratios)],
            "calibratedFor": measured_for,
        },
        "teacache": {
            "coefficients": [float(f"{value:.7g}") for value in numpy.polyfit(changes, outcomes, 4)],
            "calibratedFor": measured_for,
        },
    }


def main():
    parser = argparse.ArgumentParser(description="Measures MagCache's ratios and TeaCache's coefficients on a pipeline of diffusers.")
    parser.add_argument("--model", required=True, help="a folder or a name on the hub")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--guidance", type=float, required=True)
    parser.add_argument("--prompts", required=True, help="a text file, a prompt a line")
    parser.add_argument("--out", default="calibration.json")
    parser.add_argument("--dtype", default="bfloat16", choices=("bfloat16", "float16", "float32"))
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--offload", action="store_true", help="keep on the device only the part that runs")
    for name in ("height", "width", "num_frames"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int)
    given = parser.parse_args()
    from diffusers import DiffusionPipeline

    pipe = DiffusionPipeline.from_pretrained(given.model, torch_dtype=getattr(torch, given.dtype))
    pipe.enable_model_cpu_offload() if given.offload else pipe.to(given.device)
    prompts = [line.strip() for line in Path(given.prompts).read_text().splitlines() if line.strip()]
    call = {name: getattr(given, name) for name in ("height", "width", "num_frames") if getattr(given, name)}
    found = calibrate(pipe, prompts, given.steps, given.guidance, given.model, **call)
    Path(given.out).write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

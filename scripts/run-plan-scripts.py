"""Runs the Python programs of the page "Your model" with the real diffusers and cache-dit on small random networks.

    npm run build:lib && node scripts/plan-scripts.mjs > plan-scripts.json
    python scripts/run-plan-scripts.py plan-scripts.json [CARD ...]

Of each network class the first card is run, or the cards that are named. A program is executed as it stands; what it loads
is an object of the pipeline's own class with a small random transformer. A call of it is bound to the real signature, and
then runs the transformer as the pipeline does: so many calls a step, in a cache context where the pipeline enters one.
So every import, configuration, keyword and module pattern meets the real thing; text encoders and decoders are not there.
Prints what raised, and ends with 1 where a program raised whose first lines do not say so.
"""

import contextlib
import inspect
import json
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import cache_dit
import diffusers
import torch
from diffusers.configuration_utils import FrozenDict

from support_models import small
from support_run import arguments, network, tensors

diffusers.utils.logging.set_verbosity_error()
torch.set_grad_enabled(False)
root = Path(__file__).parent.parent
support = json.loads((root / "site/support/diffusers.json").read_text())
found = {pipeline["name"]: pipeline for pipeline in support["pipelines"]}
most_steps = 6


class Saved(list):
    def save(self, path):
        pass


def stand_in(program, real, ran):
    pipeline = found[program["pipeline"]]
    name = program["network"]
    rows = 1 if pipeline["calls"] > 1 else 2
    branches = [arguments(name, network(name), rows, seed) for seed in range(1, pipeline["calls"] + 1)]

    def call(self, *args, **options):
        inspect.signature(real.__call__).bind(self, *args, **options)
        steps = options["num_inference_steps"]  # a program that measures ratios reads them behind the last step
        steps = steps if "calibrate=True" in program["code"] else min(most_steps, steps)
        nets = [one for one in (self.transformer, getattr(self, "transformer_2", None)) if one is not None]
        for step in range(steps):
            self._current_timestep = 1000.0 - 1000.0 * step / steps
            net = nets[len(nets) * step // steps]
            for branch, inputs in enumerate(branches):
                within = (
                    net.cache_context(f"branch {branch}", step_index=step, timestep=self._current_timestep)
                    if pipeline["context"]
                    else contextlib.nullcontext()
                )
                with within:
                    tensors(net(**inputs, return_dict=False))
        ran["calls"] += 1
        hooked = [module for net in nets for module in net.modules() if hasattr(module, "_diffusers_hook")]
        ran["hooks"] = Counter(kind for module in hooked for kind in module._diffusers_hook.hooks)
        return SimpleNamespace(frames=[Saved()], images=[Saved()])

    members = {"__call__": call, "enable_model_cpu_offload": lambda self: None, "__module__": real.__module__}
    if not pipeline["currentTimestep"]:
        members["current_timestep"] = property(lambda self: self.__getattribute__("no current_timestep"))
    kind = type(real.__name__, (real,), members)
    pipe = kind.__new__(kind)
    object.__setattr__(pipe, "_internal_dict", FrozenDict())
    pipe.transformer = network(name)
    if "transformer_2" in program["code"]:
        pipe.transformer_2 = network(name)
    return pipe


def run(program):
    """Nothing where the program ran, else what it raised."""
    real = getattr(diffusers, program["pipeline"])
    ran = {"calls": 0, "hooks": Counter()}
    replaced = [
        (real, "from_pretrained", staticmethod(lambda *_, **__: stand_in(program, real, ran))),
        (diffusers.utils, "export_to_video", lambda *_, **__: None),
    ]
    kept = [(owner, key, owner.__dict__.get(key)) for owner, key, _ in replaced]
    for owner, key, value in replaced:
        setattr(owner, key, value)
    place = {"__name__": "__main__", "image": object()}
    try:
        exec(compile(program["code"], f"{program['card']}, {program['method']}", "exec"), place)
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
    finally:
        for owner, key, value in kept:
            delattr(owner, key) if value is None else setattr(owner, key, value)
    return None if ran["calls"] else "it called nothing"


programs = json.loads(Path(sys.argv[1]).read_text())
first = {}
for program in programs:
    first.setdefault(program["network"], program["card"])
cards = set(sys.argv[2:]) or set(first.values())
disagree, count = 0, Counter()
for program in programs:
    if program["card"] not in cards:
        continue
    where = f"{program['card']}, {program['method']}, {program['library']}"
    if program["network"] not in small:
        count["no small network"] += 1
        continue
    raised = run(program)
    said = [line for line in program["code"].splitlines() if line.startswith("# ") and " in diffusers 0." in line]
    agrees = raised is None or len(said) > 0
    disagree += not agrees
    count["ran" if raised is None else "raised, as its first lines say" if said else "raised"] += 1
    if raised:
        print(f"{'' if agrees else 'UNEXPECTED '}{where}: {raised}")
print(dict(count))
sys.exit(1 if disagree else 0)

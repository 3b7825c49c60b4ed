"""The rule of AdaCache's authors on what our recorded runs measured: which steps they compute.
Writes tests/fixtures/ada-cache.json, which tests/methods/ada-cache.test.ts compares with.

    python tests/reference/ada_cache.py CHECKOUT [TRACE.json …]

Without traces the recorded runs stay, and only the made clips with motion are done again: there the rule is given whole
tensors, sin(0.7 s + 1.3 d + (speed + drift · step) · frame + rate · step) of 4 frames, 3 places s and 2 numbers d.

CHECKOUT is a clone of github.com/AdaCache-DiT/AdaCache (2c6d3ca). The look-up is its compute_next_step, loaded and called
as it is; which steps are computed is said here again from the forward pass around it. A trace is what "npx diffusion-cache
run --method adacache --options … --trace TRACE.json" writes; of its branch with text the readings are taken, each of the
computed step in which it was measured. A step that the reference measures must have one. Needs torch.
"""

import ast
import json
import math
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import torch

checkout, *traces = sys.argv[1:]
git = lambda *args: subprocess.run(["git", "-C", checkout, *args], capture_output=True, text=True, check=True).stdout  # noqa: E731
commit = git("rev-parse", "HEAD").strip()
path = "opensora_base/opensora/models/stdit/stdit3.py"
(function,) = [
    node
    for node in ast.walk(ast.parse(git("show", f"{commit}:{path}")))
    if isinstance(node, ast.FunctionDef) and node.name == "compute_next_step"
]
scope = {}
exec(compile(ast.Module([function], []), path, "exec"), scope)
books = {
    "30-fast": {0.08: 6, 0.16: 5, 0.24: 4, 0.32: 3, 0.40: 2, 1.00: 1},
    "30-slow": {0.08: 3, 0.16: 2, 0.24: 1, 0.32: 1, 0.40: 1, 1.00: 1},
    "100": {0.03: 12, 0.05: 10, 0.07: 8, 0.09: 6, 0.11: 4, 1.00: 3},
}


def feature(step, speed, drift, rate):
    at = lambda f, s, d: math.sin(0.7 * s + 1.3 * d + (speed + drift * step) * f + rate * step)  # noqa: E731
    rows = [[at(f, s, d) for d in range(2)] for f in range(4) for s in range(3)]
    return torch.tensor([rows], dtype=torch.float32)


def with_motion(clip, book, steps, moreg_steps):
    hyp = (0.385, 8, 1, 2)
    block = SimpleNamespace(
        apply_moreg=True, moreg_strides=[1], moreg_steps=moreg_steps, moreg_hyp=hyp, mograd_mul=10, prev_moreg=1.0
    )
    computed, rate, before, kept = "", 1, 0, None
    for forward in range(1, steps + 1):
        active = forward == before + rate or forward in (1, steps - 1, steps)
        computed += "1" if active else "0"
        if not active:
            continue
        now = feature(forward - 1, *clip)
        if kept is not None and forward < steps:
            shared = {"count": 0, "avg_diff": 0}
            rate = scope["compute_next_step"](block, kept, now, book, rate, shared, forward, 1, False, "t-attn", 3)
        kept, before = now, forward
    return computed


def replay(book, steps, readings):
    block = SimpleNamespace(apply_moreg=False)
    computed, rate, before, kept = "", 1, 0, False
    for forward in range(1, steps + 1):  # counted from 1 there
        active = forward == before + rate or forward in (1, steps - 1, steps)
        computed += "1" if active else "0"
        if not active:
            continue
        if kept and forward < steps:
            change, magnitude = readings[str(forward - 1)]
            cache = torch.full((1, 1, 1), magnitude, dtype=torch.float64)
            now = torch.full((1, 1, 1), magnitude - change, dtype=torch.float64)
            shared = {"count": 0, "avg_diff": 0}
            rate = scope["compute_next_step"](block, cache, now, book, rate, shared, forward, 1, False, "t-attn", 1)
        kept, before = True, forward
    return computed


runs = []
for file in traces:
    trace = json.loads(Path(file).read_text())
    (method,) = trace["methods"]
    steps, last, readings = len(trace["timesteps"]), 0, {}
    for visit in trace["visits"]:
        if visit["branch"] != "cond":
            continue
        # Told at the next visit.
        if visit.get("readings", [None])[0] and str(last) not in readings:
            readings[str(last)] = [visit["readings"][0][key] for key in ("change", "magnitude")]
        last = visit["step"] if visit["decision"] == "compute" else last
    run = {"model": trace["model"]["name"], "steps": steps, "codebook": method["options"]["codebook"]}
    runs.append({**run, "readings": readings, "computed": replay(books[run["codebook"]], steps, readings)})
out = Path(__file__).parent.parent / "fixtures" / "ada-cache.json"
runs = runs or json.loads(out.read_text())["runs"]
clips = [(0.5, 0, 0.1), (0.75, 0, 0.05), (0.72, 0.004, 0.05), (0.8, -0.01, 0.08), (0.9, -0.015, 0.12)]
moving = [
    {"clip": clip, "steps": 30, "codebook": name, "moregSteps": window, "computed": with_motion(clip, books[name], 30, window)}
    for clip in clips
    for name in ("30-fast", "100")
    for window in ((3, 27), (10, 20))
]
source = f"AdaCache {commit}, {path}"
out.write_text(json.dumps({"source": source, "runs": runs, "moving": moving}, indent=1) + "\n")

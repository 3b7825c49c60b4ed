"""The rule of AdaCache's authors on what our recorded runs measured: which steps they compute.
Writes tests/fixtures/ada-cache.json, which tests/methods/ada-cache.test.ts compares with.

    python tests/reference/ada_cache.py CHECKOUT TRACE.json …

CHECKOUT is a clone of github.com/AdaCache-DiT/AdaCache (2c6d3ca). The look-up is its compute_next_step, loaded and called
as it is; which steps are computed is said here again from the forward pass around it. A trace is what "npx diffusion-cache
run --method adacache --options … --trace TRACE.json" writes; of its branch with text the readings are taken, each of the
computed step in which it was measured. A step that the reference measures must have one. Needs torch.
"""

import ast
import json
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
out.write_text(json.dumps({"source": f"AdaCache {commit}, {path}", "runs": runs}, indent=1) + "\n")

"""The rule of SpeCa's authors on what our recorded runs measured: which steps they compute, and in which they verify.
Writes tests/fixtures/speca.json, which tests/methods/speca.test.ts compares with.

    python tests/reference/speca.py CHECKOUT TRACE.json …

CHECKOUT is a clone of github.com/Shenyi-Z/Cache4Diffusion (91a1949); its cal_type for FLUX is loaded and called as it is.
A trace is what "npx diffusion-cache run --method speca --options … --trace TRACE.json" writes; of its branch with text the
errors are taken, each of the step in which it was measured. A step that the reference verifies must have one. The smallest
threshold is written into the reference, 0.1: its one line is exchanged for the run's.
"""

import json
import subprocess
import sys
from pathlib import Path

checkout, *traces = sys.argv[1:]
commit = subprocess.run(["git", "-C", checkout, "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
path = "flux/speca-flux/src/flux/modules/cache_functions/cal_type.py"
# Read from the commit, so that a clone without a work tree will do.
source = subprocess.run(["git", "-C", checkout, "show", f"{commit}:{path}"], capture_output=True, text=True).stdout
floor = "threshold = max(threshold, 0.1)"
assert source.count(floor) == 1, path


def replay(options, steps, errors):
    scope = {}
    exec(source.replace(floor, f"threshold = max(threshold, {options['minThreshold']!r})"), scope)
    cache = {
        "min_taylor_steps": options["minTaylorSteps"],
        "max_taylor_steps": options["maxTaylorSteps"],
        "base_threshold": options["baseThreshold"],
        "decay_rate": options["decayRate"],
        "first_enhance": options["firstEnhance"],
        "taylor_step_counter": 0,
        "check": False,
        "cache_counter": 0,
    }
    current = {"num_steps": steps, "activated_steps": [0], "last_type": "None", "last_layer_error": 0.0}
    computed, verified = "", ""
    for step in range(steps):
        current["step"] = step
        scope["cal_type"](cache, current)
        full = current["type"] == "full"
        verify = not full and cache["check"]
        if verify and step < steps - 1:
            current["last_layer_error"] = errors[str(step)]
        computed += "1" if full else "0"
        verified += "1" if verify else "0"
    return {"computed": computed, "verified": verified}


runs = []
for file in traces:
    trace = json.loads(Path(file).read_text())
    (method,) = trace["methods"]
    steps = len(trace["timesteps"])
    # Told at the next visit.
    errors = {
        str(visit["step"] - 1): visit["readings"][0]["change"] / visit["readings"][0]["present"]
        for visit in trace["visits"]
        if visit["branch"] == "cond" and visit.get("readings", [None])[0]
    }
    run = {"model": trace["model"]["name"], "steps": steps, "options": method["options"], "errors": errors}
    runs.append({**run, **replay(method["options"], steps, errors)})
out = Path(__file__).parent.parent / "fixtures" / "speca.json"
out.write_text(json.dumps({"source": f"Cache4Diffusion {commit}, {path}", "runs": runs}, indent=1) + "\n")

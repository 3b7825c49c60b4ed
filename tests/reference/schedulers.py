"""Writes tests/fixtures/schedulers.json: timesteps and runs of diffusers' own schedulers.

    pip install torch diffusers
    python tests/reference/schedulers.py

Every run starts from the same 6 numbers; the model's output is made up: 0.9 · sin(sample + index + step).
So samples depend on every step before them, and an error anywhere shows.
"""

import json
from pathlib import Path

import diffusers
import torch

NOISE = [-1.7, -0.6, -0.05, 0.3, 0.9, 2.1]
BASE = {"clip_sample": False}
V = {"prediction_type": "v_prediction"}
SAMPLE = {"prediction_type": "sample"}
TRAILING = {"timestep_spacing": "trailing"}
ZERO = {"rescale_betas_zero_snr": True, **TRAILING}

DDIM = [
    ({**BASE}, [1, 2, 7, 20, 50, 999, 1000]),
    ({**BASE, "steps_offset": 1}, [20, 30]),
    ({**BASE, "steps_offset": 1, "set_alpha_to_one": False, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}, [1, 20, 50]),
    ({**BASE, "timestep_spacing": "linspace"}, [1, 2, 20, 33, 1000]),
    ({**BASE, **TRAILING}, [1, 2, 7, 20, 30, 50, 333, 1000]),
    ({**BASE, **V, **TRAILING}, [1, 20, 30]),
    ({**BASE, **V, **ZERO}, [1, 8, 20, 50]),
    ({**BASE, **V, **ZERO, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}, [20]),
    ({**BASE, **SAMPLE, **ZERO}, [1, 8, 20, 30, 50]),
    ({**BASE, **SAMPLE, "timestep_spacing": "linspace"}, [20]),
    ({**BASE, "beta_schedule": "squaredcos_cap_v2"}, [20, 50]),
    ({**BASE, **SAMPLE, **ZERO, "beta_schedule": "squaredcos_cap_v2"}, [20, 30]),
    ({**BASE, **V, **ZERO, "beta_schedule": "squaredcos_cap_v2", "num_train_timesteps": 400}, [7, 25]),
    ({"clip_sample": True}, [20]),
    ({"clip_sample": True, "clip_sample_range": 0.5, **SAMPLE, **ZERO}, [1, 20]),
    ({"clip_sample": True, "clip_sample_range": 0.8, **V, **TRAILING}, [20, 30]),
    ({}, [10]),
    ({**BASE, **V, "trained_betas": [0.002 + 0.0001 * i for i in range(100)], "num_train_timesteps": 100}, [10, 99]),
    ({**BASE, "rescale_betas_zero_snr": True}, [20]),
    ({**BASE, "num_train_timesteps": 50, "beta_end": 0.3}, [50, 13]),
]
FLOW = [
    ({}, [1, 2, 3, 20, 50, 1000]),
    ({"shift": 3.0}, [1, 4, 20, 28, 50]),
    ({"shift": 0.5}, [20]),
    ({"shift": 7.0, "num_train_timesteps": 500}, [20, 33]),
]


def model(sample, step):
    return 0.9 * torch.sin(sample + torch.arange(sample.numel()) + step)


def run(cls, config, steps):
    scheduler = getattr(diffusers, cls)(**config)
    scheduler.set_timesteps(steps)
    sample = torch.tensor(NOISE)  # both classes start from noise of variance 1
    samples, cleans = [], []
    for step, timestep in enumerate(scheduler.timesteps):
        out = scheduler.step(model(sample, step), timestep, sample)
        sample = out.prev_sample
        # Long runs are kept every 97th step and at the end.
        if steps <= 50 or step % 97 == 0 or step == steps - 1:
            samples.append({"step": step, "sample": sample.tolist()})
            if hasattr(out, "pred_original_sample"):
                samples[-1]["clean"] = out.pred_original_sample.tolist()
    assert all(x == x for s in samples for x in s["sample"]), (cls, config, steps)
    timesteps = [float(t) for t in scheduler.timesteps]
    return {"config": {"_class_name": cls, **config}, "steps": steps, "timesteps": timesteps, "samples": samples}


runs = [run("DDIMScheduler", config, n) for config, counts in DDIM for n in counts]
runs += [run("FlowMatchEulerDiscreteScheduler", config, n) for config, counts in FLOW for n in counts]
out = Path(__file__).parent.parent / "fixtures" / "schedulers.json"
lines = ",\n".join(json.dumps(r) for r in runs)
out.write_text(f'{{"diffusers": "{diffusers.__version__}", "noise": {NOISE}, "runs": [\n{lines}\n]}}\n')

"""Writes tests/fixtures/scheduler-samples.json: runs of diffusers' own schedulers with settings drawn at random.

    pip install torch diffusers scipy
    python tests/reference/scheduler_samples.py [--count 30] [--out FILE.json]

`--count` is the number of settings of each class; thousands fit a check by hand, the fixture has few. Every run starts
from the same six numbers times `init_noise_sigma`, and the model's output is made up from what the model sees, so an
error anywhere shows: 0.9 · sin(input + index + step). Noise comes from a CPU generator of seed 7. Settings that diffusers
refuses are passed over; those under which it ends in NaN are kept, without numbers.
"""

import argparse
import json
import math
import random
import warnings
from pathlib import Path

import diffusers
import numpy as np
import torch

torch.set_num_threads(1)
warnings.simplefilter("ignore")
diffusers.logging.set_verbosity_error()
NOISE = [-1.7, -0.6, -0.05, 0.3, 0.9, 2.1]
rng = random.Random(20261130)
pick = rng.choice


def some(fields, share=0.5):
    """Each field with one of its values, or left out."""
    return {name: pick(values) for name, values in fields.items() if rng.random() < share}


BETAS = {
    "beta_schedule": ["linear", "scaled_linear", "squaredcos_cap_v2"],
    "beta_start": [0.0001, 0.00085, 0.002],
    "beta_end": [0.012, 0.02, 0.03],
    "num_train_timesteps": [1000, 1000, 1000, 400],
}
SPACING = {"timestep_spacing": ["leading", "linspace", "trailing"], "steps_offset": [0, 1]}
PREDICTION = {"prediction_type": ["epsilon", "sample", "v_prediction"]}
ZERO = {"rescale_betas_zero_snr": [True]}
CLIP = {"clip_sample": [True, False], "clip_sample_range": [0.5, 1.0, 2.0]}
FINAL = {"final_sigmas_type": ["zero", "sigma_min"]}


def respaced():
    return pick([{}, {}, {"use_karras_sigmas": True}, {"use_exponential_sigmas": True}, {"use_beta_sigmas": True}])


def flow_match():
    config = some({"shift": [0.5, 1.0, 1.7, 3.0, 7.0], "num_train_timesteps": [1000, 1000, 500], "invert_sigmas": [True], "stochastic_sampling": [True]}, 0.4)
    config |= respaced()
    if rng.random() < 0.2:
        config["shift_terminal"] = pick([0.02, 0.1])
    extra = {}
    if rng.random() < 0.5:
        config |= {"use_dynamic_shifting": True} | some({"time_shift_type": ["exponential", "linear"]})
        extra["mu"] = pick([0.3, 0.5, 1.15, 2.02])
    steps = pick([1, 2, 3, 4, 7, 8, 13, 20, 28, 30, 50])
    drawn = rng.random()
    if drawn < 0.35:
        extra["sigmas"] = [1 - i * (1 - 1 / steps) / max(1, steps - 1) for i in range(steps)]
    elif drawn < 0.45:
        extra["timesteps"] = sorted({rng.randint(1, config.get("num_train_timesteps", 1000)) for _ in range(steps)}, reverse=True)
    return config, steps, extra


def euler():
    config = some(BETAS) | some(SPACING) | some(PREDICTION | {"prediction_type": ["epsilon", "v_prediction", "sample"]}) | some(ZERO, 0.2) | some(FINAL) | respaced()
    config |= some({"interpolation_type": ["log_linear"], "timestep_type": ["continuous"], "sigma_min": [0.03], "sigma_max": [12.0]}, 0.2)
    steps = pick([1, 2, 3, 7, 20, 30, 50])
    extra = {}
    if rng.random() < 0.15:
        extra["sigmas"] = [12.0 * (1 - i / steps) ** 2 for i in range(steps + 1)]
    elif rng.random() < 0.1:
        extra["timesteps"] = sorted(rng.sample(range(400), steps), reverse=True)
    return config, steps, extra


def edm():
    config = some({"sigma_min": [0.002, 0.02], "sigma_max": [80.0, 20.0], "sigma_data": [0.5, 1.0], "sigma_schedule": ["karras", "exponential"], "prediction_type": ["epsilon", "v_prediction"], "rho": [7.0, 5.0]}) | some(FINAL)
    return config, pick([1, 2, 5, 20, 35, 50]), {}


def ddpm():
    config = some(BETAS) | some(SPACING) | some(PREDICTION) | some(ZERO, 0.2) | some(CLIP)
    config |= some({"variance_type": ["fixed_small", "fixed_small_log", "fixed_large"]})
    if rng.random() < 0.1:
        config["beta_schedule"] = "sigmoid"
    steps = pick([1, 2, 5, 20, 25, 50])
    extra = {"timesteps": sorted(rng.sample(range(400), steps), reverse=True)} if rng.random() < 0.15 else {}
    return config, steps, extra


def lcm():
    config = some(BETAS) | some(PREDICTION) | some(CLIP) | some(ZERO, 0.1)
    config |= some({"original_inference_steps": [50, 100, 40], "timestep_scaling": [10.0, 5.0]}, 0.3)
    steps = pick([1, 2, 3, 4, 6, 8, 12, 25])
    extra = {"timesteps": sorted(rng.sample(range(400), steps), reverse=True)} if rng.random() < 0.15 else {}
    return config, steps, extra


def cogvideox():
    config = some(BETAS) | some(SPACING) | some(PREDICTION) | some(ZERO, 0.4) | some({"snr_shift_scale": [1.0, 3.0], "set_alpha_to_one": [True, False]})
    return config, pick([1, 2, 5, 20, 50]), {}


def ddim():
    config = some(BETAS) | some(SPACING) | some(PREDICTION) | some(ZERO, 0.3) | some(CLIP) | some({"set_alpha_to_one": [False]})
    return config, pick([1, 2, 5, 13, 20, 50]), {}


def dpm():
    config = some(BETAS) | some(SPACING) | some(PREDICTION) | some(ZERO, 0.15) | some(FINAL) | respaced()
    config |= some({"solver_order": [1, 2, 3], "solver_type": ["midpoint", "heun"], "lower_order_final": [True, False], "euler_at_final": [True]})
    config |= some({"algorithm_type": ["dpmsolver++", "sde-dpmsolver++", "dpmsolver", "sde-dpmsolver"]})
    config |= some({"use_lu_lambdas": [True], "lambda_min_clipped": [-5.1]}, 0.1)
    if config.get("algorithm_type") in ("dpmsolver", "sde-dpmsolver"):
        config["final_sigmas_type"] = "sigma_min"
    extra = {}
    if rng.random() < 0.25:
        config |= {"use_flow_sigmas": True, "prediction_type": "flow_prediction"} | some({"flow_shift": [1.0, 3.0, 5.0]})
        if rng.random() < 0.3:
            config["use_dynamic_shifting"] = True
            extra["mu"] = pick([0.5, 1.15])
    steps = pick([1, 2, 3, 7, 14, 15, 20, 30])
    if rng.random() < 0.1:
        extra["timesteps"] = sorted(rng.sample(range(400), steps), reverse=True)
    return config, steps, extra


def unipc():
    config = some(BETAS) | some(SPACING) | some(PREDICTION) | some(ZERO, 0.15) | some(FINAL, 0.3) | respaced()
    config |= some({"solver_order": [1, 2, 3], "solver_type": ["bh1", "bh2"], "lower_order_final": [False], "disable_corrector": [[0], [1, 3]]}, 0.35)
    config |= some({"predict_x0": [False]}, 0.15)
    extra = {}
    if rng.random() < 0.4:
        config |= {"use_flow_sigmas": True, "prediction_type": "flow_prediction"} | some({"flow_shift": [1.0, 3.0, 5.0], "shift_terminal": [0.02]})
        if rng.random() < 0.3:
            config["use_dynamic_shifting"] = True
            extra["mu"] = pick([0.5, 1.15])
    return config, pick([1, 2, 3, 7, 20, 30, 50]), extra


CLASSES = {
    "FlowMatchEulerDiscreteScheduler": flow_match,
    "EulerDiscreteScheduler": euler,
    "EDMEulerScheduler": edm,
    "DDPMScheduler": ddpm,
    "LCMScheduler": lcm,
    "CogVideoXDDIMScheduler": cogvideox,
    "CogVideoXDPMScheduler": cogvideox,
    "DDIMScheduler": ddim,
    "DPMSolverMultistepScheduler": dpm,
    "UniPCMultistepScheduler": unipc,
}


def rounded(values):
    return [float(f"{v:.7g}") for v in values]


def run(name, config, steps, extra):
    scheduler = getattr(diffusers, name)(**config)
    own = "timesteps" in extra or "sigmas" in extra
    arguments = {key: np.array(value) if key == "sigmas" else value for key, value in extra.items()}
    scheduler.set_timesteps(**({} if own and name != "EDMEulerScheduler" else {"num_inference_steps": steps}), **arguments)
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(0)
    generator = torch.Generator().manual_seed(7)
    init = float(getattr(scheduler, "init_noise_sigma", 1.0))
    sample = torch.tensor([NOISE]) * init
    index = torch.arange(len(NOISE))
    old = None
    middle = []
    for step, timestep in enumerate(scheduler.timesteps):
        seen = scheduler.scale_model_input(sample, timestep) if hasattr(scheduler, "scale_model_input") else sample
        output = 0.9 * torch.sin(seen + index + step)
        if name == "CogVideoXDPMScheduler":
            back = scheduler.timesteps[step - 1] if step > 0 else None
            sample, old = scheduler.step(output, old, timestep, back, sample, generator=generator, return_dict=False)
            sample = sample.float()
        else:
            noisy = {"generator": generator} if name in ("DDPMScheduler", "LCMScheduler", "DPMSolverMultistepScheduler", "FlowMatchEulerDiscreteScheduler") else {}
            sample = scheduler.step(output, timestep, sample, **noisy).prev_sample.float()
        if step == len(scheduler.timesteps) // 2:
            middle = rounded(sample[0].tolist())
    timesteps = [float(t) for t in scheduler.timesteps]
    shown = timesteps if len(timesteps) <= 8 else timesteps[:3] + timesteps[-3:]
    last = sample[0].tolist()
    if not all(map(math.isfinite, last)):
        return {"steps": steps, "nan": True}
    extra = {{"timesteps": "own"}.get(key, key): rounded(value) if isinstance(value, list) else value for key, value in extra.items()}
    return {"steps": steps, **extra, "init": init, "count": len(timesteps), "timesteps": shown, "middle": middle, "sample": rounded(last)}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--count", type=int, default=30)
    arguments.add_argument("--out", default=str(Path(__file__).parent.parent / "fixtures" / "scheduler-samples.json"))
    arguments = arguments.parse_args()
    runs, refused = [], 0
    for name, draw in CLASSES.items():
        found = tried = 0
        while found < arguments.count:
            tried += 1
            assert tried < 50 * arguments.count, f"diffusers refuses nearly all settings of {name}"
            config, steps, extra = draw()
            # One timestep more than steps: the engine refuses them too.
            if config.get("interpolation_type") == "log_linear" and config.get("timestep_type") == "continuous":
                continue
            # Infinite numbers that a clip saves: the engine refuses them.
            if config.get("rescale_betas_zero_snr") and config.get("prediction_type", "epsilon") == "epsilon" and name in ("DDIMScheduler", "DDPMScheduler", "LCMScheduler"):
                continue
            try:
                made = run(name, config, steps if "timesteps" not in extra else len(extra["timesteps"]), extra)
            except Exception:
                refused += 1
                continue
            runs.append({"config": {"_class_name": name, **config}, **made})
            found += 1
    lines = ",\n".join(json.dumps(r) for r in runs)
    Path(arguments.out).write_text(f'{{"diffusers": "{diffusers.__version__}", "noise": {NOISE}, "seed": 7, "runs": [\n{lines}\n]}}\n')
    print(f"{len(runs)} runs, {refused} settings that diffusers refuses, {sum('nan' in r for r in runs)} that end in NaN")


main()

"""Writes tests/fixtures/sen-cache.json: runs of flux-a under SenCache's own loop, with several tolerances.

    pip install torch diffusers numpy
    python tests/reference/sen_cache.py path/to/maxdiffusion/src/maxdiffusion/pipelines/wan/wan_pipeline_2_2.py

The branch `if use_sen_cache and …` is taken out of the reference's file and executed as it stands, with numpy in place of
jax.numpy, the network and the scheduler of diffusers in place of Wan's, and other values of its four constants.
"""

import ast
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel
from safetensors.torch import load_file

TESTS = Path(__file__).parents[1]
FOLDER = TESTS / "fixtures/flux-a"
CONSTANTS = {
    "epsilon": "sen_epsilon",
    "maxReuse": "max_reuse",
    "nocacheStartRatio": "nocache_start_ratio",
    "nocacheEndRatio": "nocache_end_ratio",
}
SETTINGS = [
    (20, {"epsilon": 0.25}),
    (20, {"epsilon": 0.4, "nocacheStartRatio": 0.1}),
    (20, {"epsilon": 0.9, "maxReuse": 2, "nocacheEndRatio": 0.25}),
    (20, {"epsilon": 6.0, "maxReuse": 9, "nocacheStartRatio": 0.0}),
    (50, {}),
    (50, {"epsilon": 0.2, "maxReuse": 8}),
]


def loop_of(path, options):
    """The reference's branch as a function of its names, with some constants replaced."""
    tree = ast.parse(Path(path).read_text())
    branch = next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "use_sen_cache and do_classifier_free_guidance"
    )
    named = {CONSTANTS[name]: value for name, value in options.items()}
    for node in ast.walk(branch):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) in named:
            node.value = ast.Constant(named[node.targets[0].id])
    names = sorted({node.id for node in ast.walk(branch) if isinstance(node, ast.Name)})
    given = [name for name in names if name in GIVEN]
    arguments = ast.arguments([], [ast.arg(name) for name in given], None, [], [], None, [])
    function = ast.FunctionDef("loop", arguments, branch.body, [], type_params=[])
    module = ast.fix_missing_locations(ast.Module([function], []))
    space = {"jnp": numpy, "np": numpy, "max_logging": SimpleNamespace(log=lambda text: None)}
    exec(compile(module, path, "exec"), space)
    return lambda known: space["loop"](**{name: known[name] for name in given})


PHASES = [f"{kind}_{phase}" for kind in ("guidance_scale", "kv_cache", "encoder_attention_mask") for phase in ("high", "low")]
NETWORK = [f"{phase}_noise_{part}" for phase in ("high", "low") for part in ("graphdef", "state", "rest")]
GIVEN = {
    *PHASES,
    *NETWORK,
    *("latents", "timesteps", "scheduler_state", "scheduler", "num_inference_steps", "boundary", "bsz"),
    *("prompt_embeds_combined", "rotary_emb", "transformer_forward_pass_full_cfg"),
}


@torch.no_grad()
def run(path, steps, options):
    model = FluxTransformer2DModel.from_pretrained(FOLDER / "transformer")
    scheduler = FlowMatchEulerDiscreteScheduler.from_pretrained(FOLDER / "scheduler-flow")
    scheduler.set_timesteps(steps)
    given = load_file(FOLDER / "reference.safetensors")
    rows = [[0, y, x] for y in range(4) for x in range(4)]
    latents = given["noise"].reshape(1, 3, 4, 2, 4, 2).permute(0, 2, 4, 1, 3, 5).reshape(1, 16, 12, 1, 1)
    state = {"step": 0, "computed": []}

    def predict(graphdef, network_state, rest, doubled, timestep, *others, **more):
        state["computed"].append(state["step"])
        predicted = model(
            hidden_states=torch.from_numpy(doubled[:1]).reshape(1, 16, 12),
            encoder_hidden_states=given["text"],
            pooled_projections=given["pooled"],
            timestep=(scheduler.timesteps[state["step"]] / 1000).expand(1),
            img_ids=torch.tensor(rows, dtype=torch.float32),
            txt_ids=torch.zeros(5, 3),
            return_dict=False,
        )[0]
        return predicted.reshape(1, 16, 12, 1, 1).numpy(), None, None

    def step(scheduler_state, predicted, t, latents):
        at = scheduler.timesteps[state["step"]]
        after = scheduler.step(torch.from_numpy(predicted), at, torch.from_numpy(latents), return_dict=False)[0]
        state["step"] += 1
        return SimpleNamespace(to_tuple=lambda: (after.numpy(), scheduler_state))

    known = dict.fromkeys(GIVEN)
    known |= {
        "latents": latents.numpy(),
        "timesteps": numpy.array(scheduler.timesteps, dtype=numpy.int32),
        "scheduler_state": SimpleNamespace(timesteps=scheduler.timesteps.numpy()),
        "scheduler": SimpleNamespace(config=SimpleNamespace(num_train_timesteps=1000), step=step),
        "num_inference_steps": steps,
        "boundary": -1,
        "bsz": 1,
        "transformer_forward_pass_full_cfg": predict,
    }
    final = loop_of(path, options)(known)
    return state["computed"], final


def main():
    runs = []
    for steps, options in SETTINGS:
        computed, final = run(sys.argv[1], steps, options)
        print(steps, options, "".join("1" if at in computed else "0" for at in range(steps)))
        latents = [float(f"{value:.7g}") for value in final.flatten().tolist()]
        runs.append({"steps": steps, "options": options, "computed": computed, "latents": latents})
    (TESTS / "fixtures/sen-cache.json").write_text(json.dumps(runs, separators=(",", ":")) + "\n")


main()

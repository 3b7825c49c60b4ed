"""Writes tests/fixtures/mean-cache.json: runs of flux-a under MeanCache's own rule and tables, and paths through one run.

    pip install torch diffusers
    python tests/reference/mean_cache.py path/to/MeanCache/MeanCache4Qwen-Image/Mc_qwenimage_2512.py \
        path/to/MeanCache/MeanCache4Z-Image/MC_zimage.py

`compute_current_jvp` and the tables are taken out of the reference's files; the loop around them is that of its pipeline.
What finds a path is not published: errors of gaps are measured here by that function on an uncached run, as root mean
squares of the mean velocity, and the path with the least sum of their squares is found by trying all.
"""

import ast
import itertools
import json
import sys
from pathlib import Path

import torch
from diffusers import FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel
from safetensors.torch import load_file

TESTS = Path(__file__).parents[1]
FOLDER = TESTS / "fixtures/flux-a"


def taken_out(path):
    """The rule of a file, and its tables by budget: computed steps, and a K for each gap (0 where nothing is skipped)."""
    tree = ast.parse(Path(path).read_text())
    rule = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "compute_current_jvp")
    space = {"torch": torch}
    exec(compile(ast.Module([rule], []), path, "exec"), space)
    names = ("mapping_rules", "calc_dict", "edge_source")
    values = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) in names
    }
    orders = {b: [values["mapping_rules"][name] for name in gaps] for b, gaps in values["edge_source"].items()}
    return space["compute_current_jvp"], values["calc_dict"], orders


def network():
    model = FluxTransformer2DModel.from_pretrained(FOLDER / "transformer")
    given = load_file(FOLDER / "reference.safetensors")
    rows = [[0, y, x] for y in range(4) for x in range(4)]
    latents = given["noise"].reshape(1, 3, 4, 2, 4, 2).permute(0, 2, 4, 1, 3, 5).reshape(1, 16, 12)

    def predict(latents, t):
        return model(
            hidden_states=latents,
            encoder_hidden_states=given["text"],
            pooled_projections=given["pooled"],
            timestep=(t / 1000).expand(1),
            img_ids=torch.tensor(rows, dtype=torch.float32),
            txt_ids=torch.zeros(5, 3),
            return_dict=False,
        )[0]

    return predict, latents


def scheduler_of(steps):
    scheduler = FlowMatchEulerDiscreteScheduler.from_pretrained(FOLDER / "scheduler-flow")
    scheduler.set_timesteps(steps)
    return scheduler


def walk(steps, rule, computed, orders, predict, latents):
    """The loop of the reference's pipeline; `orders` has a K per gap."""
    scheduler = scheduler_of(steps)
    order_at = [0] * steps
    for (start, end), order in zip(itertools.pairwise(computed), orders):
        order_at[start:end] = [order] * (end - start)
    log = {"latents_pre": [], "latents": [], "sigmas_pre": [], "sigmas": [], "v": []}
    for i, t in enumerate(scheduler.timesteps):
        if i in computed:
            predicted = predict(latents, t)
        else:
            slope = rule(log, log["v"], steps=order_at[i - 1]).squeeze(0)
            predicted = log["v"][-1] - slope * (scheduler.sigmas[i + 1] - scheduler.sigmas[i])
        log["latents_pre"].append(latents)
        log["sigmas_pre"].append(scheduler.sigmas[i])
        log["sigmas"].append(scheduler.sigmas[i + 1])
        log["v"].append(predicted)
        latents = scheduler.step(predicted, t, latents, return_dict=False)[0]
        log["latents"].append(latents)
    return latents, log


def gap_error(log, sigmas, rule, at, to, order):
    """How far the rule's mean velocity over a gap is from that of the uncached run, of which `log` is."""
    own = {key: values[: at + 1] for key, values in log.items()}
    for i in range(at + 1, to):
        slope = rule(own, own["v"], steps=order).squeeze(0)
        own["v"].append(own["v"][-1] - slope * (sigmas[i + 1] - sigmas[i]))
        own["latents_pre"].append(own["latents"][-1])
        own["latents"].append(own["latents"][-1] + own["v"][-1] * (sigmas[i + 1] - sigmas[i]))
        own["sigmas_pre"].append(sigmas[i])
        own["sigmas"].append(sigmas[i + 1])
    off = (own["latents"][to - 1] - log["latents"][to - 1]).double() / (sigmas[to] - sigmas[at])
    return off.square().mean().sqrt().item()


def paths(steps, budgets, longest, largest, rule, predict, latents):
    _, log = walk(steps, rule, range(steps), [], predict, latents)
    sigmas = scheduler_of(steps).sigmas
    best = {}
    for at in range(steps):
        for to in range(at + 2, min(steps, at + longest + 1)):
            errors = [gap_error(log, sigmas, rule, at, to, order) for order in range(1, min(largest, at + 1) + 1)]
            best[at, to] = min((error, order) for order, error in enumerate(errors, 1))
    found = []
    for budget in budgets:
        lawful = []
        for inner in itertools.combinations(range(1, steps - 1), budget - 2):
            computed = (0, *inner, steps - 1)
            gaps = [best.get(gap, (0, 1)) for gap in itertools.pairwise(computed)]
            if all(b - a <= longest for a, b in itertools.pairwise(computed)):
                lawful.append((sum(error**2 for error, _ in gaps), computed, [order for _, order in gaps]))
        _, computed, orders = min(lawful)
        found.append({"budget": budget, "steps": steps, "computed": computed, "orders": orders})
    return found


@torch.no_grad()
def main():
    predict, noise = network()
    runs = []
    for path, budgets in zip(sys.argv[1:], ([25, 17, 10], [20, 13])):
        rule, tables, orders = taken_out(path)
        for budget in budgets:
            final, _ = walk(50, rule, tables[budget], orders[budget], predict, noise)
            run = {"from": Path(path).name, "budget": budget, "computed": tables[budget], "orders": orders[budget]}
            runs.append(run | {"latents": [float(f"{value:.7g}") for value in final.flatten().tolist()]})
    rule, _, _ = taken_out(sys.argv[1])
    found = paths(16, [4, 6, 8, 12], 6, 5, rule, predict, noise)
    written = json.dumps({"runs": runs, "paths": found}, separators=(",", ":"))
    (TESTS / "fixtures/mean-cache.json").write_text(written + "\n")
    for one in found:
        print(one)


main()

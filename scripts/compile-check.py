"""How much of a network torch.compile still compiles while a cache of diffusers is on.

    pip install torch==2.15.0 diffusers==0.42.1 cache-dit==1.5.3 transformers
    python scripts/compile-check.py && npx biome check --write site/support

Writes site/support/compile.json. A small random FLUX.1 is compiled as a whole or block by block, with a backend that runs
each graph as it is and counts its linear layers. `share` is the part of the linear layers of the first call, which is
computed, that ran inside a compiled graph; `graphs` is the number of graphs after six calls, half of them reused.
"""

import importlib.metadata as metadata
import json
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import torch
import torch._dynamo as dynamo

from support_run import Run, arguments, caches, context, network

torch.set_grad_enabled(False)
names = ["none", "pab", "fastercache", "firstblockcache", "taylorseer", "magcache", "seacache-callback", "dbcache"]


def linear(node):
    return node.op == "call_function" and node.target in (torch._C._nn.linear, torch.nn.functional.linear)


def compiled(cache, how, fullgraph):
    """What a compiled network did in six calls."""
    dynamo.reset()
    model = network("FluxTransformer2DModel")
    inputs = arguments("FluxTransformer2DModel", model, 1, 1)
    seen = {"graphs": 0, "linear": 0}

    def backend(graph, _):
        seen["graphs"] += 1
        inside = sum(linear(node) for node in graph.graph.nodes)

        def call(*args):
            seen["linear"] += inside
            return graph.forward(*args)

        return call

    if cache == "dbcache":
        import cache_dit

        cache_dit.enable_cache(model, cache_config=caches[cache](3, 1))
    elif cache != "none":
        model.enable_cache(caches[cache](3, 1))
    (model.compile if how == "whole" else model.compile_repeated_blocks)(backend=backend, fullgraph=fullgraph)
    first = None
    for step, Run.timestep in enumerate((900, 700, 600, 500, 400, 300)):
        where = {"step_index": step, "timestep": Run.timestep, "sigma": Run.timestep / 1000}
        with context(model, 0, **where):
            model(**inputs, return_dict=False)
        first = seen["linear"] if first is None else first
    return first, seen["graphs"]


def row(cache, how, every):
    first, graphs = compiled(cache, how, False)
    try:
        compiled(cache, how, True)
        error = None
    except Exception as raised:  # noqa: BLE001 whatever it raises is what the row says
        error = f"{type(raised).__name__}: {' '.join(str(raised).split())}"[:120]
    print(cache, how, first / every, graphs, error, flush=True)
    return {"cache": cache, "how": how, "share": round(first / every, 3), "graphs": graphs, "fullgraph": error}


every, _ = compiled("none", "whole", False)
report = {
    "versions": {name: metadata.version(name).split("+")[0] for name in ("diffusers", "cache-dit", "torch")},
    "model": "FluxTransformer2DModel",
    "rows": [row(cache, how, every) for cache in names for how in ("whole", "blocks")],
}
path = Path(__file__).parent.parent / "site/support/compile.json"
path.write_text(json.dumps(report, indent=2) + "\n")

"""Which transformer and pipeline of diffusers takes which cache: read from the installed packages, and run.

    pip install torch==2.15.0 diffusers==0.42.1 cache-dit==1.5.3 transformers
    python scripts/support-matrix.py && npx biome check --write site/support

Writes site/support/diffusers.json. Every transformer that has `enable_cache` is built as a small random network
(support_models.py) and called six times with the same input, once without a cache and once with each. The settings are
such that every cache reuses what it can: thresholds are never reached, and ratios are 1. Since the input does not change,
what is kept is exact, and a cache that works gives the uncached output at fewer operations, which torch's FlopCounterMode
counts. So a cell says whether the cache raises (with the error), reuses nothing, reuses, or reuses and gives another
output. cache-dit runs on the transformer alone. Pipelines are read: which transformer they take, whether they enter a
cache context, say the step, and how often they call the transformer in a step.
"""

import importlib.metadata as metadata
import json
import os
import platform
import warnings
from contextlib import nullcontext
from pathlib import Path

os.environ["CACHE_DIT_LOG_LEVEL"] = "error"
warnings.filterwarnings("ignore")

import diffusers
import torch

from support_run import caches, cell, stacks
from support_models import small
from support_sources import cached_classes, pipelines

root = Path(__file__).parent.parent
torch.set_grad_enabled(False)
torch.set_num_threads(1)


def outside(*_, **__):
    """No context, as in the pipelines that enter none."""
    return nullcontext()


def no_step(model, *_, **__):
    """A context that says its name alone, as most pipelines do."""
    return model.cache_context("cond")


def row(name, file):
    """A transformer with its cells."""
    print(name, flush=True)
    if name not in small:
        left = {"state": "not-run", "reason": "scripts/support_models.py has no small configuration of this class."}
        return {"name": name, "file": file, "stacks": [], "cells": dict.fromkeys(caches, left)}
    return {"name": name, "file": file, "stacks": stacks(name), "cells": {cache: cell(name, cache) for cache in caches}}


found = cached_classes()
flux, wan = "FluxTransformer2DModel", "WanTransformer3DModel"
report = {
    "versions": {name: metadata.version(name).split("+")[0] for name in ("diffusers", "cache-dit", "torch")}
    | {"python": platform.python_version()},
    # What a pipeline that does not help a cache does to it.
    "withoutContext": {cache: cell(flux, cache, within=outside) for cache in caches},
    "withoutContextTwoCalls": {cache: cell(flux, cache, within=outside, branches=2) for cache in caches},
    "withoutStep": {cache: cell(wan, cache, within=no_step) for cache in caches},
    "twoCalls": {cache: cell(flux, cache, branches=2) for cache in caches},
    "oneRow": {cache: cell(wan, cache, batch=1) for cache in caches},
    # As img2img at low strength begins.
    "startsLate": {cache: cell(flux, cache, timesteps=(600, 500, 400, 300, 200, 100)) for cache in caches},
    "classes": [row(name, file) for name, file in found.items()],
    "pipelines": pipelines(set(found)),
}
path = root / "site/support/diffusers.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
print(diffusers.__version__, len(report["classes"]), "transformers,", len(report["pipelines"]), "pipelines")

"""What support-matrix.py reads from the source of the installed packages, without importing pipelines."""

import ast
import re
from pathlib import Path

import diffusers
from cache_dit.caching.block_adapters.block_registers import BlockAdapterRegister

package = Path(diffusers.__file__).parent


def classes(folder):
    """Every class of a folder's files, with the file's text and path."""
    for path in sorted((package / folder).rglob("*.py")):
        text = path.read_text()
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef):
                yield node, text, path.relative_to(package).as_posix()


def cached_classes():
    """The transformers that have `enable_cache`, with their files."""
    return {
        node.name: file
        for node, _, file in classes("models/transformers")
        if any(ast.unparse(base) == "CacheMixin" for base in node.bases)
    }


def method(node, name):
    return next((part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == name), None)


def transformers_of(node):
    """Classes named in the annotations of a pipeline's transformers."""
    start = method(node, "__init__")
    arguments = [*start.args.args, *start.args.kwonlyargs] if start else []
    notes = [ast.unparse(one.annotation) for one in arguments if one.annotation and one.arg.startswith("transformer")]
    return sorted({name for note in notes for name in re.findall(r"\w*Transformer\w*", note)})


def pipelines(cached):
    """Pipelines with a transformer: whether it has `enable_cache`, and what they tell a cache."""
    found = []
    for node, text, file in classes("pipelines"):
        call, transformers = method(node, "__call__"), transformers_of(node)
        if not transformers or call is None or not node.name.endswith("Pipeline") or "/deprecated/" in file:
            continue
        whole = ast.get_source_segment(text, node)
        found.append(
            {
                "name": node.name,
                "file": file,
                "transformers": transformers,
                "enableCache": any(name in cached for name in transformers),
                "context": "cache_context(" in whole,
                "step": bool(re.search(r"cache_context\((?s:.){0,80}step_index=|cache_context_kwargs", whole)),
                "currentTimestep": "def current_timestep" in whole,
                "calls": max(
                    len(re.findall(r"= (?:self\.transformer(?:_2)?|current_model|transformer)\(", whole)),
                    2 if "cache_context(context_name" in whole else 1,  # a loop over the branches
                ),
                "cacheDit": any(node.name.startswith(prefix) for prefix in BlockAdapterRegister._adapters),
            }
        )
    return found

"""Which files of a repository the engine needs. Pure.

Owns the choice: what describes the model, its tokenizer and its words, and one set of safetensors.
A file that holds a pickle runs code when it is loaded: none is ever chosen.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from weights_loader.errors import RefusedError
from weights_loader.hub_files import HubFile, Json

DESCRIPTIONS = ("config.json", "params.json")
"""One of them must be there: transformers' own, or that of Mistral's format."""
NEEDED = (
    *DESCRIPTIONS,
    "generation_config.json",
    "tokenizer*.json",
    "*.model",
    "tokenizer.model.v*",
    "*.tiktoken",
    "tekken.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "added_tokens.json",
    "special_tokens_map.json",
    "chat_template.json",
    "chat_template.jinja",
    "additional_chat_templates/*.jinja",
    "*processor_config.json",
    "quantize_config.json",
    "quant_config.json",
    "hf_quant_config.json",
    "modules.json",
    "1_Pooling/config.json",
    "config_sentence_transformers.json",
    "sentence_*_config.json",
    "license*",
    "licence*",
    "notice*",
    "use_policy*",
)
"""What vLLM and transformers look for beside weights, and what a licence asks to keep with them."""
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")
INDEX, WHOLE = "model.safetensors.index.json", "model.safetensors"
MISTRAL_INDEX = "consolidated.safetensors.index.json"
_SHARD = re.compile(r"[\w.-]+\.safetensors", re.ASCII)
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Selection:
    """What is copied of a repository, and what is not."""

    wanted: tuple[HubFile, ...]
    left_out: tuple[str, ...]


def index_of(files: Collection[HubFile]) -> HubFile | None:
    """Return the file that names the shards of the weights, where there is one."""
    by_path = {file.path: file for file in files}
    if INDEX in by_path or WHOLE in by_path:
        return by_path.get(INDEX)
    return by_path.get(MISTRAL_INDEX)


def shards_of(index: Json) -> set[str]:
    """Return the shards that an index names.

    Raises:
        RefusedError: It names none, or a file outside the repository's root.
    """
    named = index.get("weight_map") if isinstance(index, Mapping) else None
    shards = set(named.values()) if isinstance(named, Mapping) else set()
    paths = {shard for shard in shards if isinstance(shard, str) and _SHARD.fullmatch(shard)}
    if not paths or paths != shards:
        message = "index of the weights: must name .safetensors files beside it"
        raise RefusedError(message)
    return paths


def select(files: Collection[HubFile], shards: Collection[str] | None) -> Selection:
    """Return what the engine needs.

    Many repositories hold the same weights twice, as shards and in one file. The streamer would
    load both, so one set is taken: what the index names, else the one file, else all there is.

    Args:
        files: all of the revision.
        shards: what the index names; none: there is no index.

    Raises:
        RefusedError: All that makes it no checkpoint for the engine.
    """
    by_path = {file.path: file for file in files}
    weights = _weights(by_path) if shards is None else set(shards)
    if wrong := [*_no_description(by_path), *_no_weights(by_path, weights)]:
        raise RefusedError(*wrong)
    index = index_of(files)
    chosen = weights | ({index.path} if index else set())
    wanted = [file for file in files if file.path in chosen or _is_needed(file.path)]
    kept = {file.path for file in wanted}
    return Selection(tuple(wanted), tuple(path for path in by_path if path not in kept))


def is_pickle(path: str) -> bool:
    """Say whether a file's name is one of those that hold pickles."""
    return path.lower().endswith(PICKLES)


def _is_needed(path: str) -> bool:
    name = path if path.startswith(("1_", "additional_")) else path.lower()
    in_place = name.count("/") <= 1 and not is_pickle(path)
    matching = [pattern for pattern in NEEDED if fnmatchcase(name, pattern)]
    return in_place and any(pattern.count("/") == name.count("/") for pattern in matching)


def _weights(paths: Collection[str]) -> set[str]:
    return {WHOLE} if WHOLE in paths else {path for path in paths if _SHARD.fullmatch(path)}


def _no_description(paths: Collection[str]) -> list[str]:
    if set(DESCRIPTIONS) & set(paths):
        return []
    return ["config.json: must be there, the engine reads it first; the repository has none"]


def _no_weights(paths: Collection[str], weights: Collection[str]) -> list[str]:
    if missing := sorted(set(weights) - set(paths)):
        return [f"weights: the index names files that the repository lacks: {_some(missing)}"]
    if weights:
        return []
    if pickles := sorted(path for path in paths if is_pickle(path)):
        message = (
            f"weights: must be .safetensors, got only pickles: {_some(pickles)}; loading a pickle "
            "runs the code in it. Take a revision or a repository with safetensors, or convert it "
            "with `save_pretrained(…, safe_serialization=True)` on a machine that may be lost"
        )
        return [message]
    return [f"weights: must be .safetensors, got {_some(sorted(paths)) or 'an empty repository'}"]


def _some(paths: list[str]) -> str:
    more = len(paths) - _SHOWN
    return ", ".join(paths[:_SHOWN]) + (f" and {more} more" if more > 0 else "")

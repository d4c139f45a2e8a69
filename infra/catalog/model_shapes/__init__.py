"""Shapes of models: the words of their `config.json` that say how much GPU memory they need.

Owns how a model is found by its name. Does not own the record (`shape`), the rows (a module per
family), the arithmetic on them (`infra.sizing`), nor how much the files of a checkpoint weigh
(`infra.catalog.models`). Why a catalogue: a plan can be checked without the hub. A model that is
missing here is not "small": its user hands sizing the model's own `config.json`.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from infra.catalog.model_shapes.shape import ModelShape

__all__ = ["ModelShape", "model_shape", "model_shape_names", "model_shapes"]

_FAMILIES = (
    "deepseek",
    "earlier",
    "gemma",
    "glm",
    "hybrid",
    "kimi",
    "llama",
    "llama_like",
    "microsoft",
    "minimax",
    "mistral",
    "mistral_3",
    "nemotron",
    "olmo",
    "openai_oss",
    "others",
    "qwen2",
    "qwen3",
    "qwen3_5",
    "qwen_vl",
    "vision",
)

_TUNING = ("instruct", "chat", "it", "pt", "hf", "base", "thinking", "reasoning", "1m", "class")
_FORMATS = ("fp16", "bf16", "fp8", "fp4", "nvfp4", "mxfp4", "mxfp8", "int4", "int8")
_FORMATS_OF_WEIGHTS = ("4bit", "8bit", "4bits", "8bits", "w4a16", "w8a16", "w8a8", "w4a8", "mixed")
_WAYS_OF_SCALING = ("block", "dynamic", "static", "per", "tensor", "pertensor", "kv")
_TOOLS = ("awq", "gptq", "gguf", "autoround", "aqlm", "exl2", "bnb", "unsloth", "ud", "quantized")
_ENDINGS = frozenset(_TUNING + _FORMATS + _FORMATS_OF_WEIGHTS + _WAYS_OF_SCALING + _TOOLS)
"""Words that may be taken off the end of a name: they change weights, number formats or the length
of the context, no shape. None of them is a size."""
_FIRST_MONTH, _LAST_MONTH = 2301, 2912
"""Year and month, as in `-2507`."""


def model_shape(name: str) -> ModelShape | None:
    """Return the shape of a model, or None when the catalogue does not have it.

    The exact name comes first, in any case of letters; then the name without its organization; then
    what is left when endings such as `-FP8` are taken off, one by one. A name so shortened may be
    of a variant that has a row under its long name only (`Qwen3-VL-30B-A3B`): any of them will do,
    they differ in context length at most.
    """
    exact, without_organization = _indexes()
    asked = name.strip().lower()
    if asked in exact:
        return exact[asked]
    for candidate in _shorter_and_shorter(_repository(asked)):
        found = without_organization.get(candidate)
        if found is not None:
            return found
    return _index_of_shortened().get(_shortest(asked))


def model_shape_names() -> tuple[str, ...]:
    """Return the repositories of all rows, in order of the alphabet."""
    return tuple(sorted((row.name for row in model_shapes()), key=str.lower))


@cache
def model_shapes() -> tuple[ModelShape, ...]:
    """Return all rows, family by family."""
    modules = (import_module(f"{__name__}.{family}") for family in _FAMILIES)
    return tuple(row for module in modules for row in module.SHAPES)


@cache
def _indexes() -> tuple[Mapping[str, ModelShape], Mapping[str, ModelShape]]:
    """Rows by their names, and by their names without organization."""
    exact = {name.lower(): row for row in model_shapes() for name in (row.name, *row.also)}
    return exact, {_repository(name): row for name, row in reversed(list(exact.items()))}


@cache
def _index_of_shortened() -> Mapping[str, ModelShape]:
    """Rows by what is left of their names; of several, the first."""
    exact, _ = _indexes()
    return {_shortest(name): row for name, row in reversed(list(exact.items()))}


def _repository(name: str) -> str:
    return name.rpartition("/")[2]


def _shorter_and_shorter(name: str) -> Iterator[str]:
    """The name, then without its last ending, then without the one before, and so on."""
    yield name
    while name := _without_ending(name):
        yield name


def _without_ending(name: str) -> str:
    """Take the last ending off a name; return "" when its last word is none."""
    if name.endswith(")"):
        return name[: name.rfind("(")].rstrip() if "(" in name else ""
    at = max(name.rfind(separator) for separator in "-. ")
    word = name[at + 1 :]
    return name[:at].rstrip() if at > 0 and (word in _ENDINGS or _is_format_or_date(word)) else ""


def _is_format_or_date(word: str) -> bool:
    """Whether a word is a format of GGUF (`q4_k_m`) or a year and a month (`2507`)."""
    letters = word.removeprefix("i")
    is_format = letters[:1] == "q" and letters[1:2].isdigit()
    return is_format or (word.isdigit() and _FIRST_MONTH <= int(word) <= _LAST_MONTH)


def _shortest(name: str) -> str:
    return list(_shorter_and_shorter(_repository(name)))[-1]

"""Which number format a checkpoint's weights have, and what it covers.

Owns how a name or a `quantization_config` says one. The formats themselves: `formats`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from infra.sizing.architecture import Architecture, Experts, StateLayer
from infra.sizing.formats import FORMATS, UNQUANTIZED, Quantized, WeightFormat
from infra.spec.mistakes import Mistake, MistakesError

_SPELLINGS: tuple[tuple[str, str], ...] = (
    # Most telling first; each is looked for in the word, lower case.
    (r"fp8.?block|block.?fp8", "fp8 block"),
    (r"nvfp4.*fp8|fp8.*nvfp4", "nvfp4 and fp8"),
    (r"nvfp4|fp4.?quant|modelopt_fp4", "nvfp4"),
    (r"mxfp4", "mxfp4"),
    (r"q8_0|gguf.?q8", "gguf q8_0"),
    (r"q6_k", "gguf q6_k"),
    (r"q4_k|q4_0|iq4|gguf", "gguf q4_k_m"),
    (r"aqlm|2bit|2-bit", "aqlm 2 bit"),
    (r"bnb.?8bit|load_in_8bit", "bitsandbytes 8 bit"),
    (r"unsloth.?bnb", "bitsandbytes 4 bit, dynamic"),
    (r"bnb|bitsandbytes", "bitsandbytes 4 bit"),
    (r"w8a8.?fp8|fp8", "fp8"),
    (r"w8a8|smoothquant|int8.?w8a8", "int8"),
    (r"gptq.?int8|8bit.?gptq|w8a16|int8", "8 bit, groups of 128"),
    (r"w4a16.?g32|g32", "4 bit, groups of 32"),
    (r"w4a16.?g64|g64", "4 bit, groups of 64"),
    (r"compressed.?tensors.*w4a16", "4 bit, packed"),
    (r"awq|gptq|w4a16|int4|4.?bit|auto.?round|wna16|marlin|w4a8", "4 bit"),
)


_MANY_LAYERS = 8
"""Layers named one by one that stand for all: every fourth of a hybrid, never a first and last."""


def format_names() -> tuple[str, ...]:
    """Return what may be asked for, in the order of their bytes."""
    return tuple(sorted(FORMATS, key=lambda name: -FORMATS[name].bytes_per_parameter))


def weight_format(word: str) -> WeightFormat:
    """Return the format that a word names: ours, or how repositories and logs spell it.

    Raises:
        MistakesError: The word names no format.
    """
    folded = word.strip().lower()
    if folded in ("", "none", "auto", "bf16", "bfloat16", "fp16", "float16", "half", "16 bit"):
        return UNQUANTIZED
    if folded in FORMATS:
        return FORMATS[folded]
    found = _spelled(folded)
    if found is None:
        mistake = Mistake(
            setting="quantization",
            problem="is not a format that is known",
            got=f'"{word}"',
            allowed=", ".join(format_names()),
            next_step="name the nearest one, or leave it out for 16 bit",
        )
        raise MistakesError(word, [mistake])
    return found


def format_of_name(repository: str) -> WeightFormat:
    """Return the format that a repository's name says; 16 bit where it says none."""
    name = repository.rpartition("/")[2].lower()
    return _spelled(name) or UNQUANTIZED


def format_for(word: str, repository: str, config: Mapping[str, object] | None) -> WeightFormat:
    """Return the format of a checkpoint: what is said, else its name's, else its config's.

    Where the config agrees on the bits it knows more: which layers are left out.

    Raises:
        MistakesError: The word names no format.
    """
    named = format_of_name(repository)
    said = weight_format(word) if word.strip() else named
    if named.name.startswith(said.name):
        said = named  # says more: "bitsandbytes 4 bit, dynamic"
    own = format_of_config(config)
    if config and own is None and said == UNQUANTIZED and not word.strip():
        raise MistakesError(repository, [_unknown(config)])
    if own is not None and (said == UNQUANTIZED or said.bits == own.bits):
        return own
    return said


def format_of_config(config: Mapping[str, object] | None) -> WeightFormat | None:
    """Return the format of a `quantization_config`; None where there is none or it is not known."""
    if not config:
        return None
    inner = config.get("quantization")
    if isinstance(inner, Mapping):  # ModelOpt's earlier layout
        config = {str(key): value for key, value in inner.items()}
    found = _of_config(config)
    if found is None or found.covers is not Quantized.LINEAR or not _leaves(config, "self_attn"):
        return found
    covers = Quantized.EXPERTS if _leaves(config, "shared_expert") else Quantized.MLP
    return replace(found, covers=covers)


def _leaves(config: Mapping[str, object], part: str) -> bool:
    """Return whether a part is left in 16 bit in all layers, or in most: not in a few by number."""
    names = [
        str(name)
        for word in ("ignore", "modules_to_not_convert", "exclude_modules", "exclude")
        if isinstance(listed := config.get(word), list | tuple)
        for name in listed
        if part in str(name)
    ]
    numbers = [re.search(r"layers\.(\d+)\.", name) for name in names]
    return not all(numbers) or len({found[1] for found in numbers if found}) >= _MANY_LAYERS


def _unknown(config: Mapping[str, object]) -> Mistake:
    return Mistake(
        setting="quantization_config",
        problem="is a format without a rule",
        got=", ".join(f"{name}: {config.get(name)}" for name in ("quant_method", "bits"))[:80],
        allowed=", ".join(format_names()),
        next_step="name the nearest one with --quantization",
    )


def _of_config(config: Mapping[str, object]) -> WeightFormat | None:
    method = str(config.get("quant_method", "")).lower()
    if config.get("weight_block_size"):
        return FORMATS["fp8 block"]
    if method == "compressed-tensors":
        return _spelled(_compressed_tensors(config)) or UNQUANTIZED
    if config.get("bits") is not None:
        return _of_bits(method, config)
    if method == "bitsandbytes":
        return FORMATS[f"bitsandbytes {8 if config.get('load_in_8bit') else 4} bit"]
    if method == "quark":
        return _spelled(_quark(config))
    return _spelled(f"{method} {config.get('quant_algo', '')}".lower())


def _of_bits(method: str, config: Mapping[str, object]) -> WeightFormat | None:
    """Return the format of AWQ, GPTQ and AutoRound, which say their bits; 2 and 3 have no rule."""
    bits = config["bits"]
    if bits == 8 and method in ("gptq", "awq", "auto-round"):  # noqa: PLR2004 - bits
        return FORMATS["8 bit, groups of 128"]
    if bits != 4:  # noqa: PLR2004 - bits
        return None
    return FORMATS.get(f"4 bit, groups of {config.get('group_size')}") or _spelled(method)


def _quark(config: Mapping[str, object]) -> str:
    """Return what AMD Quark's file says of all layers: `fp8_e4m3`, `fp4` (MXFP4), `int4`."""
    every = config.get("global_quant_config")
    weights = every.get("weight") if isinstance(every, Mapping) else None
    kind = str(weights.get("dtype", "")) if isinstance(weights, Mapping) else ""
    return "mxfp4" if kind == "fp4" else kind.lower()


def for_model(weights: WeightFormat, model: Architecture) -> WeightFormat:
    """Return what a format covers in a model with states, where a checkpoint does not say so.

    With experts, few bits are for MLPs alone: so in those of Qwen3-Next and Qwen3.5, whose `ignore`
    names linear_attn and self_attn. Without, NVFP4 keeps the rest in fp8 and integers cover all.
    """
    has_experts = any(isinstance(one.mlp, Experts) for one in model.layers)
    if weights.name == "4 bit, packed" and has_experts:
        # A rank's share of an expert must be a multiple of a group: 128 divides few, and
        # checkpoints of experts come with 32 (Kimi K2.5's config.json).
        weights = FORMATS["4 bit, groups of 32"]
    if weights.covers is Quantized.EXPERTS and not has_experts:
        return replace(weights, covers=Quantized.LINEAR)
    few_bits = weights.bits < 8 and weights.covers is Quantized.LINEAR  # noqa: PLR2004 - bits
    if not few_bits or not any(isinstance(one.attention, StateLayer) for one in model.layers):
        return weights
    if has_experts:
        return replace(weights, covers=Quantized.MLP)
    return FORMATS["nvfp4 and fp8"] if weights.name == "nvfp4" else weights


def _compressed_tensors(config: Mapping[str, object]) -> str:
    layout = str(config.get("format", "")).lower()
    groups = config.get("config_groups")
    weights: object = None
    if isinstance(groups, Mapping):
        first = next(iter(groups.values()), None)
        weights = first.get("weights") if isinstance(first, Mapping) else None
    if not isinstance(weights, Mapping):
        return layout
    bits, kind = weights.get("num_bits"), weights.get("type")
    if bits == 4 and kind == "float":  # noqa: PLR2004 - bits
        return "mxfp4" if "mxfp4" in layout or weights.get("group_size") == 32 else "nvfp4"  # noqa: PLR2004 - weights
    if "nvfp4" in layout:
        return "nvfp4"
    if weights.get("strategy") == "block":
        return "fp8 block"
    if bits == 4:  # noqa: PLR2004 - bits
        size = weights.get("group_size")
        return f"w4a16-g{size}" if size in (32, 64) else "w4a16"
    return "fp8" if kind == "float" else "w8a8"


def _spelled(word: str) -> WeightFormat | None:
    return next((FORMATS[name] for regex, name in _SPELLINGS if re.search(regex, word)), None)

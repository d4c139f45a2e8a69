"""Tables of sines and cosines: one for each kind of rotary embedding, on every GPU.

Owns their sizes. They have a row for each position that the config promises, whatever
`max_model_len` is (vllm/model_executor/layers/rotary_embedding/base.py, `cos_sin_cache`; 0.8.5 to
0.33.0, read 2026-11-26), and are kept in 16 bit; like ones are shared by all layers (`_ROPE_DICT`).
"""

import re
from collections.abc import Mapping, Sequence

from infra.sizing.architecture import Attention, LatentAttention, SelfAttention
from infra.sizing.words import Words

_HALF, _SINGLE = 2, 4
_POSITIONS = 8192
"""Rows where the config promises no context."""
_WITHOUT = (
    "NemotronH",
    "Jamba",
    "KimiLinear",
    "OPT",
    "GPT2",
    "GPTBigCode",
    "Bloom",
    "MPT",
    "Bamba",
)
"""Classes that do not rotate: states or learned positions say the order of tokens."""
_TWO_BASES = ("Gemma3", "Gemma4")
"""Sliding layers rotate with a base of their own (models/gemma3.py, models/gemma4.py)."""
_FILMS = re.compile(r"Qwen(2|3)VL|Qwen2_5_VL|Qwen3_5|Glm4(_1)?v|Qwen\d.*Omni")
_FOR_FILMS = 4
"""Positions of such models run on with the time of a film (rotary_embedding/mrope.py)."""
_SHARES = {
    # Part of a head that rotates, where the config is silent: setdefault in the engine's class
    # (models/glm4.py, glm4_moe.py) or transformers 5.23.0's.
    "Glm": 0.5,
    "ChatGLM": 0.5,
    "Nemotron": 0.5,
    "GPTNeoX": 0.25,
    "Phi": 0.5,
    "Qwen3Next": 0.25,
    "Qwen3_5": 0.25,
    "MiniMaxM2": 0.5,
}
_WHOLE = ("Phi3", "Phi4", "PhiMoE", "Nemotron3_5")
_MOST_FACTOR = 1024.0


def rotary_bytes(text: Words, family: str, attentions: Sequence[Attention]) -> int:
    """Return the bytes of all tables."""
    if family.startswith(_WITHOUT):
        return 0
    size = _SINGLE if family.startswith("GptOss") else _HALF  # its class asks for float32
    return sum(_widths(text, family, attentions)) * _rows(text, family) * size


def _widths(text: Words, family: str, attentions: Sequence[Attention]) -> list[int]:
    """Return how many values a row of each table has."""
    share = _share(text, family)
    found: set[tuple[int, bool]] = set()
    for attention in attentions:
        if isinstance(attention, LatentAttention):
            found.add((attention.rope_size, False))
        elif isinstance(attention, SelfAttention):
            slides = attention.window is not None and family.startswith(_TWO_BASES)
            found.add((int(attention.head_size * share), slides))
    return [width for width, _ in found]


def _share(text: Words, family: str) -> float:
    scaling = _scaling(text)
    for said in (text.value("partial_rotary_factor"), scaling.get("partial_rotary_factor")):
        if _is_number(said) and 0.0 < float(str(said)) <= 1.0:
            return float(str(said))
    width, head = text.value("rotary_dim"), text.value("head_dim")
    if isinstance(width, int) and isinstance(head, int) and 0 < width <= head:
        return width / head
    if family.startswith(_WHOLE):
        return 1.0
    return next((share for name, share in _SHARES.items() if family.startswith(name)), 1.0)


def _rows(text: Words, family: str) -> int:
    scaling = _scaling(text)
    rows = text.number("max_position_embeddings", kind="tokens", default=_POSITIONS)
    factor, original = scaling.get("factor"), scaling.get("original_max_position_embeddings")
    kind = str(scaling.get("rope_type") or scaling.get("type") or "")
    if _is_number(factor) and 1.0 <= float(str(factor)) <= _MOST_FACTOR:
        if "yarn" in kind and isinstance(original, int) and original > 0:
            rows = int(min(original, rows) * float(str(factor)))
        elif kind in ("linear", "dynamic"):
            rows = int(rows * float(str(factor)))
    sees_films = _FILMS.match(family) is not None or "mrope_section" in scaling
    return rows * (_FOR_FILMS if sees_films else 1)


def _scaling(text: Words) -> Mapping[str, object]:
    """Return what the config says about its rotation, by either of its names."""
    for name in ("rope_scaling", "rope_parameters"):
        value = text.value(name)
        if isinstance(value, Mapping):
            return {str(key): inner for key, inner in value.items()}
    return {}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

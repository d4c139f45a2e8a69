"""Models whose layers are one thing each: a state, an attention, an MLP or experts (Nemotron-H).

Owns how a config says which: a string of letters, or a list of names.
"""

from infra.sizing.words import Words

STATE, ATTENTION, MLP, EXPERTS = "M*-E"
_NAMES = {
    "mamba": STATE,
    "mamba2": STATE,
    "attention": ATTENTION,
    "mlp": MLP,
    "moe": EXPERTS,
}


def layer_pattern(text: Words) -> str:
    """Return a letter for each layer; empty where layers have an attention and an MLP each."""
    written = text.text("hybrid_override_pattern")
    if written:
        return written
    names = [str(name) for name in text.items("layers_block_type") or ()]
    if not {"mlp", "moe"} & set(names):
        return ""
    return "".join(_NAMES.get(name, "?") for name in names)

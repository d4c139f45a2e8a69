"""The vision tower of a config, counted from its sizes."""

import re

from infra.sizing.architecture import VisionTower
from infra.sizing.words import Words

MERGE = 2
"""Patches per side that become one token, where the config does not say (Qwen-VL's)."""
QWEN_MOST_PATCHES = 4 * 16_384
"""Qwen2-VL's largest image: 12,845,056 pixels in patches of 14 by 14 (its preprocessor config)."""
_HEADS = ("num_heads", "num_attention_heads", "vt_num_attention_heads")
INTERN_TILES = 13
"""InternVL cuts an image into up to 12 tiles and adds a thumbnail (`max_dynamic_patch`)."""
LLAMA4_TILES = 17
_GEMMA_4 = "gemma4"
_GATED = ("qwen2_5_vl", "pixtral", "mistral3", _GEMMA_4)
_QWEN = r"qwen\d"
"""Their projectors are split as MLPs are (models/qwen2_vl.py, qwen3_vl.py, 0.11.0 to 0.33.0)."""
_COLOURS = 3


def vision_tower(whole: Words, hidden_size: int) -> VisionTower | None:
    """Return the tower, or None where the model does not see."""
    words = whole.section("vision_config", "vit_config")
    if words is None:
        return None
    width = _width(words)
    depth = words.number(
        *("depth", "num_hidden_layers", "num_layers", "layers", "vt_num_hidden_layers"),
        kind="layers",
        default=0,
        least=0,
    )
    if not width or not depth:
        return None
    inner = words.number("intermediate_size", "vt_intermediate_size", default=4 * width)
    kind = whole.text("model_type")
    matrices = 3 if kind.startswith(_GATED) else 2
    levels = len(words.items("deepstack_visual_indexes") or ())
    projector = (1 + levels) * _projector(words, kind, width, hidden_size)
    splits_projector = re.match(_QWEN, kind) is not None
    pixels = _pixels(words, kind)
    positions = words.number("num_position_embeddings", kind="tokens", default=0, least=0)
    if kind.startswith(_GEMMA_4):  # a table for each direction
        positions = 2 * words.number("position_embedding_size", kind="tokens", default=0, least=0)
    return VisionTower(
        mlp_parameters=depth * matrices * width * inner + (projector if splits_projector else 0),
        attention_parameters=depth * 4 * width * width,
        projector_parameters=(0 if splits_projector else projector) + (positions + pixels) * width,
        heads=words.number(*_HEADS, kind="heads", default=1),
        hidden_size=width,
        intermediate_size=inner,
        matrices=matrices,
        most_patches=_most_patches(whole, words),
        pixels=pixels,
        levels=levels,
        adds_positions=words.has("num_position_embeddings"),
        is_split=not kind.startswith(_GEMMA_4),
    )


def _projector(words: Words, kind: str, width: int, hidden_size: int) -> int:
    """Return the parameters between tower and model, once."""
    if kind.startswith("gemma"):  # pooled, then one matrix (models/gemma3_mm.py, gemma4_mm.py)
        return width * hidden_size
    merged = width * words.number("spatial_merge_size", default=MERGE) ** 2
    return merged * merged + merged * hidden_size


def _pixels(words: Words, kind: str) -> int:
    """Return the values of a patch: three colours, of two pictures of a film in Qwen's."""
    frames = words.number("temporal_patch_size", default=2 if re.match(_QWEN, kind) else 1)
    return _COLOURS * frames * words.number("patch_size", default=14) ** 2


def _width(words: Words) -> int:
    # Qwen2-VL calls the width `embed_dim` and the language model's size `hidden_size`.
    names = ("embed_dim", "vt_hidden_size", "hidden_size", "width")
    return words.number(*names, default=0, least=0)


def _most_patches(whole: Words, words: Words) -> int:
    kind = whole.text("model_type")
    if re.match(_QWEN, kind):
        return QWEN_MOST_PATCHES
    patch = words.number("patch_size", default=14)
    image = words.value("image_size")
    side = image[0] if isinstance(image, list | tuple) and image else image
    pixels = int(side) if isinstance(side, int) and not isinstance(side, bool) and side > 0 else 448
    tiles = 1
    if "intern" in kind:
        tiles = INTERN_TILES
    elif kind.startswith("llama4"):
        tiles = LLAMA4_TILES
    return tiles * max(1, min(pixels, 1 << 14) // patch) ** 2

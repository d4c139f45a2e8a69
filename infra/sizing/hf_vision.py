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
    gated = whole.text("model_type").startswith(("qwen2_5_vl", "pixtral", "mistral3"))
    matrices = 3 if gated else 2
    merged = width * words.number("spatial_merge_size", default=MERGE) ** 2
    return VisionTower(
        mlp_parameters=depth * matrices * width * inner,
        attention_parameters=depth * 4 * width * width,
        projector_parameters=merged * merged + merged * hidden_size,
        heads=words.number(*_HEADS, kind="heads", default=1),
        hidden_size=width,
        intermediate_size=inner,
        matrices=matrices,
        most_patches=_most_patches(whole, words),
    )


def _width(words: Words) -> int:
    # Qwen2-VL calls the width `embed_dim` and the language model's size `hidden_size`.
    names = ("embed_dim", "vt_hidden_size", "hidden_size", "width")
    return words.number(*names, default=0, least=0)


def _most_patches(whole: Words, words: Words) -> int:
    kind = whole.text("model_type")
    if re.match(r"qwen\d", kind):
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

"""A checkpoint made on the spot: Qwen2 with random weights, and a tokenizer of single bytes.

Owns its files, in the shape of a published one: configuration, tokenizer, and weights in two parts
with their index. Needs no library: safetensors is a header and bytes, bfloat16 the upper half of a
float32. What it says is noise, and the same noise for the same seed.
"""

import json
import random
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

HIDDEN, INTERMEDIATE, LAYERS, HEADS, KEY_HEADS = 64, 128, 2, 2, 1
CONTEXT = 32768
"""Of Qwen2.5, which stacks ask for up to that."""
END = "<|end|>"
PARTS = 2
SPREAD = 0.02
"""Standard deviation of a new model's weights (transformers, Qwen2Config, `initializer_range`)."""

Shapes = Mapping[str, tuple[int, ...]]


def write_checkpoint(folder: Path, *, seed: int = 0, filler_mib: int = 0) -> None:
    """Write all files into a new folder.

    Args:
        folder: where; made here.
        seed: of the weights.
        filler_mib: size of a tensor that no layer has, in a part of its own: for copies that are
            cut. No engine loads such a checkpoint.
    """
    folder.mkdir(parents=True)
    letters = _letters()
    texts: dict[str, object] = {
        "config.json": _configuration(len(letters) + 1),
        "generation_config.json": {"eos_token_id": len(letters)},
        "tokenizer.json": _tokenizer(letters),
        "tokenizer_config.json": {
            "eos_token": END,
            "pad_token": END,
            "tokenizer_class": "PreTrainedTokenizerFast",
            "chat_template": "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n"
            "{% endfor %}assistant: ",
        },
    }
    shapes = list(_shapes(len(letters) + 1))
    middle = len(shapes) // PARTS
    parts = [dict(shapes[:middle]), dict(shapes[middle:])]
    if filler_mib:
        parts.append({"filler": (filler_mib, 512, 1024)})
    names = [f"model-{n:05}-of-{len(parts):05}.safetensors" for n in range(1, len(parts) + 1)]
    places = {tensor: name for name, part in zip(names, parts, strict=True) for tensor in part}
    texts["model.safetensors.index.json"] = {"metadata": {}, "weight_map": places}
    for name, content in texts.items():
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")
    noise = random.Random(seed)  # noqa: S311  weights are no secrets
    for name, part in zip(names, parts, strict=True):
        (folder / name).write_bytes(_safetensors(part, noise))


def _configuration(words: int) -> dict[str, object]:
    return {
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "torch_dtype": "bfloat16",
        "vocab_size": words,
        "hidden_size": HIDDEN,
        "intermediate_size": INTERMEDIATE,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": KEY_HEADS,
        "max_position_embeddings": CONTEXT,
        "eos_token_id": words - 1,
        "tie_word_embeddings": False,
    }


def _shapes(words: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the tensors of Qwen2 (transformers, modeling_qwen2.py)."""
    keys = HIDDEN // HEADS * KEY_HEADS
    yield "model.embed_tokens.weight", (words, HIDDEN)
    for layer in (f"model.layers.{number}" for number in range(LAYERS)):
        yield f"{layer}.input_layernorm.weight", (HIDDEN,)
        for name, rows in (("q", HIDDEN), ("k", keys), ("v", keys)):
            yield f"{layer}.self_attn.{name}_proj.weight", (rows, HIDDEN)
            yield f"{layer}.self_attn.{name}_proj.bias", (rows,)
        yield f"{layer}.self_attn.o_proj.weight", (HIDDEN, HIDDEN)
        yield f"{layer}.post_attention_layernorm.weight", (HIDDEN,)
        yield f"{layer}.mlp.gate_proj.weight", (INTERMEDIATE, HIDDEN)
        yield f"{layer}.mlp.up_proj.weight", (INTERMEDIATE, HIDDEN)
        yield f"{layer}.mlp.down_proj.weight", (HIDDEN, INTERMEDIATE)
    yield "model.norm.weight", (HIDDEN,)
    yield "lm_head.weight", (words, HIDDEN)


def _safetensors(shapes: Shapes, noise: random.Random) -> bytes:
    """Return a file of safetensors: length of the header, header, numbers."""
    header: dict[str, object] = {}
    body = bytearray()
    for name, shape in shapes.items():
        begin = len(body)
        body += _numbers(name, shape, noise)
        header[name] = {
            "dtype": "BF16",
            "shape": list(shape),
            "data_offsets": [begin, len(body)],
        }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # numbers begin at a multiple of 8
    return struct.pack("<Q", len(text)) + text + body


def _numbers(name: str, shape: tuple[int, ...], noise: random.Random) -> bytes:
    count = 1
    for one in shape:
        count *= one
    if name == "filler":
        return noise.randbytes(2 * count)
    values = (1.0 if "norm" in name else noise.gauss(0, SPREAD) for _ in range(count))
    return b"".join(struct.pack("<f", value)[2:] for value in values)


def _letters() -> list[str]:
    """Return a printable letter for each byte, as byte-level tokenizers have them (GPT-2)."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in shown]
    letters = {byte: chr(byte) for byte in shown}
    letters |= {byte: chr(256 + place) for place, byte in enumerate(others)}
    return [letters[byte] for byte in range(256)]


def _tokenizer(letters: list[str]) -> dict[str, object]:
    bytes_alone = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}
    special = {"lstrip": False, "rstrip": False, "single_word": False, "normalized": False}
    return {
        "version": "1.0",
        "added_tokens": [{"id": len(letters), "content": END, "special": True, **special}],
        "normalizer": None,
        "pre_tokenizer": {**bytes_alone, "trim_offsets": True},
        "post_processor": None,
        "decoder": {**bytes_alone, "trim_offsets": True},
        "model": {
            "type": "BPE",
            "vocab": {letter: number for number, letter in enumerate([*letters, END])},
            "merges": [],
        },
    }

"""From a Hugging Face `config.json` to an architecture.

Owns which words say what. Follows how vLLM 0.33.0 reads them (vllm/transformers_utils/config.py and
vllm/model_executor/models, read 2026-11-26), transformers 5.23.0 for defaults.
"""

from collections.abc import Mapping

from infra.sizing.architecture import Architecture, Layer
from infra.sizing.hf_attention import attention_layers
from infra.sizing.hf_mlp import mlps
from infra.sizing.hf_pattern import layer_pattern
from infra.sizing.hf_rotary import rotary_bytes
from infra.sizing.hf_vision import vision_tower
from infra.sizing.words import Words
from infra.spec.mistakes import MistakesError

_GENERATES = (
    "ForCausalLM",
    "ForConditionalGeneration",
    "LMHeadModel",
    "ForVision2Seq",
    "ChatModel",
)
_TIED_BY_DEFAULT = ("gemma", "opt", "phi-msft", "starcoder2", "gpt_bigcode", "cohere", "falcon")
"""`model_type`s whose class ties embeddings by default (transformers 5.23.0)."""


def architecture(config: Mapping[str, object], subject: str = "config.json") -> Architecture:
    """Return what a config describes.

    Args:
        config: The file's content.
        subject: What the report of mistakes calls it.

    Raises:
        MistakesError: Words are missing, wrong or unknown; it has all of them.
    """
    whole = Words(config)
    text = whole.section("text_config", "llm_config", "language_config", "thinker_config") or whole
    family = _family(whole)
    hidden_size = text.number("hidden_size", "n_embd", "d_model")
    count = text.number(
        *("num_hidden_layers", "n_layer", "num_layers", "n_layers"),
        kind="layers",
        default=len(layer_pattern(text)) or None,
    )
    layers = tuple(
        Layer(attention=attention, mlp=mlp)
        for attention, mlp in zip(
            attention_layers(text, family, hidden_size, count),
            mlps(text, family, hidden_size, count),
            strict=True,
        )
    )
    read = Architecture(
        family=family,
        hidden_size=hidden_size,
        vocab_size=text.number("vocab_size", kind="vocabulary"),
        layers=layers,
        ties_embeddings=_ties(whole, text),
        side_parameters=_side_parameters(text, count),
        rotary_bytes=rotary_bytes(text, family, [layer.attention for layer in layers]),
        longest_context=_longest_context(text, whole),
        draft_layers=text.number(
            "num_nextn_predict_layers", "mtp_num_hidden_layers", kind="layers", default=0, least=0
        ),
        vision=vision_tower(whole, hidden_size),
        quantization=_quantization(whole, text),
    )
    if whole.mistakes:
        raise MistakesError(subject, whole.mistakes)
    return read


def _family(whole: Words) -> str:
    names = whole.items("architectures")
    if not names:
        return whole.text("model_type", "unknown")
    name = str(names[0])
    if not name.endswith(_GENERATES):
        whole.add(
            "architectures",
            "does not generate text",
            name,
            f"a class that ends in {', '.join(_GENERATES[:2])}",
            "name a model that completes or chats",
        )
    return name


def _ties(whole: Words, text: Words) -> bool:
    kind = text.text("model_type") or whole.text("model_type")
    default = kind.startswith(_TIED_BY_DEFAULT)
    inner = text.flag("tie_word_embeddings", default=default)
    return whole.flag("tie_word_embeddings", default=inner) if whole is not text else inner


def _longest_context(text: Words, whole: Words) -> int | None:
    names = ("max_position_embeddings", "n_positions", "max_sequence_length", "model_max_length")
    for words in (text, whole):
        if words.has(*names):
            return words.number(*names, kind="tokens")
    return None


def _side_parameters(text: Words, layers: int) -> int:
    """Return the embeddings that each layer has of its own (Gemma 3n, Gemma 4's small ones)."""
    size = text.number("hidden_size_per_layer_input", default=0, least=0)
    if not size:
        return 0
    vocabulary = text.number("vocab_size_per_layer_input", kind="vocabulary", default=262_144)
    return size * vocabulary * layers


def _quantization(whole: Words, text: Words) -> Mapping[str, object] | None:
    for words in (whole, text):
        for name in ("quantization_config", "compression_config"):
            value = words.value(name)
            if isinstance(value, Mapping):
                return {str(key): inner for key, inner in value.items()}
    return None

"""What a row of this catalogue is, and where rows were read.

Owns the record and the spelling of sources. Does not own rows (a module per family) nor what a
shape needs of a GPU: sizing turns a `config.json` into that, a row of this catalogue or a user's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

_AICONFIGURATOR = "ai-dynamo/aiconfigurator"
_TRANSFORMERS_VERSION = "5.24.0"


class Source(NamedTuple):
    """Where a row was read."""

    place: str
    """Repository, commit and path, or package, version and class."""
    date: str
    """Date of the commit or of the reading, ISO 8601."""


@dataclass(frozen=True, kw_only=True)
class ModelShape:
    """The words of one model's `config.json` that sizing needs, spelled as there.

    What the source does not say is absent, not zero: a table of configurations without number
    formats leaves `torch_dtype` out. One word is always there: `tie_word_embeddings`, which some
    files leave to their class, is then the default of transformers 5.24.0. Where a source is "on
    GitHub" without a repository, the index of public files that showed it names none.
    """

    name: str
    """Repository on the hub, `organization/name`."""
    config: Mapping[str, object]
    """Words of its `config.json`. A quantization is there only when the weights come in no other
    format (DeepSeek-V3, gpt-oss)."""
    source: str
    """Repository, commit and path, or package, version and class, where they were read."""
    source_date: str
    """Date of the commit or of the reading, ISO 8601."""
    also: tuple[str, ...] = ()
    """Repositories with the same words: base and chat variants, fine-tunes, re-uploads."""


def shape(name: str, source: Source, config: Mapping[str, object], *also: str) -> ModelShape:
    """Return a row, written short."""
    return ModelShape(
        name=name, config=config, source=source.place, source_date=source.date, also=also
    )


def at(place: str, date: str) -> Source:
    """Return a source that few rows have."""
    return Source(place, date)


def aiconfigurator(file: str) -> Source:
    """Return a `config.json` that aiconfigurator keeps, word for word."""
    folder = "aic-core/src/aiconfigurator_core/model_configs"
    return Source(f"{_AICONFIGURATOR}@095f58a5 {folder}/{file}_config.json", "2026-08-21")


def aiconfigurator_before(file: str) -> Source:
    """Return a `config.json` that aiconfigurator kept until commit c78d3fab."""
    folder = "src/aiconfigurator/model_configs"
    return Source(f"{_AICONFIGURATOR}@c78d3fab^ {folder}/{file}_config.json", "2026-03-10")


def litgpt(entry: str) -> Source:
    """Return an entry of LitGPT's table, whose words are its own: translated here."""
    return Source(f"Lightning-AI/litgpt@26857050 litgpt/config.py, {entry}", "2026-06-29")


def maxtext(entry: str) -> Source:
    """Return an entry of MaxText's table of the hub's configurations."""
    path = "src/maxtext/checkpoint_conversion/utils/hf_model_configs.py"
    return Source(f"AI-Hypercomputer/maxtext@e591f30c {path}, {entry}", "2026-08-22")


def mlc(preset: str) -> Source:
    """Return a preset of MLC-LLM: a copy of the hub's `config.json`."""
    path = "python/mlc_llm/model/model_preset.py"
    return Source(f"mlc-ai/mlc-llm@79d603f0 {path}, {preset}", "2026-07-23")


def transformers(name: str) -> Source:
    """Return the defaults of a class whose documentation names the checkpoint they are of."""
    return Source(f"transformers {_TRANSFORMERS_VERSION} (PyPI wheel), {name}()", "2026-11-26")


def gemma_3(entry: str) -> Source:
    """Return MaxText's entry of a Gemma 3, with two words that it has otherwise than the hub."""
    return Source(
        f"{maxtext(entry).place}; vocab_size: transformers {_TRANSFORMERS_VERSION} (PyPI wheel), "
        "Gemma3TextConfig(); max_position_embeddings: Lightning-AI/litgpt@26857050",
        "2026-08-22",
    )

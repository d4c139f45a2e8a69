"""Which files of a repository go into the bucket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from weights_loader.errors import RefusedError
from weights_loader.hub_files import HubFile, Json
from weights_loader.selection import PICKLES, index_of, select, shards_of

INDEX, WHOLE = "model.safetensors.index.json", "model.safetensors"
MISTRAL_INDEX = "consolidated.safetensors.index.json"


def _files(*paths: str) -> list[HubFile]:
    return [HubFile(path, 1, "", "a") for path in paths]


def _wanted(*paths: str, shards: set[str] | None = None) -> set[str]:
    return {file.path for file in select(_files(*paths), shards).wanted}


def test_what_the_engine_reads_is_taken_and_the_rest_is_named() -> None:
    needed = {
        "config.json",
        "generation_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "tokenizer.model",
        "special_tokens_map.json",
        "vocab.json",
        "merges.txt",
        "chat_template.jinja",
        "additional_chat_templates/tools.jinja",
        "preprocessor_config.json",
        "video_preprocessor_config.json",
        "1_Pooling/config.json",
        "LICENSE",
        "LICENSE.txt",
        "NOTICE",
        "USE_POLICY.md",
        WHOLE,
    }
    others = (
        "README.md",
        ".gitattributes",
        "modeling_tiny.py",
        "model.gguf",
        "onnx/config.json",
        "onnx/model.safetensors",
        "original/consolidated.00.pth",
        "original/params.json",
        "pytorch_model.bin.index.json",
        "optimizer.pt",
        "../config.json",
        "tokenizer/../config.json",
    )

    chosen = select(_files(*needed, *others), None)

    assert {file.path for file in chosen.wanted} == needed
    assert chosen.left_out == others


def test_of_weights_that_are_there_twice_one_set_is_taken() -> None:
    shards = {"model-1.safetensors", "model-2.safetensors"}
    both = ("config.json", "consolidated.safetensors", *sorted(shards))

    assert _wanted(*both, INDEX, shards=shards) == {"config.json", INDEX, *shards}
    assert _wanted(*both, WHOLE) == {"config.json", WHOLE}


def test_without_an_index_all_shards_are_taken() -> None:
    assert _wanted("params.json", "a.safetensors", "b.safetensors") == {
        "params.json",
        "a.safetensors",
        "b.safetensors",
    }


@pytest.mark.parametrize(
    ("paths", "index"),
    [
        ((INDEX, MISTRAL_INDEX), INDEX),
        ((WHOLE, MISTRAL_INDEX), None),
        ((MISTRAL_INDEX,), MISTRAL_INDEX),
        ((), None),
    ],
)
def test_the_index_is_that_of_the_set_that_is_taken(paths: tuple[str], index: str | None) -> None:
    found = index_of(_files(*paths))

    assert (found.path if found else None) == index


def test_a_shard_that_the_repository_lacks_is_named() -> None:
    with pytest.raises(RefusedError, match=r"repository lacks: model-2\.safetensors"):
        select(_files("config.json", INDEX), {"model-2.safetensors"})


def test_all_mistakes_are_in_one_report() -> None:
    with pytest.raises(RefusedError) as caught:
        select(_files(*(f"part-{number}.bin" for number in range(7))), None)

    description, weights = caught.value.reports
    assert description.startswith("config.json: must be there")
    assert "part-4.bin and 2 more" in weights
    assert "part-5.bin" not in weights


def test_a_repository_of_gguf_is_refused_by_what_it_has() -> None:
    with pytest.raises(RefusedError, match=r"must be \.safetensors, got config\.json, tiny\.gguf"):
        select(_files("config.json", "tiny.gguf"), None)


@given(st.text(min_size=1, max_size=20), st.sampled_from(PICKLES))
def test_no_name_makes_a_pickle_welcome(name: str, ending: str) -> None:
    files = _files(
        "config.json", WHOLE, f"{name}{ending}", f"tokenizer{ending}", f"LICENSE{ending}"
    )

    chosen = select(files, None)

    assert {file.path for file in chosen.wanted} <= {"config.json", WHOLE}


@pytest.mark.parametrize(
    "index",
    [
        None,
        [],
        {},
        {"weight_map": {}},
        {"weight_map": {"a": "../other.safetensors"}},
        {"weight_map": {"a": "pytorch_model.bin", "b": "model.safetensors"}},
        {"weight_map": {"a": 1}},
    ],
)
def test_an_index_of_anything_but_shards_beside_it_is_refused(index: Json) -> None:
    with pytest.raises(RefusedError, match="index of the weights: must name"):
        shards_of(index)

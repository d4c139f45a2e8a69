"""Every shape of the catalogue is one that sizing can read, or is named here with the reason."""

import math
import re

import pytest

from infra.catalog.model_shapes import model_shape, model_shape_names
from infra.sizing.answer import answer, as_dict
from infra.sizing.estimate import ServerSettings, estimate
from infra.sizing.gpus import sized_gpu
from infra.sizing.hf_config import architecture
from infra.sizing.quantization import format_for
from infra.sizing.weights import Split
from infra.spec.mistakes import MistakesError

WITHOUT_A_RULE = {
    "tiiuae/Falcon-H1-0.5B-Instruct": "a state and an attention side by side in each layer",
    "google/gemma-3n-E4B-it": "inner sizes by layer; AltUp and LAuReL beside the MLP",
    "databricks/dbrx-base": "words of its own in attn_config and ffn_config",
    "meta-llama/Llama-3.2-11B-Vision": "cross attention",
    "meta-llama/Llama-3.2-90B-Vision": "cross attention",
    "meituan-longcat/LongCat-Flash-Chat": "two attentions and two MLPs in a layer",
    "nvidia/Llama-3_3-Nemotron-Super-49B-v1": "block_configs: another MLP in each layer",
}


NAMED_OTHERWISE = {
    "allenai/OLMoE-1B-7B-0924": "active parameters: 6.9 billion in all",
    "meta-llama/Llama-4-Maverick-17B-128E": "active parameters",
    "meta-llama/Llama-4-Scout-17B-16E": "active parameters",
    "mistralai/Mixtral-8x7B-v0.1": "experts and their size",
    "tiiuae/Falcon3-1B-Base": "1.7 billion",
}


@pytest.mark.parametrize("name", model_shape_names())
@pytest.mark.thorough
def test_every_model_of_the_catalogue_has_an_answer(name: str) -> None:
    shape = model_shape(name)
    assert shape is not None
    if name in WITHOUT_A_RULE:
        with pytest.raises(MistakesError):
            architecture(shape.config, name)
        return
    model = architecture(shape.config, name)
    weights = format_for("", name, model.quantization)
    found = estimate(model, sized_gpu("H200"), ServerSettings(split=Split(), weights=weights))
    for value in as_dict(answer(name, found)).values():
        if isinstance(value, int | float):
            assert math.isfinite(value)
            assert value >= 0
    assert found.plan.bytes_per_block > 0


@pytest.mark.parametrize("name", model_shape_names())
@pytest.mark.thorough
def test_parameters_are_as_many_as_the_name_says(name: str) -> None:
    said = re.search(r"(?<![\w.])(\d+(?:\.\d+)?)B(?![a-z])", name.partition("/")[2], re.IGNORECASE)
    shape = model_shape(name)
    if said is None or shape is None or name in WITHOUT_A_RULE or name in NAMED_OTHERWISE:
        return
    model = architecture(shape.config, name)
    tower = model.vision.parameters(1) if model.vision else 0
    assert (model.parameters + tower) / 1e9 == pytest.approx(float(said[1]), rel=0.32)


def test_what_has_no_rule_is_in_the_catalogue() -> None:
    assert WITHOUT_A_RULE.keys() <= set(model_shape_names())

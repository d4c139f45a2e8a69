"""A stack of models on the foundation of another stack."""

from pathlib import Path

from infra.spec.environment import Environment, Layer
from infra.spec.explain import explain_stack
from tests.unit.spec.stacks import GOOD, Config, a_stack, loaded, mistakes, only

BASE = a_stack(environment="prod", layers=["foundation", "platform"], models=None)


def extending(**sections: object) -> Config:
    """Return a stack that extends aws-prod and builds the models."""
    own = {"extends": "aws-prod", "layers": ["models"], "models": GOOD["models"], **sections}
    return {f"tokenworks:{key}": value for key, value in own.items() if value is not None}


def test_cloud_cluster_pools_and_environment_come_from_the_base() -> None:
    spec = loaded(extending(), "aws-prod-models", aws_prod=BASE)
    base = loaded(BASE, "aws-prod")

    assert (spec.cloud, spec.cluster, spec.gpu_pools) == (base.cloud, base.cluster, base.gpu_pools)
    assert spec.environment is Environment.PROD
    assert (spec.name, spec.extends, spec.platform_name) == (
        "aws-prod-models",
        "aws-prod",
        "aws-prod",
    )


def test_the_two_stacks_build_their_own_layers() -> None:
    assert loaded(BASE, "aws-prod").layers == (Layer.FOUNDATION, Layer.PLATFORM)
    assert loaded(extending(layers=None), "m", aws_prod=BASE).layers == (Layer.MODELS,)


def test_the_environment_of_the_base_decides_the_defaults_of_the_models() -> None:
    assert loaded(extending(), "m", aws_prod=BASE).models[0].replicas.min == 2


def test_a_layer_is_built_by_one_of_the_two() -> None:
    mistake = only(extending(layers=["platform", "models"]), "m", aws_prod=BASE)

    assert mistake.problem == "platform is built by aws-prod already"


def test_a_base_that_builds_everything_leaves_nothing_to_build() -> None:
    whole = {**BASE, "tokenworks:layers": ["foundation", "platform", "models"]}

    assert only(extending(), "m", aws_prod=whole).problem == "models is built by aws-prod already"


def test_a_layer_needs_the_layers_below_it() -> None:
    bare = {**BASE, "tokenworks:layers": ["foundation"]}
    mistake = only(extending(), "m", aws_prod=bare)

    assert mistake.problem == "models stands on platform, which no stack builds"


def test_a_stack_of_models_alone_is_told_to_extend() -> None:
    mistake = only(a_stack(layers=["models"]))

    assert mistake.problem == "models stands on foundation and platform, which no stack builds"
    assert "extends:" in mistake.next_step


def test_models_in_a_stack_that_does_not_build_them_are_refused() -> None:
    assert only(a_stack(layers=["foundation", "platform"])).setting == "models"


def test_layers_are_built_in_order_whatever_the_order_they_are_written_in() -> None:
    layers = ["models", "foundation", "platform"]

    assert loaded(a_stack(layers=layers)).layers == tuple(Layer)


def test_a_layer_that_is_named_twice_is_refused() -> None:
    layers = ["foundation", "platform", "models", "models"]

    assert only(a_stack(layers=layers)).setting == "layers[3]"


def test_no_layer_at_all_is_refused() -> None:
    assert only(a_stack(layers=[])).problem == "names no layer"


def test_an_inherited_section_is_not_written_again() -> None:
    mistake = only(extending(cloud=GOOD["cloud"]), "m", aws_prod=BASE)

    assert (mistake.setting, mistake.problem) == (
        "cloud",
        "comes from aws-prod, which this stack extends",
    )


def test_a_mistake_of_the_base_is_reported_once() -> None:
    broken = {**BASE, "tokenworks:cloud": {"provider": "aws", "region": "nowhere"}}

    assert only(extending(), "m", aws_prod=broken).setting == "cloud.region"


def test_a_base_that_is_missing_is_the_only_mistake() -> None:
    mistake = only(extending(), "m")

    assert mistake.problem == "there is no such stack"
    assert mistake.next_step == "write stacks/Pulumi.aws-prod.yaml"


def test_a_chain_is_refused() -> None:
    middle: Config = {"tokenworks:extends": "aws-base"}

    assert only(extending(), "m", aws_prod=middle).problem == "aws-prod itself extends aws-base"


def test_a_cycle_is_refused() -> None:
    back: Config = {"tokenworks:extends": "m"}

    assert only(extending(), "m", aws_prod=back).problem == "aws-prod extends this stack in turn"


def test_a_stack_does_not_extend_itself() -> None:
    assert only(extending(), "aws-prod").problem == "a stack cannot extend itself"


def test_a_broken_base_does_not_hide_mistakes_of_the_models() -> None:
    models = [{"name": "VLLM", "source": "o/m", "weightsGib": 1.0, "pool": "l4", "context": 4096}]

    found = mistakes(extending(models=models), "m")

    assert [one.setting for one in found] == ["extends", "models[VLLM].name"]


def test_the_same_model_size_is_derived_as_in_one_stack() -> None:
    one = loaded(a_stack(environment="prod"))
    two = loaded(extending(), "m", aws_prod=BASE)

    assert two.models == one.models


def test_explain_names_the_line_of_the_base(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.aws-prod.yaml").write_text(
        "config:\n"
        "  tokenworks:environment: prod\n"
        "  tokenworks:layers: [foundation, platform]\n"
        "  tokenworks:cloud: {provider: aws, region: us-east-1}\n"
        "  tokenworks:gpuPools: [{name: l4, gpu: L4, spot: {max: 1}}]\n"
        "  tokenworks:observability: {pagerduty: {}}\n"
    )
    (tmp_path / "Pulumi.aws-prod-models.yaml").write_text(
        "config:\n"
        "  tokenworks:extends: aws-prod\n"
        "  tokenworks:models: [{name: m, source: o/m, weightsGib: 2, pool: l4, context: 4096}]\n"
    )

    origins = {one.setting: one.origin for one in explain_stack("aws-prod-models", tmp_path)}

    assert origins["extends"] == "stacks/Pulumi.aws-prod-models.yaml:2"
    assert origins["cloud.region"] == "extends aws-prod (stacks/Pulumi.aws-prod.yaml:4)"
    assert origins["models[m].context"] == "stacks/Pulumi.aws-prod-models.yaml:3"
    assert origins["models[m].replicas.min"] == "default (prod)"
    assert origins["models[m].replicas.max"] == "default (replicas.min)"

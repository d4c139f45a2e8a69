"""All mistakes in one report, each complete, none of them false."""

import pytest

from infra.spec.files import load_stack_file
from infra.spec.mistakes import SpecError
from tests.unit.spec.stacks import a_model, a_pool, a_stack, mistakes, only

TEN_MISTAKES = """\
config:
  tokenworks:environment: production
  tokenworks:cloud: {provider: aws, region: us-eats-1, zones: 4, networkCidr: 10.0.3.0/16}
  tokenworks:cluster:
    kubernetesVersion: 1.35
    endpointAccess: [203.0.113.7]
  tokenworks:dns: {domain: llm.example.com}
  tokenworks:gpuPools:
    - {name: l4, gpu: L4, spot: {min: 3, max: 1}}
  tokenworks:models:
    - {name: qwen2.5-7b, source: Qwen/Qwen2.5-7B-Instruct, pool: l40, context: 16384}
    - {name: vllm, source: o/m, weightsGib: 2, pool: l4, context: 4096}
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> SpecError:
    """The report on a stack file with ten different mistakes."""
    folder = tmp_path_factory.mktemp("stacks")
    (folder / "Pulumi.aws-dev.yaml").write_text(TEN_MISTAKES)
    with pytest.raises(SpecError) as caught:
        load_stack_file("aws-dev", folder)
    return caught.value


def test_a_file_with_ten_different_mistakes_gets_ten_reports(report: SpecError) -> None:
    assert [mistake.setting for mistake in report.mistakes] == [
        "environment",
        "cloud.zones",
        "cloud.region",
        "cloud.networkCidr",
        "cluster.kubernetesVersion",
        "cluster.endpointAccess[0]",
        "dns",
        "gpuPools[l4].spot",
        "models[qwen2.5-7b].pool",
        "models[vllm].name",
    ]


def test_every_mistake_of_a_file_names_its_line(report: SpecError) -> None:
    lines = [int(mistake.where.rpartition(":")[2]) for mistake in report.mistakes]

    assert lines == [2, 3, 3, 3, 5, 6, 7, 9, 11, 12]


def test_every_mistake_has_all_five_parts(report: SpecError) -> None:
    for mistake in report.mistakes:
        parts = (mistake.setting, mistake.problem, mistake.got, mistake.allowed, mistake.next_step)
        assert all(part.strip() for part in parts), mistake


def test_the_report_reads_as_one_paragraph_a_mistake(report: SpecError) -> None:
    text = str(report)

    assert text.startswith("stack aws-dev: 10 mistakes\n\nenvironment: is not a choice")
    assert (
        "cloud.region: unknown region  (stacks/Pulumi.aws-dev.yaml:3)\n"
        '  got:     "us-eats-1"\n'
        "  allowed: one of: ap-east-1, "
    ) in text
    assert "  next:    did you mean us-east-1?" in text


def test_a_stack_without_mistakes_gets_no_report() -> None:
    assert mistakes(a_stack()) == ()


@pytest.mark.parametrize(
    ("what", "config"),
    [
        ("a misspelt required setting", a_stack(cloud={"provider": "aws", "regoin": "us-east-1"})),
        (
            "a misspelt section that models need",
            {**a_stack(gpuPools=None), "tokenworks:gpuPool": []},
        ),
        (
            "a misspelt required section",
            {**a_stack(cloud=None), "tokenworks:cluod": {"region": "x"}},
        ),
        ("a pool with an unknown GPU, which a model uses", a_pool(gpu="L4O")),
        ("a pool with no such machine", a_pool(gpusPerNode=3)),
        ("a pool with an impossible GPU count", a_pool(gpusPerNode="one")),
        ("a pool whose machine type is not text", a_pool(machineType=6)),
        ("a list of pools that is no list", a_stack(gpuPools={"name": "l4"})),
        ("a group that is no group", a_stack(cloud="aws")),
        ("bounds that are no group", a_pool(spot=2)),
        ("one bound that is no number", a_pool(spot={"min": 5, "max": "many"})),
        ("replicas with a broken min", a_model(replicas={"min": -1})),
        ("a model with no valid number of GPUs", a_model(tensorParallel=0)),
        ("a model whose memory is broken", a_model(memoryGib="8Gi")),
        ("a misspelt extends", {**a_stack(environment=None, cloud=None), "tokenworks:extend": "x"}),
        ("a layer that is not one", a_stack(layers=["foundation", "platforms", "models"])),
    ],
)
def test_one_broken_setting_is_reported_once(what: str, config: dict[str, object]) -> None:
    assert only(config), what


def test_a_broken_setting_does_not_hide_another_one_beside_it() -> None:
    found = mistakes(a_pool(diskGib=1, gpu="L5", spot={"min": 4, "max": 2}))

    assert [mistake.setting for mistake in found] == [
        "gpuPools[l4].diskGib",
        "gpuPools[l4].spot",
        "gpuPools[l4].gpu",
    ]

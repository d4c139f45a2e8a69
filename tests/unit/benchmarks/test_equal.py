"""The comparison that stands before every measurement finds what is not the same."""

from pathlib import Path

import pytest

from benchmarks.equal import NotEqualError, differences, require_equal
from infra.graph.record import record_stack
from tests.unit.benchmarks.samples import PROGRAM, STACK, write_sample

CHANGES = [
    ("another input", '"10.0.0.0/16"', '"10.9.0.0/16"', "Vpc net: inputs"),
    ("another name", '"logs", retention', '"log", retention', "LogGroup log: only"),
    ("another type", "aws.ec2.Subnet(", "aws.ec2.RouteTable(", "RouteTable net: only"),
    ("no dependency", "depends_on=[logs]", "", "Subnet net: depends_on"),
    ("a literal for an output", "vpc_id=self.vpc.id", 'vpc_id="${net.id}"', "values come from"),
    ("another provider", 'Provider("inside",', 'Provider("outside",', "Namespace home: provider"),
    ("no protection", ", protect=True", "", "LogGroup logs: protect"),
    ("other timeouts", '"30m"', '"10m"', "NodeGroup group: custom_timeouts"),
    ("no ignored change", 'ignore_changes=["scalingConfig.desiredSize"],', "", "ignore_changes"),
    ("a secret in clear", 'pulumi.Output.secret("hush")', '"hush"', "ConfigMap token: inputs"),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"), [change[1:] for change in CHANGES], ids=[c[0] for c in CHANGES]
)
@pytest.mark.thorough
def test_a_difference_is_named(before: str, after: str, expected: str, tmp_path: Path) -> None:
    assert before in PROGRAM
    ours = record_stack(STACK, folder=write_sample(tmp_path / "ours"))
    other = write_sample(tmp_path / "other", PROGRAM.replace(before, after))

    found = list(differences(ours, record_stack(STACK, folder=other)))

    assert any(expected in line for line in found), found


def test_a_missing_resource_is_named(tmp_path: Path) -> None:
    ours = record_stack(STACK, folder=write_sample(tmp_path / "ours"))
    shorter = PROGRAM[: PROGRAM.index("kubernetes.core.v1.ConfigMap(")]
    other = record_stack(STACK, folder=write_sample(tmp_path / "other", shorter))

    assert list(differences(ours, other)) == [
        "kubernetes:core/v1:ConfigMap token: the flat program lacks it"
    ]


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    ours = record_stack(STACK, folder=write_sample(tmp_path / "ours"))
    program = PROGRAM.replace('"hush"', '"whisper"')
    other = record_stack(STACK, folder=write_sample(tmp_path / "other", program))

    with pytest.raises(NotEqualError) as error:
        require_equal(ours, other)

    assert "ConfigMap token" in str(error.value)
    assert "hush" not in str(error.value)
    assert "whisper" not in str(error.value)


SECOND = """

class Second(pulumi.ComponentResource):
    def __init__(self, name, opts):
        super().__init__("sample:index:Second", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        aws.ec2.Vpc("net", cidr_block="10.1.0.0/16", opts=child)
        self.register_outputs({})


Second("second", pulumi.ResourceOptions(providers=[cloud]))
"""


def test_resources_that_cannot_be_told_apart_are_named(tmp_path: Path) -> None:
    graph = record_stack(STACK, folder=write_sample(tmp_path / "ours", PROGRAM + SECOND))

    assert list(differences(graph, graph)) == [
        "aws:ec2/vpc:Vpc net: declared more than once, so that the two cannot be compared"
    ]

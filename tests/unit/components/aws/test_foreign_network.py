"""A network that is somebody else's."""

import pulumi
import pytest

from components.aws.foreign_network import ForeignNetworkError, foreign_network
from components.aws.provider import aws_provider
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples

SPEC = examples.NETWORK.model_copy(
    update={
        "vpc_id": "vpc-0a1",
        "private_subnet_ids": ("subnet-0a", "subnet-0b"),
        "public_subnet_ids": ("subnet-0c",),
    }
)


def _foreign() -> Graph:
    def program() -> None:
        ref = foreign_network(SPEC, aws_provider("the-aws", examples.PLATFORM))
        pulumi.export("vpc", ref.vpc_id)
        pulumi.export("cidr", ref.cidr)
        pulumi.export("private", pulumi.Output.all(*ref.private_subnet_ids))
        pulumi.export("zones", pulumi.Output.all(*ref.private_zones))
        pulumi.export("public", pulumi.Output.all(*ref.public_subnet_ids))
        assert ref.egress == ()

    return record_program(program, stack="aws-dev")


def test_nothing_is_created_in_a_network_of_somebody_else() -> None:
    assert [item.name for item in _foreign().resources if not item.is_provider] == []


def test_it_looks_like_a_network_of_our_own() -> None:
    outputs = _foreign().outputs

    assert outputs["vpc"] == "vpc-0a1"
    assert outputs["private"] == ["subnet-0a", "subnet-0b"]
    assert outputs["public"] == ["subnet-0c"]


def test_range_and_zones_are_asked_of_the_cloud_and_not_written_down_twice() -> None:
    graph = _foreign()
    zones = graph.outputs["zones"]

    assert graph.outputs["cidr"] == "172.31.0.0/16"
    assert isinstance(zones, list)
    assert len(zones) == 2
    assert all(str(zone).startswith("us-east-1") for zone in zones)
    assert [item.arguments for item in graph.invokes] == [
        {"id": "vpc-0a1"},
        {"id": "subnet-0a"},
        {"id": "subnet-0b"},
    ]


def test_a_stack_without_a_foreign_network_has_none() -> None:
    def program() -> None:
        foreign_network(examples.NETWORK, aws_provider("the-aws", examples.PLATFORM))

    with pytest.raises(ForeignNetworkError, match=r"network.vpcId: must be an id, got none"):
        record_program(program, stack="aws-dev")

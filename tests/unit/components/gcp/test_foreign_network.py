"""A network that exists."""

import pulumi
import pytest

from components.gcp.foreign_network import ForeignNetworkError, foreign_network
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples_gcp as examples

NETWORK = examples.NETWORK.model_copy(
    update={
        "vpc_id": "shared",
        "private_subnet_ids": ("gpus",),
        "pod_range": "gpus-pods",
        "service_range": "gpus-services",
    }
)


def _foreign() -> Graph:
    def program() -> None:
        ref = foreign_network(NETWORK, examples.provider(), examples.PLATFORM)
        for name in ("network", "subnetwork", "pod_range", "service_range", "cidr"):
            pulumi.export(name, getattr(ref, name))

    return record_program(program, stack="gcp-dev")


def test_it_is_the_handle_that_our_own_network_gives() -> None:
    assert _foreign().outputs == {
        "network": "shared",
        "subnetwork": "gpus",
        "pod_range": "gpus-pods",
        "service_range": "gpus-services",
        "cidr": "10.128.0.0/20",
    }


def test_network_and_subnetwork_are_asked_about_and_nothing_is_made() -> None:
    graph = _foreign()

    assert [item.arguments for item in graph.invokes] == [
        {"name": "shared"},
        {"name": "gpus", "region": "us-central1"},
    ]
    assert [item for item in graph.resources if not item.is_provider] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"vpc_id": None},
        {"private_subnet_ids": ()},
        {"private_subnet_ids": ("a", "b")},
        {"pod_range": None},
        {"service_range": None},
    ],
)
def test_what_is_not_named_is_said(changes: dict[str, object]) -> None:
    spec = NETWORK.model_copy(update=changes)

    with pytest.raises(ForeignNetworkError, match=r"must name vpcId.*name all four"):
        record_program(
            lambda: foreign_network(spec, examples.provider(), examples.PLATFORM), stack="gcp-dev"
        )

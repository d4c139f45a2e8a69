"""The zone of the gateway's domain in the layers: where one is made, and who finds it."""

import pytest

from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.layers import build
from infra.spec.environment import Layer
from infra.spec.gateway import Issuer
from infra.spec.stack import StackSpec
from infra.wire import Properties
from tests.support.graphs import upstream
from tests.unit.components import examples, examples_gcp

ZONES = ("aws:route53/zone:Zone", "gcp:dns/managedZone:ManagedZone")
SIGNED = {"gateway": examples.GATEWAY.model_copy(update={"issuer": Issuer.LETSENCRYPT})}
AWS = examples.stack_spec().model_copy(update=SIGNED)
GCP = examples_gcp.stack_spec().model_copy(update=SIGNED)
RIGHTS = {
    AWS.name: ("aws-dev-cert-manager-association", "aws-dev-external-dns-association"),
    GCP.name: (
        "gcp-dev-cert-manager-proves-domain",
        "gcp-dev-external-dns-points-hosts",
        "gcp-dev-external-dns-finds-zones",
    ),
}
NAMES = "names-external-dns"
ROUTE = "qwen2-5-7b-way-in-httproute"
each_cloud = pytest.mark.parametrize("spec", [AWS, GCP], ids=["aws", "gcp"])


def record(spec: StackSpec, references: dict[str, Properties] | None = None) -> Graph:
    return record_program(lambda: build(spec), stack=spec.name, references=references)


@each_cloud
def test_a_person_finds_the_name_servers_and_who_writes_in_the_zone_its_rights(
    spec: StackSpec,
) -> None:
    graph = record(spec)

    (zone,) = graph.of_type(*ZONES)
    assert zone.name == f"{spec.name}-dns-zone"
    assert graph.outputs["dnsNameServers"]
    assert zone.name in str(graph.outputs["dnsZone"])
    for right in RIGHTS[spec.name]:
        assert graph.named(right)


@each_cloud
@pytest.mark.parametrize(
    "gateway",
    [examples.GATEWAY, SIGNED["gateway"].model_copy(update={"domain": None})],
    ids=["self-signed", "no gateway"],
)
def test_where_no_authority_asks_there_is_neither_zone_nor_right(
    spec: StackSpec, gateway: object
) -> None:
    graph = record(spec.model_copy(update={"gateway": gateway}))

    assert graph.of_type(*ZONES) == ()
    assert not {*RIGHTS[spec.name], NAMES} & {item.name for item in graph.resources}
    assert "dnsZone" not in graph.outputs
    assert "dnsNameServers" not in graph.outputs


@each_cloud
def test_a_platform_of_its_own_proves_the_domain_in_the_zone_of_the_stack_below(
    spec: StackSpec,
) -> None:
    below = record(spec.model_copy(update={"layers": (Layer.FOUNDATION,)}))
    above = spec.model_copy(
        update={"name": "above", "extends": spec.name, "layers": (Layer.PLATFORM,)}
    )
    graph = record(above, {f"organization/tokenworks/{spec.name}": below.outputs})

    assert below.of_type(*ZONES)
    assert graph.of_type(*ZONES) == ()
    assert str(below.outputs["dnsZone"]) in str(graph.named("gateway-certificate-issuer").inputs)
    assert str(below.outputs["dnsZone"]) in str(graph.named(NAMES).inputs)


@each_cloud
def test_records_are_kept_from_before_the_first_route_until_after_the_last(
    spec: StackSpec,
) -> None:
    """Its rights and the kinds come before it: else it does not start, and leaves records."""
    graph = record(spec)
    earlier = upstream(graph, NAMES)

    assert NAMES in upstream(graph, ROUTE)
    assert NAMES in upstream(graph, "models-home-namespace"), "which takes longer to end"
    assert {*RIGHTS[spec.name], "gateway-gateway-crds-helm"} <= earlier

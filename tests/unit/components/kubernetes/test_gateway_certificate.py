"""The gateway's certificate: who signs it, and in which order."""

import json

import pulumi

from components.handles import NamespaceRef, ZoneRef
from components.kubernetes.gateway_certificate import GatewayCertificate
from components.kubernetes.gateway_names import CERTIFICATE_SECRET
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.gateway import Issuer
from tests.support.graphs import before
from tests.unit.components import examples


def certificate(issuer: Issuer, zone: ZoneRef | None = None) -> Graph:
    return record_program(
        lambda: GatewayCertificate(
            "certificate",
            examples.GATEWAY.model_copy(update={"issuer": issuer}),
            cloud=examples.CLOUD,
            zone=zone,
            namespace=NamespaceRef("gateway", pulumi.Output.from_input("gateway")),
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


def inputs(graph: Graph, name: str, kind: str) -> dict:
    return json.loads(json.dumps(graph.named(name, kind).inputs))


def test_the_gateway_finds_its_certificate_where_it_looks_for_it() -> None:
    graph = certificate(Issuer.SELF_SIGNED)
    said = inputs(graph, "certificate-public", "Certificate")

    assert said["metadata"]["namespace"] == "gateway"
    assert said["spec"]["secretName"] == CERTIFICATE_SECRET
    assert said["spec"]["dnsNames"] == [f"*.{examples.GATEWAY.domain}"]


def test_without_anybody_outside_the_clusters_own_authority_signs() -> None:
    graph = certificate(Issuer.SELF_SIGNED)
    public = graph.named("certificate-public", "Certificate")
    issuers = {item.name for item in graph.of_type("ClusterIssuer")}

    assert issuers == {"certificate-self-signer", "certificate-issuer"}
    signed = inputs(graph, "certificate-issuer", "ClusterIssuer")
    wanted = inputs(graph, "certificate-public", "Certificate")["spec"]["issuerRef"]["name"]
    assert signed["metadata"]["name"] == wanted
    for name, kind in (
        ("certificate-issuer", "ClusterIssuer"),
        ("certificate-authority", "Certificate"),
        ("certificate-self-signer", "ClusterIssuer"),
    ):
        assert graph.named(name, kind).urn in before(graph, public)


def test_lets_encrypt_is_shown_a_record_in_the_zone_and_there_is_no_other_authority() -> None:
    graph = certificate(
        Issuer.LETSENCRYPT, ZoneRef("llm.example.com", pulumi.Output.from_input("Z123"))
    )
    (issuer,) = graph.of_type("ClusterIssuer")
    said = inputs(graph, issuer.name, "ClusterIssuer")

    (solver,) = said["spec"]["acme"]["solvers"]
    assert solver["dns01"]["route53"]["hostedZoneID"] == "Z123"
    assert len(graph.of_type("Certificate")) == 1

"""The zone of the gateway's domain on AWS, and who may write which records in it."""

import pulumi
import pytest

from components.aws.dns import DnsZone
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.iam.documents import DocumentKind, read
from infra.iam.evaluate import Request, evaluate
from infra.wire import plain
from tests.unit.components import examples

DOMAIN = "llm.example.com"
CHANGE, LIST = "route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"
NAMES, TYPES = f"{CHANGE}NormalizedRecordNames", f"{CHANGE}RecordTypes"
CHALLENGE = f"_acme-challenge.{DOMAIN}"
OTHER_ZONE = "arn:aws:route53:::hostedzone/Z0OTHER"


def _graph(*, protected: bool = False) -> Graph:
    def program() -> None:
        made = DnsZone(
            "dns",
            DOMAIN,
            platform=examples.PLATFORM,
            protected=protected,
            opts=examples.with_aws(),
        )
        pulumi.export("prover", made.prover)
        pulumi.export("pointer", made.pointer)

    return record_program(program, stack="aws-dev")


def _is_allowed(
    action: str, resource: str | None = None, who: str = "prover", **keys: str | tuple[str, ...]
) -> bool:
    graph = _graph()
    zone = str(plain(graph.named("dns-zone").outputs["arn"]))
    policy = read(str(graph.outputs[who]), name=who, kind=DocumentKind.IDENTITY)
    asked = Request(
        principal="arn:aws:iam::123456789012:role/cert-manager",
        action=action,
        resource=resource or zone,
        context={f"{CHANGE}{key}": value for key, value in keys.items()},
    )
    return evaluate([policy], asked).is_allowed


def _changes(*names: str, kinds: tuple[str, ...] = ("TXT",), zone: str | None = None) -> bool:
    return _is_allowed(CHANGE, zone, NormalizedRecordNames=names, RecordTypes=kinds)


def _points(*names: str, kinds: tuple[str, ...] = ("A", "TXT"), zone: str | None = None) -> bool:
    return _is_allowed(CHANGE, zone, "pointer", NormalizedRecordNames=names, RecordTypes=kinds)


@pytest.mark.parametrize("protected", [True, False])
def test_the_zone_is_public_bears_the_domain_and_takes_records_along_unless_it_is_protected(
    *, protected: bool
) -> None:
    zone = _graph(protected=protected).named("dns-zone")

    assert zone.inputs["name"] == DOMAIN
    assert zone.inputs["forceDestroy"] is not protected
    assert "vpcs" not in zone.inputs
    assert zone.protect is protected


@pytest.mark.parametrize("name", [CHALLENGE, f"_acme-challenge.a-model.{DOMAIN}"])
def test_a_challenge_of_the_domain_or_a_host_below_it_is_written(name: str) -> None:
    assert _changes(name)


@pytest.mark.parametrize("name", [DOMAIN, f"a-model.{DOMAIN}", "_acme-challenge.example.com"])
def test_no_other_name_is_written_alone_or_beside_a_challenge(name: str) -> None:
    assert not _changes(name)
    assert not _changes(CHALLENGE, name)


def test_no_other_type_is_written_and_nothing_in_another_zone() -> None:
    assert not _changes(CHALLENGE, kinds=("A",))
    assert not _changes(CHALLENGE, kinds=("TXT", "CNAME"))
    assert not _changes(CHALLENGE, zone=OTHER_ZONE)


def test_a_change_that_does_not_say_what_it_changes_is_refused() -> None:
    """`ForAllValues` alone holds where a key is missing."""
    assert not _is_allowed(CHANGE)
    assert not _is_allowed(CHANGE, NormalizedRecordNames=CHALLENGE)
    assert not _is_allowed(CHANGE, RecordTypes="TXT")


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        (LIST, None, True),
        (LIST, OTHER_ZONE, False),
        ("route53:GetChange", "arn:aws:route53:::change/C1", True),
        ("route53:DeleteHostedZone", None, False),
        ("route53:ListHostedZonesByName", OTHER_ZONE, False),
    ],
)
def test_it_reads_its_own_zone_and_waits_for_changes(
    action: str, resource: str | None, *, allowed: bool
) -> None:
    assert _is_allowed(action, resource) is allowed


@pytest.mark.parametrize("kinds", [("A", "TXT"), ("CNAME", "TXT")])
def test_a_host_is_pointed_somewhere_beside_the_word_whose_it_is(kinds: tuple[str, ...]) -> None:
    owner = f"_{kinds[0].lower()}-owner.a-model.{DOMAIN}"

    assert _points(f"a-model.{DOMAIN}", owner, kinds=kinds)


@pytest.mark.parametrize("name", [DOMAIN, "a-model.example.com", CHALLENGE])
def test_whoever_points_hosts_writes_neither_the_domain_nor_a_challenge(name: str) -> None:
    assert not _points(name)
    assert not _points(f"a-model.{DOMAIN}", name)
    assert not _points(f"_acme-challenge.a-model.{DOMAIN}", kinds=("TXT",))


@pytest.mark.parametrize("kind", ["NS", "SOA", "MX", "CAA", "DS"])
def test_whoever_points_hosts_delegates_nothing_and_changes_no_mail(kind: str) -> None:
    assert not _points(f"a-model.{DOMAIN}", kinds=(kind,))
    assert not _points(f"a-model.{DOMAIN}", kinds=("A", kind))


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        (LIST, None, True),
        (LIST, OTHER_ZONE, False),
        ("route53:ListHostedZones", "*", True),
        ("route53:GetHostedZone", None, False),
        ("route53:DeleteHostedZone", None, False),
        ("route53:ListTagsForResources", None, False),
    ],
)
def test_whoever_points_hosts_finds_the_zone_and_reads_no_other(
    action: str, resource: str | None, *, allowed: bool
) -> None:
    assert _is_allowed(action, resource, "pointer") is allowed
    assert not _points(f"a-model.{DOMAIN}", zone=OTHER_ZONE)
    assert not _is_allowed(CHANGE, None, "pointer")

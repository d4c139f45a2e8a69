"""What a rehearsal says of the hosts: from what is in the zone, and from nothing else."""

from types import SimpleNamespace
from typing import cast

import pytest

from infra.rehearsal import clouds
from infra.rehearsal.clouds import CloudDoor, aws, gcp, rehearsed_cloud
from infra.rehearsal.names import Names, names
from infra.rehearsal.site import Site
from infra.rehearsal.way_in import WayIn
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Layer
from infra.spec.gateway import Issuer
from infra.spec.stack import StackSpec
from infra.wire import Properties
from tests.unit.components import examples

DOMAIN = "llm.example.com"
LB = "a1b2.us-east-1.elb.amazonaws.com"
SIGNED = examples.GATEWAY.model_copy(update={"issuer": Issuer.LETSENCRYPT, "domain": DOMAIN})
SPEC = examples.stack_spec().model_copy(update={"gateway": SIGNED})
GATEWAY = WayIn(LB, (f"a.{DOMAIN}", f"b.{DOMAIN}"), ())
DOOR = CloudDoor("http://127.0.0.1:1", {}, "us-east-1")
ROUTE_53: dict[str, Properties] = {
    "ListHostedZones": {
        "HostedZones": [
            {"Id": "/hostedzone/Z1", "Name": f"{DOMAIN}."},
            {"Id": "/hostedzone/Z2", "Name": "other.example.com."},
        ]
    },
    "Z1": {
        "ResourceRecordSets": [
            {"Name": f"{DOMAIN}.", "Type": "NS", "ResourceRecords": [{"Value": "ns."}]},
            {"Name": f"a.{DOMAIN}.", "Type": "A", "AliasTarget": {"DNSName": f"{LB}."}},
            {"Name": f"b.{DOMAIN}.", "Type": "A", "ResourceRecords": [{"Value": "192.0.2.1"}]},
            {"Name": f"_a-owner.b.{DOMAIN}.", "Type": "TXT", "ResourceRecords": [{"Value": LB}]},
        ]
    },
}
CLOUD_DNS: dict[str, Properties] = {
    "dns.managedZones.list": {
        "managedZones": [
            {"name": "llm", "dnsName": f"{DOMAIN}."},
            {"name": "other", "dnsName": "other.example.com."},
        ]
    },
    "llm": {
        "rrsets": [
            {"name": f"a.{DOMAIN}.", "type": "A", "rrdatas": ["192.0.2.1"]},
            {"name": f"c.{DOMAIN}.", "type": "CNAME", "rrdatas": ["lb.example.net."]},
            {"name": f"_a-owner.a.{DOMAIN}.", "type": "TXT", "rrdatas": ['"x"']},
        ]
    },
}


class _Aws:
    """Route 53 with these answers."""

    def call(self, _service: str, operation: str, **parameters: str) -> Properties:
        return ROUTE_53[parameters.get("HostedZoneId", operation)]


class _Google:
    """Cloud DNS with these answers."""

    project = "acme-llm"

    def call(self, method: str, **parameters: str) -> Properties:
        return CLOUD_DNS[parameters.get("managedZone", method)]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(aws, "api", lambda _door: _Aws())
    monkeypatch.setattr(gcp, "api", lambda _door: _Google())
    found = SimpleNamespace(cloud=clouds.rehearsed_cloud(CloudProvider.AWS), door=DOOR)
    return cast("Site", found)


def test_a_host_counts_when_its_record_is_the_gateways_address(site: Site) -> None:
    found = names(site, [SPEC], GATEWAY)

    assert found == Names({f"a.{DOMAIN}": True, f"b.{DOMAIN}": False})
    assert found.text == f"1 of 2 hosts point at the gateway; b.{DOMAIN} does not"
    assert found.missing == [f"b.{DOMAIN}"]


def test_all_of_them_are_said_in_a_word() -> None:
    assert Names({"a": True, "b": True}).text == "2 of 2 hosts point at the gateway"


@pytest.mark.parametrize("address", [None, "elsewhere.example.net"])
def test_without_the_gateways_own_address_no_host_points_at_it(
    site: Site, address: str | None
) -> None:
    found = names(site, [SPEC], WayIn(address, GATEWAY.hosts, ()))

    assert found is not None
    assert found.missing == [*GATEWAY.hosts]


@pytest.mark.parametrize(
    ("spec", "gateway"),
    [
        (SPEC, None),
        (SPEC.model_copy(update={"gateway": examples.GATEWAY}), GATEWAY),
        (SPEC.model_copy(update={"layers": (Layer.MODELS,)}), GATEWAY),
    ],
    ids=["no gateway", "self-signed", "no zone of its own"],
)
def test_without_a_zone_nothing_is_said(site: Site, spec: StackSpec, gateway: WayIn | None) -> None:
    assert names(site, [spec], gateway) is None


def test_each_cloud_says_where_its_hosts_point(site: Site) -> None:
    assert site.cloud.host_targets(DOOR, DOMAIN) == {
        f"a.{DOMAIN}": [LB],
        f"b.{DOMAIN}": ["192.0.2.1"],
    }
    assert rehearsed_cloud(CloudProvider.GCP).host_targets(DOOR, DOMAIN) == {
        f"a.{DOMAIN}": ["192.0.2.1"],
        f"c.{DOMAIN}": ["lb.example.net"],
    }

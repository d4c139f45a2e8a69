"""Route 53 as external-dns' pod uses it, with the document of the component and with less."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pulumi
import pytest

from components.aws.dns import DnsZone
from infra.graph.recorder import record_program
from infra.rehearsal.controllers.external_dns.port import (
    Changes,
    HostsError,
    Record,
    Scope,
    Update,
)
from infra.rehearsal.controllers.own_pods import Caller
from infra.wire import Properties
from tests.unit.components import examples
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import IDENTITY, ZONE, Network, Scene

if TYPE_CHECKING:
    from tests.unit.rehearsal.cloud.wire import Made

DOMAIN = "llm.example.com"
HOST = f"qwen.{DOMAIN}"
CALLER = Caller("external-dns", "external-dns")
BALANCER = "a1b2.us-east-1.elb.amazonaws.com"
NETWORK_BALANCER = "k8s-gateway.elb.us-east-1.amazonaws.com"
OWNER = Record(f"_cname-owner.{HOST}", "TXT", ('"heritage=external-dns"',))


class Pods:
    """A zone, a cluster, and a pod with a role that may do what a test says."""

    def __init__(self, scene: Scene, simulation: Simulation, network: Network) -> None:
        self.region = simulation.cloud.account.region("us-east-1")
        self.dns = simulation.cloud.dns_hosts
        self.scene = scene
        self.zone: Made = scene.make(ZONE, name=DOMAIN, comment="Gateway", forceDestroy=True)
        self.scope = Scope((DOMAIN,), (self.zone.physical_id,))
        self.role = scene.pod_role()
        scene.make(
            IDENTITY,
            clusterName=scene.cluster(network)["name"],
            namespace=CALLER.namespace,
            serviceAccount=CALLER.account,
            roleArn=self.role["arn"],
        )

    def allow(self, *statements: Properties) -> None:
        said = [{"Effect": "Allow", **statement} for statement in statements]
        self._put(json.dumps({"Version": "2012-10-17", "Statement": said}))

    def allow_as_declared(self) -> None:
        """Give the role what the component gives it, for the zone that is there."""

        def program() -> None:
            made = DnsZone(
                "dns", DOMAIN, platform=examples.PLATFORM, protected=False, opts=examples.with_aws()
            )
            pulumi.export("pointer", made.pointer)

        graph = record_program(program, stack="aws-dev")
        recorded = str(graph.named("dns-zone").outputs["arn"])
        document = str(graph.outputs["pointer"])
        self._put(document.replace(recorded, f"arn:aws:route53:::hostedzone/{self.id}"))

    @property
    def id(self) -> str:
        """Return the zone's."""
        return self.zone.physical_id

    def _put(self, document: str) -> None:
        self.region.call(
            "iam",
            "put_role_policy",
            RoleName=str(self.role["name"]),
            PolicyName="dns",
            PolicyDocument=document,
        )

    def clear(self) -> None:
        """Leave the account as it was: the others of this process share it."""
        self.allow({"Action": "route53:GetChange", "Resource": "*"})
        self.region.call(
            "iam", "delete_role_policy", RoleName=str(self.role["name"]), PolicyName="dns"
        )
        self.scene.clear()

    def apply(
        self,
        *create: Record,
        update: tuple[Update, ...] = (),
        delete: tuple[Record, ...] = (),
        caller: Caller = CALLER,
    ) -> str:
        """Make changes; return what the cloud says against them."""
        try:
            self.dns.apply(caller, self.scope, Changes(create, update, delete))
        except HostsError as error:
            return str(error)
        return ""

    def held(self) -> Mapping[tuple[str, str], Record]:
        return {
            (one.name, one.kind): one
            for one in self.dns.records(CALLER, self.scope)
            if one.kind not in ("NS", "SOA")
        }


@pytest.fixture
def pods(scene: Scene, simulation: Simulation, network: Network) -> Iterator[Pods]:
    made = Pods(scene, simulation, network)
    yield made
    made.clear()


def alias(target: str = BALANCER) -> Record:
    return Record(HOST, "A", (target,), alias=True)


@pytest.mark.parametrize("name", [BALANCER, NETWORK_BALANCER])
def test_a_load_balancers_name_is_kept_as_an_alias(pods: Pods, name: str) -> None:
    other = Record(HOST, "CNAME", ("lb.example.net",))

    assert pods.dns.adjusted([Record(HOST, "CNAME", (name,)), other]) == [alias(name), other]


def test_what_the_component_allows_is_enough_from_the_first_host_to_the_last(pods: Pods) -> None:
    pods.allow_as_declared()

    assert pods.apply(alias(), OWNER) == ""
    assert pods.held() == {(HOST, "A"): alias(), (OWNER.name, "TXT"): OWNER}
    moved = alias(NETWORK_BALANCER)
    assert pods.apply(update=(Update(alias(), moved), Update(OWNER, OWNER))) == ""
    assert pods.held()[HOST, "A"] == moved
    assert pods.apply(delete=(moved, OWNER)) == ""
    assert pods.held() == {}


def test_an_alias_that_becomes_an_address_takes_a_new_place(pods: Pods) -> None:
    pods.allow_as_declared()
    pods.apply(alias())
    plain = Record(HOST, "A", ("192.0.2.1",))

    assert pods.apply(update=(Update(alias(), plain),)) == ""
    assert pods.held() == {(HOST, "A"): plain}


@pytest.mark.parametrize(
    "record",
    [
        Record(f"_acme-challenge.{DOMAIN}", "TXT", ('"v"',)),
        Record(f"_acme-challenge.{HOST}", "TXT", ('"v"',)),
        Record(DOMAIN, "A", ("192.0.2.1",)),
        Record(HOST, "NS", ("ns.example.net",)),
    ],
)
def test_what_the_component_does_not_allow_is_refused_and_the_others_are_made(
    pods: Pods, record: Record
) -> None:
    pods.allow_as_declared()
    good = Record(f"good.{DOMAIN}", "A", ("192.0.2.2",))
    said = pods.apply(good, record)

    assert said.startswith(
        "failed to submit all changes: operation error Route 53: ChangeResourceRecordSets, "
        "https response error StatusCode: 403, api error AccessDenied: User: "
    )
    assert {*pods.held()} == {(good.name, "A")}


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("route53:ListHostedZones", "failed to list hosted zones"),
        ("route53:ListResourceRecordSets", "failed to list resource records sets for zone"),
    ],
)
def test_without_a_right_to_look_it_says_which(pods: Pods, left_out: str, said: str) -> None:
    actions = {
        *("route53:ListHostedZones", "route53:ListResourceRecordSets"),
        "route53:ChangeResourceRecordSets",
    }
    pods.allow({"Action": [*sorted(actions - {left_out})], "Resource": "*"})

    with pytest.raises(HostsError, match=said) as refused:
        pods.dns.records(CALLER, pods.scope)
    assert "api error AccessDenied" in str(refused.value)


def test_pods_without_a_role_have_none(pods: Pods) -> None:
    pods.allow_as_declared()

    assert "no EC2 IMDS role found" in pods.apply(alias(), caller=Caller("external-dns", "other"))


def test_a_zone_that_is_not_meant_is_not_touched(pods: Pods, scene: Scene) -> None:
    scene.make(ZONE, name=DOMAIN, comment="somebody's", forceDestroy=True)
    pods.allow({"Action": "route53:*", "Resource": "*"})
    pods.apply(alias())
    everywhere = pods.dns.records(CALLER, Scope((DOMAIN,), ()))

    assert [one.kind for one in everywhere].count("A") == 1
    assert [one.kind for one in everywhere].count("SOA") == 2


def test_a_record_that_is_not_as_it_was_is_not_taken_out(pods: Pods) -> None:
    pods.allow_as_declared()
    pods.apply(OWNER)

    said = pods.apply(delete=(Record(OWNER.name, "TXT", ('"other"',)),))
    assert "https response error StatusCode: 400" in said
    assert (OWNER.name, "TXT") in pods.held()

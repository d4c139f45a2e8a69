"""Route 53 as cert-manager's pods use it: what their role must allow, and what is said if not."""

import json
from collections.abc import Iterator

import pytest

from infra.rehearsal.aws.values import blocks, texts
from infra.rehearsal.controllers.cert_manager.port import Caller, DnsError
from infra.wire import Properties, Value
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import IDENTITY, Network, Scene

CALLER = Caller("cert-manager", "cert-manager")
RECORD = "_acme-challenge.llm.example.com"


class Zone:
    """A zone, a cluster, and pods with a role that may do what a test says."""

    def __init__(self, scene: Scene, simulation: Simulation, network: Network) -> None:
        self.region = simulation.cloud.account.region("us-east-1")
        made = self.region.call(
            "route53",
            "create_hosted_zone",
            Name="llm.example.com",
            CallerReference=network.vpc.physical_id,
        )
        zone = made["HostedZone"]
        assert isinstance(zone, dict)
        self.id = str(zone["Id"]).removeprefix("/hostedzone/")
        self.role = scene.pod_role()
        self.dns = simulation.cloud.dns_zones
        cluster = str(scene.cluster(network)["name"])
        scene.make(
            IDENTITY,
            clusterName=cluster,
            namespace=CALLER.namespace,
            serviceAccount=CALLER.account,
            roleArn=self.role["arn"],
        )

    def allow(self, *statements: Properties) -> None:
        said = [{"Effect": "Allow", **statement} for statement in statements]
        self.region.call(
            "iam",
            "put_role_policy",
            RoleName=str(self.role["name"]),
            PolicyName="dns",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": said}),
        )

    def clear(self) -> None:
        """Leave the account as it was: the others of this process share it."""
        role = str(self.role["name"])
        held = self.region.call("iam", "list_role_policies", RoleName=role)
        for name in texts(held, "PolicyNames"):
            self.region.call("iam", "delete_role_policy", RoleName=role, PolicyName=name)
        found = self.region.call("route53", "list_resource_record_sets", HostedZoneId=self.id)
        changes: list[Value] = [
            {"Action": "DELETE", "ResourceRecordSet": record}
            for record in blocks(found, "ResourceRecordSets")
            if record["Type"] == "TXT"
        ]
        if changes:
            self.region.call(
                "route53",
                "change_resource_record_sets",
                HostedZoneId=self.id,
                ChangeBatch={"Changes": changes},
            )
        self.region.call("route53", "delete_hosted_zone", Id=self.id)

    def change(self, **others: Value) -> Properties:
        arn = f"arn:aws:route53:::hostedzone/{self.id}"
        return {"Action": "route53:ChangeResourceRecordSets", "Resource": arn, **others}

    def query(self) -> Properties:
        return {"Action": "route53:GetChange", "Resource": "arn:aws:route53:::change/*"}

    def present(self, caller: Caller = CALLER, **settings: Value) -> str:
        """Put a value into the record; return what the cloud says against it."""
        wanted: Properties = settings or {"hostedZoneID": self.id}
        try:
            self.dns.present(caller, wanted, RECORD, "v")
        except DnsError as error:
            return f"{error}\n{error.stable}"
        return ""


@pytest.fixture
def zone(scene: Scene, simulation: Simulation, network: Network) -> Iterator[Zone]:
    made = Zone(scene, simulation, network)
    yield made
    made.clear()


def test_a_role_for_the_one_zone_is_enough(zone: Zone) -> None:
    zone.allow(zone.change(), zone.query())

    assert zone.present() == ""
    assert zone.dns.texts(RECORD) == {"v"}
    for _ in range(2):  # what is gone is fine
        zone.dns.clean_up(CALLER, {"hostedZoneID": zone.id}, RECORD, "v")
    assert zone.dns.texts(RECORD) == set()


def test_without_a_right_it_says_which_in_the_words_of_the_real_one(zone: Zone) -> None:
    zone.allow(zone.query())
    full, stable = zone.present().split("\n")

    assert full.startswith(
        "failed to change Route 53 record set: operation error Route 53: ChangeResourceRecordSets, "
        "https response error StatusCode: 403, api error AccessDenied: User: "
    )
    assert f"on resource: arn:aws:route53:::hostedzone/{zone.id} because" in full
    assert stable == (
        "failed to change Route 53 record set: operation error Route 53: ChangeResourceRecordSets, "
        "<redacted AWS SDK error: http.ResponseError: see events and logs for details>"
    )
    assert zone.dns.texts(RECORD) == set()


def test_the_state_of_a_change_is_asked_for_too(zone: Zone) -> None:
    zone.allow(zone.change())

    assert "failed to query Route 53 change status: operation error Route 53: GetChange" in (
        zone.present()
    )


def test_without_its_id_the_zone_is_looked_up_which_is_another_right(zone: Zone) -> None:
    zone.allow(zone.change(), zone.query())
    assert "failed to determine Route 53 hosted zone ID" in zone.present(region="us-east-1")
    finds: Properties = {"Action": "route53:ListHostedZonesByName", "Resource": "*"}
    zone.allow(zone.change(), zone.query(), finds)

    assert zone.present(region="us-east-1") == ""


@pytest.mark.parametrize(
    ("name", "expected"), [(RECORD, ""), ("_acme-challenge.other.example.com", "AccessDenied")]
)
def test_a_right_may_be_for_one_record_only(zone: Zone, name: str, expected: str) -> None:
    keys = {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": name,
        "route53:ChangeResourceRecordSetsRecordTypes": "TXT",
    }
    zone.allow(zone.change(Condition={"ForAllValues:StringEquals": {**keys}}), zone.query())

    assert expected in zone.present()
    assert bool(zone.present()) is bool(expected)


def test_pods_without_a_role_have_none(zone: Zone) -> None:
    zone.allow(zone.change(), zone.query())

    assert "no EC2 IMDS role found" in zone.present(Caller("cert-manager", "other"))


def test_a_zone_that_does_not_exist_is_named(zone: Zone) -> None:
    zone.allow({"Action": "route53:*", "Resource": "*"})

    assert "api error NoSuchHostedZone" in zone.present(hostedZoneID="ZNOPE")

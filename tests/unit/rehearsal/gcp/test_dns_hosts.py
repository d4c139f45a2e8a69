"""Cloud DNS as external-dns' pod uses it, with the roles of the component and with less."""

from collections.abc import Mapping

import pytest

from components.gcp.policies import FIND_ZONES, POINT_HOSTS
from infra.rehearsal.controllers.external_dns.port import (
    Changes,
    HostsError,
    Record,
    Scope,
    Update,
)
from infra.rehearsal.controllers.own_pods import Caller
from infra.rehearsal.gcp.api.stores.managed_zones import ManagedZones
from infra.rehearsal.gcp.dns_hosts import CloudDnsHosts
from infra.rehearsal.gcp.pod_identity import pods
from infra.wire import Properties
from tests.unit.rehearsal.gcp.services_scene import PROJECT, Scene, open_pool, scene

DOMAIN = "llm.example.com"
HOST = f"qwen.{DOMAIN}"
CALLER = Caller("external-dns", "external-dns")
SCOPE = Scope((DOMAIN,), ("llm",), PROJECT)
ADDRESS = Record(HOST, "A", ("192.0.2.1",))
OWNER = Record(f"_a-owner.{HOST}", "TXT", ('"heritage=external-dns"',))
OWN, OTHERS = "llm", "somebody-elses"


class Pods:
    """A project with two zones and a cluster's pool, and pods that hold what a test gives them."""

    def __init__(self) -> None:
        self.scene: Scene = scene()
        self.project = self.scene.project
        ManagedZones(self.project, self.scene.policies)
        self.dns = CloudDnsHosts(self.project, self.scene.policies)
        for name, domain in ((OWN, DOMAIN), (OTHERS, "sub.llm.example.com")):
            self.scene.call(
                "dns.managedZones.create",
                {"name": name, "dnsName": f"{domain}.", "description": "x"},
                project=PROJECT,
            )

    def allow(
        self, *, on_zone: tuple[str, ...] = POINT_HOSTS.permissions, finds: bool = True
    ) -> None:
        """Give the pods a role on their zone, and one on the project to find it."""
        open_pool(self.scene)
        member = pods(self.project, CALLER.namespace, CALLER.account)
        for name, permissions in (("points", on_zone), ("finds", FIND_ZONES.permissions)):
            self.scene.call(
                "iam.projects.roles.create",
                {"roleId": name, "role": {"includedPermissions": [*permissions]}},
                parent=f"projects/{PROJECT}",
            )
        on_it: Properties = {"role": f"projects/{PROJECT}/roles/points", "members": [member]}
        self.scene.call(
            "dns.managedZones.setIamPolicy",
            {"policy": {"bindings": [on_it]}},
            resource=self.project.path("managedZones", OWN),
        )
        found: Properties = {"role": f"projects/{PROJECT}/roles/finds", "members": [member]}
        bindings = [_owners(), *([found] if finds else [])]
        self.scene.call(
            "cloudresourcemanager.projects.setIamPolicy",
            {"policy": {"bindings": [*bindings]}},
            resource=PROJECT,
        )

    def apply(
        self,
        *create: Record,
        update: tuple[Update, ...] = (),
        delete: tuple[Record, ...] = (),
        scope: Scope = SCOPE,
    ) -> str:
        """Make changes; return what the cloud says against them."""
        try:
            self.dns.apply(CALLER, scope, Changes(create, update, delete))
        except HostsError as error:
            return str(error)
        return ""

    def held(self) -> Mapping[tuple[str, str], Record]:
        return {(one.name, one.kind): one for one in self.dns.records(CALLER, SCOPE)}


def _owners() -> Properties:
    return {"role": "roles/owner", "members": ["user:ada@example.com"]}


def test_what_the_component_grants_is_enough_from_the_first_host_to_the_last() -> None:
    made = Pods()
    made.allow()

    assert made.apply(ADDRESS, OWNER) == ""
    assert made.held() == {(HOST, "A"): ADDRESS, (OWNER.name, "TXT"): OWNER}
    moved = Record(HOST, "A", ("192.0.2.9",))
    assert made.apply(update=(Update(ADDRESS, moved), Update(OWNER, OWNER))) == ""
    assert made.held()[HOST, "A"] == moved
    assert made.apply(delete=(moved, OWNER)) == ""
    assert made.held() == {}


def test_a_name_is_kept_with_its_dot_and_read_without() -> None:
    made = Pods()
    made.allow()
    name = Record(HOST, "CNAME", ("lb.example.net",))

    assert made.apply(name) == ""
    assert made.held() == {(HOST, "CNAME"): name}
    assert made.apply(delete=(name,)) == ""


@pytest.mark.parametrize(
    "left_out",
    # Google asks for `update` where a value changes; here nobody does.
    [one for one in POINT_HOSTS.permissions if not one.endswith(".update")],
)
def test_without_a_permission_it_says_what_failed(left_out: str) -> None:
    made = Pods()
    made.allow(on_zone=tuple(one for one in POINT_HOSTS.permissions if one != left_out))
    refused = []
    try:
        made.held()
    except HostsError as error:
        refused.append(str(error))
    refused += [made.apply(ADDRESS), made.apply(delete=(ADDRESS,))]

    assert any("Error 403: Forbidden" in said for said in refused)


def test_without_the_right_to_list_zones_it_finds_none() -> None:
    made = Pods()
    made.allow(finds=False)

    with pytest.raises(HostsError, match="failed to list zones: googleapi: Error 403"):
        made.held()


def test_a_zone_that_it_was_not_given_is_refused() -> None:
    made = Pods()
    made.allow()
    said = made.apply(
        Record("a.sub.llm.example.com", "A", ("192.0.2.1",)), scope=Scope((DOMAIN,), (OTHERS,))
    )

    assert said == "failed to create changes: googleapi: Error 403: Forbidden, forbidden"


def test_before_the_first_cluster_pods_have_no_identity() -> None:
    assert "could not find default credentials" in Pods().apply(ADDRESS)


def test_another_project_is_not_played() -> None:
    made = Pods()
    made.allow()

    assert "not simulated" in made.apply(ADDRESS, scope=Scope((DOMAIN,), (), "elsewhere"))

"""What exists in the simulated project that did not exist at the start.

Owns: the list with which a rehearsal proves that destroy left nothing. What nobody can delete, what
costs nothing and stays is not listed: key rings, keys without a version in use, roles and log
buckets that are marked for deletion. Parts of a thing (its policy, objects, versions) are not
listed either, but bindings in the policy of the project are.
Does not own: objects inside the cluster.
"""

from collections.abc import Iterator

from infra.rehearsal.cloud.inventory import Thing
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.names import last
from infra.rehearsal.gcp.api.project import Project
from infra.replies import blocks, optional_text, text, texts
from infra.wire import Properties

KINDS = {
    "addresses": "address",
    "alertPolicies": "alert policy",
    "b": "bucket",
    "budgets": "budget",
    "backendServices": "backend service",
    "buckets": "log bucket",
    "clusters": "cluster",
    "cryptoKeys": "KMS key",
    "disks": "disk",
    "exclusions": "log exclusion",
    "firewalls": "firewall rule",
    "forwardingRules": "forwarding rule",
    "healthChecks": "health check",
    "httpHealthChecks": "health check",
    "instanceGroupManagers": "instance group",
    "instanceTemplates": "instance template",
    "instances": "instance",
    "serviceConnectionPolicies": "service connection policy",
    "managedZones": "DNS zone",
    "networks": "network",
    "nodePools": "node pool",
    "notificationChannels": "notification channel",
    "repositories": "image repository",
    "reservations": "reservation",
    "resourcePolicies": "resource policy",
    "roles": "IAM role",
    "routers": "router",
    "secrets": "secret",
    "serviceAccounts": "service account",
    "sinks": "log sink",
    "subnetworks": "subnetwork",
    "targetPools": "target pool",
}
"""Collection, as full names have it, to what a reader calls one."""
PARTS = frozenset(
    {
        *("cryptoKeyVersions", "keyRings", "o", "operations", "rrsets", "services", "versions"),
        "workloadIdentityPools",
    }
)
"""Collections that are no things of their own, or that nobody can delete."""
POLICIES = "iam-policies/"
"""Policies of things, in the store; each goes with its thing."""
ENDED = frozenset({"DESTROYED", "DESTROY_SCHEDULED"})
"""States of the versions of a key that is gone but for its name."""


class Inventory:
    """Compares the project with what it was at the start."""

    def __init__(self, project: Project, policies: Policies) -> None:
        """Remember what exists now."""
        self._project = project
        self._policies = policies
        self._before: frozenset[Thing] = frozenset()
        self.accept()

    def accept(self) -> None:
        """Take what exists now for what was there before: somebody else made it."""
        with self._project.lock:
            self._before = frozenset(self._all())

    def things(self) -> list[Thing]:
        """Return what was made since, sorted."""
        with self._project.lock:
            return sorted(frozenset(self._all()) - self._before)

    def _all(self) -> Iterator[Thing]:
        for name, thing in self._project.store.everything():
            if name.startswith(POLICIES):
                continue
            parts = name.split("/")
            collection = parts[-2] if len(parts) > 1 else ""
            if collection not in PARTS and not self._ended(name, collection, thing):
                yield Thing(KINDS.get(collection, collection), name, last(name))
        policy = self._policies.of(self._project.path())
        for binding in blocks(policy, "bindings"):
            for member in texts(binding, "members"):
                role = text(binding, "role")
                yield Thing("IAM binding", f"{role} {member}", f"{last(role)} of {member}")

    def _ended(self, name: str, collection: str, thing: Properties) -> bool:
        if collection == "cryptoKeys":
            versions = self._project.store.named(f"{name}/cryptoKeyVersions/*")
            return all(optional_text(one, "state") in ENDED for _name, one in versions)
        marked = thing.get("deleted") or thing.get("lifecycleState") == "DELETE_REQUESTED"
        return collection in ("roles", "buckets") and bool(marked)

"""What a destroy left behind, in the simulated cloud and in the cluster.

Owns: the cluster's objects before and after, and the difference. A control plane makes objects of
its own as it runs; those are told apart by kind and by namespace, with the reason beside them.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.site import Site

SETTLE_SECONDS = 20.0
"""The garbage collector removes what a deleted owner leaves within some seconds."""
POLL_SECONDS = 0.25

OWN_KINDS = {
    "Event": "history, which expires by itself",
    "Lease": "heartbeats of the control plane's programs",
}
CLUSTER_NAMESPACES = frozenset({"kube-system", "kube-public", "kube-node-lease", "default"})
OWN_NAMES = {
    "ConfigMap": frozenset({"kube-root-ca.crt", "extension-apiserver-authentication"}),
    "ServiceAccount": frozenset({"default"}),
}
"""Made by the control plane in every namespace that it makes."""


@dataclass(frozen=True, order=True)
class Thing:
    """Something that exists."""

    where: str
    """The cloud (`aws`) or `cluster`."""
    kind: str
    name: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.where}: {self.kind} {self.name}"


def cluster_objects(api: ApiClient) -> frozenset[Thing]:
    """Return every object of the cluster that the control plane did not make for itself.

    Raises:
        ApiError: the API server cannot be reached.
    """
    return frozenset(
        Thing("cluster", kind, f"{namespace}/{name}" if namespace else name)
        for api_version, kind in listable_kinds(api)
        for namespace, name in _names(api, api_version, kind)
        if not _is_own(kind, namespace, name)
    )


def leftovers(site: Site, before: frozenset[Thing]) -> list[Thing]:
    """Return what exists now and did not exist `before`; waits for the garbage collector.

    Raises:
        ApiError: the API server cannot be reached.
        SiteError: the simulated cloud does not answer.
    """
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        found = sorted(_cloud_things(site) | (cluster_objects(site.api) - before))
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(POLL_SECONDS)


def _cloud_things(site: Site) -> frozenset[Thing]:
    return frozenset(
        Thing(site.cloud.provider, item["kind"], item.get("name") or item["id"])
        for item in site.cloud_inventory()
    )


def listable_kinds(api: ApiClient) -> Iterable[tuple[str, str]]:
    """Yield API version and kind of everything that can be listed.

    Raises:
        ApiError: the API server cannot be reached.
    """
    groups = api.request("GET", "/apis")["groups"]
    versions = ["v1", *(group["preferredVersion"]["groupVersion"] for group in groups)]
    for version in versions:
        path = f"/apis/{version}" if "/" in version else f"/api/{version}"
        for resource in api.request("GET", path)["resources"]:
            if "list" in resource["verbs"] and "/" not in resource["name"]:
                yield version, resource["kind"]


def _names(api: ApiClient, api_version: str, kind: str) -> Iterable[tuple[str, str]]:
    try:
        items = api.list_objects(api_version, kind)
    except ApiError as error:
        if error.status in (404, 405):  # a definition that went away meanwhile
            return
        raise
    for item in items:
        metadata = item["metadata"]
        yield metadata.get("namespace", ""), metadata["name"]


def _is_own(kind: str, namespace: str, name: str) -> bool:
    if kind in OWN_KINDS:
        return True
    if kind == "Namespace":
        return name in CLUSTER_NAMESPACES
    return namespace in CLUSTER_NAMESPACES and name in OWN_NAMES.get(kind, ())

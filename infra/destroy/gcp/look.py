"""What a project of Google Cloud has of a platform. Reads only.

Owns which calls are asked, and what says that a thing is ours: our label, the label of our cluster
that GKE's controllers put on disks and machines. Names prove nothing, but for those of load
balancers whose Services the cluster showed before it went: they are drawn from a Service's uid.

Marks: `components/gcp/tags.py`; a disk's labels as in `infra/rehearsal/gcp/side_effects.py`, with
its sources. That forwarding rules of a Service have its name in their description and not its
cluster's: there, too.
"""

from collections.abc import Iterator
from functools import partial

from infra.destroy.found import Found, Left, Look, Marks, Unknown, plural
from infra.google_api import GoogleApi, listed, pages
from infra.replies import block, blocks, optional_text, text
from infra.wire import Properties

PLATFORM_LABEL = "tokenworks-platform"
CLUSTER_LABEL = "goog-k8s-cluster-name"
BY_SERVICE = "kubernetes.io/service-name"
"""In the description of what GKE makes for a Service."""
HOLDING = ("disk", "forwarding rule")
ZONAL = {
    "disks": "disk",
    "instances": "instance",
    "addresses": "address",
    "forwardingRules": "forwarding rule",
}
"""Collections that are listed over all places at once, and what a reader calls one."""
NOT_WHOSE = "a Service of some cluster has it, and it does not say of which: look at its target"


def look_in(api: GoogleApi) -> Look:
    """Return the look at a project."""
    return partial(look, api)


def look(api: GoogleApi, marks: Marks) -> Found:
    """Return what there is of a platform."""
    found = Found()
    for collection, kind in ZONAL.items():
        with found.asking(plural(kind), f"compute.{collection}.list"):
            for item in _everywhere(api, collection):
                _judge(found, kind, item, marks)
    with found.asking("buckets", "storage.buckets.list"):
        for item in listed(api, "storage.buckets.list", "items", project=api.project):
            _judge(found, "bucket", item, marks)
    with found.asking("secrets", "secretmanager.secrets.list"):
        parent = f"projects/{api.project}"
        for item in listed(api, "secretmanager.projects.secrets.list", "secrets", parent=parent):
            _judge(found, "secret", item, marks)
    with found.asking("clusters", "container.clusters.list"):
        parent = f"projects/{api.project}/locations/-"
        reply = api.call("container.projects.locations.clusters.list", parent=parent)
        for item in blocks(reply, "clusters"):
            _judge(found, "cluster", {**item, "labels": block(item, "resourceLabels")}, marks)
    return found


def _judge(found: Found, kind: str, item: Properties, marks: Marks) -> None:
    name, why = text(item, "name"), _why_ours(item, marks)
    place = optional_text(item, "zone") or optional_text(item, "region")
    called = f"{name} in {place.rpartition('/')[2]}" if place else name
    if why:
        holds = kind in HOLDING and not why.endswith(PLATFORM_LABEL)
        found.left.append(Left(kind, called, why, holds=holds and _is_claims(kind, name)))
    elif BY_SERVICE in optional_text(item, "description") and kind in (
        "forwarding rule",
        "address",
    ):
        found.unknown.append(Unknown(f"{kind} {called}", NOT_WHOSE))


def _is_claims(kind: str, name: str) -> bool:
    """Say whether a disk is a claim's: the disks of machines go with them."""
    return kind != "disk" or name.startswith("pvc-")


def _why_ours(item: Properties, marks: Marks) -> str:
    labels = block(item, "labels")
    if labels.get(CLUSTER_LABEL) == marks.cluster:
        return f"label {CLUSTER_LABEL}"
    if labels.get(PLATFORM_LABEL) == marks.platform:
        return f"label {PLATFORM_LABEL}"
    if optional_text(item, "name") in marks.balancers:
        return "the name of a Service of the cluster"
    return ""


def _everywhere(api: GoogleApi, collection: str) -> Iterator[Properties]:
    """Return the things of a collection in all zones or regions."""
    method = f"compute.{collection}.aggregatedList"
    for page in pages(api, method, project=api.project):
        for place in block(page, "items").values():
            yield from blocks(place, collection)

"""What must last: zones of nodes, one advertiser of GPUs, protection of what holds data.

Of `retainOnDelete` the engine tells no policy (AnalyzerResourceOptions of pulumi 3.2xx); what keeps
data here is `protect`, and what the cloud itself refuses.
"""

import re
from collections.abc import Iterator, Sequence

from policies.judge import must_switch, pick, said
from policies.pools import EKS_GROUP, GKE_POOL, POOL_LABEL, Group, groups
from policies.rule import (
    Family,
    Finding,
    Level,
    ResourceRule,
    StackRule,
    Subject,
    Unjudged,
    Violation,
)
from policies.rules.caches import ELASTICACHE, MEMORYSTORE
from policies.rules.encryption import EKS, GCS, GKE
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, Mark, Plain, as_bool, at
from policies.workloads import DAEMON_SET, containers

RELEASE = "kubernetes:helm.sh/v3:Release"
S3 = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
STATEFUL = (
    EKS,
    *S3,
    "aws:kms/key:Key",
    ELASTICACHE,
    MEMORYSTORE,
    GKE,
    GCS,
    "gcp:kms/keyRing:KeyRing",
    "gcp:kms/cryptoKey:CryptoKey",
    # Each new zone has other name servers, and a person writes them into the zone above.
    "aws:route53/zone:Zone",
    "gcp:dns/managedZone:ManagedZone",
)
SYSTEM = "system"
"""Pool that the cluster itself runs on (`components`)."""
_GPU_ZONES = 2
"""Zones of GPU nodes at most asked for: not every zone has every GPU."""
_ZONE = re.compile(r"-[a-z]$")
_NO_PLUGIN = "gke-no-default-nvidia-gpu-device-plugin"
_PLUGIN_IMAGE = re.compile(r"k8s-device-plugin|nvidia-gpu-device-plugin")


def _zones(subject: Subject, least: int) -> Iterator[Finding]:
    eks = subject.type == EKS_GROUP
    path = "subnetIds" if eks else "nodeLocations"
    found = subject.at(path)
    if found is UNKNOWN:
        yield Unjudged(path)
        return
    named = found if isinstance(found, list) else []
    # Of values that are not known yet each counts: they are outputs of different resources.
    count = len({str(one) for one in named if one is not UNKNOWN}) + named.count(UNKNOWN)
    if not eks and found is MISSING and not _is_zonal(subject.at("location")):
        return  # all zones of the cluster
    if count < least:
        yield Violation(
            f"`{path}` names {count} zones, {least} are wanted: an outage of one takes the nodes "
            "away. Name more, or have the figure changed in policies/thresholds.yaml."
        )


def _is_zonal(location: Plain) -> bool:
    return not isinstance(location, str) or _ZONE.search(location) is not None


def _pool_name(subject: Subject) -> Plain:
    labels = subject.at("labels" if subject.type == EKS_GROUP else "nodeConfig.labels")
    return pick(labels, POOL_LABEL)


def _system_zones(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if _pool_name(subject) in (SYSTEM, UNKNOWN):
        yield from _zones(subject, scene.thresholds.zones_at_least)


def _gpu_zones(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if _pool_name(subject) != SYSTEM:
        yield from _zones(subject, min(_GPU_ZONES, scene.thresholds.zones_at_least))


def _regional(subject: Subject, scene: Scene) -> Iterator[Finding]:
    location = subject.at("location")
    if scene.thresholds.zones_at_least == 1:
        return
    if location is UNKNOWN:
        yield Unjudged("location")
    elif _is_zonal(location):
        yield Violation(
            f"`location` is {said(location)}, a zone: an outage or an upgrade takes the API server "
            "away. Write the region; a cluster is replaced for it."
        )


def _advertisers(subject: Subject) -> list[bool | Mark]:
    """Return what of a resource offers the GPUs of every node; `UNKNOWN` where nobody can tell."""
    if subject.type == RELEASE:
        chart = subject.at("chart")
        if not isinstance(chart, str):
            return [UNKNOWN] if chart is UNKNOWN else []
        name = chart.rpartition("/")[2]
        if name == "gpu-operator":
            switch = as_bool(subject.at("values.devicePlugin.enabled"))
            return [UNKNOWN] if switch is UNKNOWN else [True] if switch is not False else []
        return [True] if name == "nvidia-device-plugin" else []
    if subject.type == DAEMON_SET:
        images = [at(container, "image") for _, container in containers(subject)]
        if any(isinstance(one, str) and _PLUGIN_IMAGE.search(one) for one in images):
            return [True]
        return [UNKNOWN] if UNKNOWN in images else []
    return []


def _brings_its_own(subject: Subject) -> bool | Mark:
    """Return whether the nodes of a group bring a device plugin."""
    if subject.type == GKE_POOL:
        labels = subject.at("nodeConfig.labels")
        return UNKNOWN if labels is UNKNOWN else pick(labels, _NO_PLUGIN) != "true"
    image = subject.at("amiType")
    if not isinstance(image, str) or image == "CUSTOM":
        return UNKNOWN
    return image.startswith("BOTTLEROCKET") and image.endswith("NVIDIA")


def _one_advertiser(subjects: Sequence[Subject], _: Scene) -> Iterator[Finding]:
    installed = [(one, offers) for one in subjects for offers in _advertisers(one)]
    names = [one.name for one, offers in installed if offers is True]
    yield from (
        Unjudged("whether it offers GPUs", one.urn)
        for one, offers in installed
        if offers is UNKNOWN
    )
    if len(names) > 1:
        yield Violation(
            f"{', '.join(names)} all offer the GPUs of the nodes and dispute them. Keep one."
        )
        return
    unsure = any(offers is UNKNOWN for _, offers in installed)
    for group in groups(subjects):
        if isinstance(group, Group) and group.gpus_each() == 0:
            continue
        own = _brings_its_own(group.subject)
        # A group whose machine type nobody knows yet may have no GPU.
        if own is UNKNOWN or not isinstance(group, Group):
            yield Unjudged("whether its nodes bring a device plugin", group.subject.urn)
        elif own and names:
            yield Violation(
                f"nodes of {group.subject.name} bring a device plugin, and {names[0]} is installed "
                "too: both offer the same GPUs. Leave the chart out on such nodes.",
                group.subject.urn,
            )
        elif not own and not names and not unsure:
            yield Violation(
                f"nothing offers the GPUs of {group.subject.name}: pods wait for ever. Install the "
                "chart nvidia-device-plugin.",
                group.subject.urn,
            )


def _protected(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if scene.thresholds.stateful_protected and not subject.protect:
        yield Violation(
            "is not protected: one wrong change replaces it, and what it holds is gone. Create it "
            "with `protect=True`; `pulumi state unprotect` is the way to take it away on purpose."
        )


def _refuses_deletion(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if scene.thresholds.stateful_protected:
        # Google's provider takes nothing for true, AWS for false (both registries, 2026).
        check = must_switch(
            "deletionProtection",
            on=True,
            default=subject.type == GKE,
            since="one call of anybody with rights takes the cluster away",
        )
        yield from check(subject, scene)


def _keeps_objects(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if scene.thresholds.stateful_protected:
        check = must_switch(
            "forceDestroy",
            on=False,
            default=False,
            since="a destroy takes the objects along, all versions of them",
        )
        yield from check(subject, scene)


RULES = (
    ResourceRule(
        name="system-nodes-span-zones",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="DNS, the autoscaler and admission run there; how many zones, policies/thresholds.yaml "
        "says by environment.",
        types=(EKS_GROUP, GKE_POOL),
        check=_system_zones,
    ),
    ResourceRule(
        name="gpu-nodes-span-zones",
        family=Family.RELIABILITY,
        level=Level.ADVISORY,
        why="GPUs of a type are sold out in one zone long before they are in two.",
        types=(EKS_GROUP, GKE_POOL),
        check=_gpu_zones,
    ),
    ResourceRule(
        name="gke-control-planes-are-regional",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="A zonal control plane is away during its zone's outages and its own upgrades (GKE "
        'documentation, "Regional clusters", 2026).',
        types=(GKE,),
        check=_regional,
    ),
    StackRule(
        name="one-gpu-advertiser",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="Two device plugins on a node dispute the same GPUs (NVIDIA/aicr#2000, 2026-08-03); "
        "Bottlerocket and GKE bring one, Amazon Linux 2023 does not (EKS user guide, 2026).",
        types=(EKS_GROUP, GKE_POOL, RELEASE, DAEMON_SET),
        check=_one_advertiser,
    ),
    ResourceRule(
        name="stateful-resources-are-protected",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="`protect` refuses a replacement already in the preview, where a cloud's own switch "
        'refuses only the deletion (Pulumi documentation, "protect", 2026).',
        types=STATEFUL,
        check=_protected,
    ),
    ResourceRule(
        name="clusters-refuse-deletion",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="A console and a script do not know of `protect`.",
        types=(EKS, GKE),
        check=_refuses_deletion,
    ),
    ResourceRule(
        name="buckets-keep-their-objects",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="Weights take hours to fetch anew, and logs cannot be (both providers, `forceDestroy`, "
        "2026).",
        types=(*S3, GCS),
        check=_keeps_objects,
    ),
)

"""What a cluster costs besides nodes: extended support, weights through NAT, old previews."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from infra.catalog.kubernetes_versions import kubernetes_versions
from infra.spec.preview_stack import day_of
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
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN

EKS = "aws:eks/cluster:Cluster"
GKE = "gcp:container/cluster:Cluster"
NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
SUBNET_GCP = "gcp:compute/subnetwork:Subnetwork"
EXPIRES = {
    EKS: ("tags", "tokenworks.dev/expires"),
    GKE: ("resourceLabels", "tokenworks-expires"),
}
"""Where a cluster says the day from which it may be swept away (`components/{aws,gcp}/tags.py`; a
test compares)."""
_PREVIEW = re.compile(r".*-pr-?\d+")
"""Names of stacks that a pull request makes."""
_SOON = timedelta(days=60)


def _extended_support(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if subject.type == GKE:
        channel = subject.at("releaseChannel.channel")
        if channel is UNKNOWN:
            yield Unjudged("releaseChannel.channel")
        elif channel == "EXTENDED":
            yield Violation(
                "the Extended release channel costs more once a version is out of standard "
                "support. Take REGULAR."
            )
        return
    version, support = subject.at("version"), subject.at("upgradePolicy.supportType")
    if version is UNKNOWN or support is UNKNOWN:
        yield Unjudged("version" if version is UNKNOWN else "upgradePolicy.supportType")
        return
    if support != "STANDARD":
        yield Violation(
            "supportType is not STANDARD: when the version ages, the control plane costs 438 "
            "instead of 73 dollars a month by itself. Write STANDARD."
        )
    if not isinstance(version, str):
        yield Violation(
            "no version is written: EKS takes its newest, and nobody sees when support ends."
        )
        return
    yield from _ended(version, scene)


def _ended(version: str, scene: Scene) -> Iterator[Finding]:
    known = next((one for one in kubernetes_versions("aws") if one.minor == version), None)
    if known is None:
        yield Violation(
            f"Kubernetes {version} is not among the versions under standard support. Take "
            f"{', '.join(one.minor for one in kubernetes_versions('aws'))}."
        )
    elif known.standard_support_ends is not None:
        left = known.standard_support_ends - scene.now.date()
        if left < _SOON:
            yield Violation(
                f"standard support of Kubernetes {version} ends on {known.standard_support_ends}: "
                "EKS then upgrades it by itself. Raise kubernetesVersion before."
            )


def _weights_through_nat(subjects: Sequence[Subject], _: Scene) -> Iterator[Finding]:
    gateways = [subject for subject in subjects if subject.type == NAT]
    if not gateways:
        return
    kinds = [_is_s3_gateway(subject) for subject in subjects if subject.type == ENDPOINT]
    if True in kinds:
        return
    if None in kinds:
        yield Unjudged("the S3 gateway endpoint")
        return
    yield Violation(
        "nodes reach S3 through NAT: 70 GB of weights are 3.15 dollars at every start of a server. "
        "Add a gateway endpoint for S3 with the private route tables; it costs nothing.",
        gateways[0].urn,
    )


def _is_s3_gateway(subject: Subject) -> bool | None:
    """Return whether it is one with routes; None when that is not known yet."""
    service, kind = subject.at("serviceName"), subject.at("vpcEndpointType")
    if service is UNKNOWN or kind is UNKNOWN:
        return None
    routed = subject.at("routeTableIds")
    return (
        isinstance(service, str)
        and service.endswith(".s3")
        and kind in (MISSING, "Gateway")
        and (routed is UNKNOWN or (isinstance(routed, list) and bool(routed)))
    )


def _private_google_access(subject: Subject, _: Scene) -> Iterator[Finding]:
    access = subject.at("privateIpGoogleAccess")
    if access is UNKNOWN:
        yield Unjudged("privateIpGoogleAccess")
    elif access is not True:
        yield Violation(
            "nodes reach Cloud Storage through NAT, at 0.045 dollars per GB of weights. Switch "
            "privateIpGoogleAccess on; it costs nothing."
        )


def _preview_ends(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if not _PREVIEW.fullmatch(scene.spec.name):
        return
    holder, key = EXPIRES[subject.type]
    labels = subject.at(holder)
    when = labels.get(key) if isinstance(labels, dict) else labels
    if when is UNKNOWN:
        yield Unjudged(f"{holder}.{key}")
        return
    days = scene.thresholds.preview_days_at_most
    day = day_of(when) if isinstance(when, str) else None
    if day is None or day > scene.now.date() + timedelta(days=days):
        yield Violation(
            f"a preview stack must say in `preview.expires` a day within {days} days: previews "
            "that nobody takes down are paid for by everybody."
        )


RULES = (
    ResourceRule(
        name="no-extended-support",
        family=Family.COST,
        level=Level.MANDATORY,
        why="Extended support of EKS is six times the price of a control plane, and starts by "
        "itself (AWS, since 2024-04-01).",
        types=(EKS, GKE),
        check=_extended_support,
    ),
    StackRule(
        name="weights-not-through-nat",
        family=Family.COST,
        level=Level.MANDATORY,
        why="NAT bills every GB, and weights are most of the traffic of a platform like this.",
        types=(NAT, ENDPOINT),
        check=_weights_through_nat,
    ),
    ResourceRule(
        name="private-google-access",
        family=Family.COST,
        level=Level.MANDATORY,
        why="Without it weights from Cloud Storage go through Cloud NAT, which bills every GB.",
        types=(SUBNET_GCP,),
        check=_private_google_access,
    ),
    ResourceRule(
        name="previews-end-by-themselves",
        family=Family.COST,
        level=Level.MANDATORY,
        why="A stack of a pull request that is forgotten costs as much as production.",
        types=(EKS, GKE),
        check=_preview_ends,
    ),
)

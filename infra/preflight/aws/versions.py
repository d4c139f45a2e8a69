"""Which versions EKS has: of Kubernetes, of its add-ons, and the images of nodes.

Owns the questions and their judgement. What the platform installs is pinned in `infra.catalog`.
"""

from collections.abc import Iterator, Sequence

from infra.aws_api import AwsApi, listed
from infra.catalog import releases
from infra.cloud_error import CloudApiError
from infra.lock.addons import is_default
from infra.preflight.verdict import Row, Verdict, not_asked
from infra.replies import blocks, optional_text, text
from infra.spec.stack import StackSpec

IMAGE_KINDS = {
    "standard": "nodes without GPUs, AL2023_x86_64_STANDARD",
    "nvidia": "nodes with GPUs, AL2023_x86_64_NVIDIA",
}
"""Word in the name of a public parameter to the nodes that start from its image (EKS user guide,
"Retrieve recommended Amazon Linux AMI IDs", read 2026-11-27)."""
_SUPPORTED = ("STANDARD_SUPPORT", "standard-support")


def version_row(spec: StackSpec) -> Row:
    """Return the row of the control plane's version, not asked yet."""
    minor = spec.cluster.kubernetes_version
    return not_asked("version", "Kubernetes", f"{minor}, in standard support")


def version_rows(api: AwsApi, spec: StackSpec) -> Iterator[Row]:
    """Yield whether EKS still makes clusters of the stack's version.

    Raises:
        CloudApiError: AWS refuses the call, or does not answer.
    """
    row, wanted = version_row(spec), spec.cluster.kubernetes_version
    found = listed(api, "eks", "DescribeClusterVersions", "clusterVersions", includeAll=True)
    known = {text(one, "clusterVersion"): one for one in found}
    one = known.get(wanted)
    if one is None:
        have = f"EKS has {', '.join(sorted(known)) or 'none'}"
        yield row.said(have, Verdict.SHORT, "set cluster.kubernetesVersion to one that EKS has")
        return
    status = optional_text(one, "versionStatus") or optional_text(one, "status")
    ends = optional_text(one, "endOfStandardSupportDate")
    have = f"{status.lower().replace('_', ' ') or 'no status'}, until {ends or 'nobody says when'}"
    if not status:
        yield row.said(have, Verdict.UNKNOWN, "EKS says no status of the version")
    elif status in _SUPPORTED:
        yield row.said(have, Verdict.ENOUGH)
    else:
        dearer = "extended support costs six times as much for the control plane: upgrade"
        yield row.said(have, Verdict.SHORT, dearer)


def addon_names() -> tuple[str, ...]:
    """Return the add-ons that a cluster gets."""
    return releases.addon_names()


def addon_versions(api: AwsApi, spec: StackSpec, name: str) -> tuple[str, ...]:
    """Return the versions of an add-on for the stack's Kubernetes, EKS's default first.

    Raises:
        CloudApiError: AWS refuses the call, or does not answer.
    """
    minor = spec.cluster.kubernetes_version
    found = listed(
        api, "eks", "DescribeAddonVersions", "addons", addonName=name, kubernetesVersion=minor
    )
    offered = [
        (version, is_default(one, minor))
        for addon in found
        for one in blocks(addon, "addonVersions")
        if (version := optional_text(one, "addonVersion"))
    ]
    return tuple(version for version, _ in sorted(offered, key=lambda pair: not pair[1]))


def addon_row(name: str) -> Row:
    """Return the row of an add-on, not asked yet."""
    pinned = releases.addon(name).version
    return not_asked("version", f"add-on {name}", pinned or "any: unresolved as yet")


def addon_rows(name: str, versions: Sequence[str]) -> Iterator[Row]:
    """Yield whether EKS has the version of an add-on that is pinned, or any where none is."""
    row, pinned = addon_row(name), releases.addon(name).version
    if not versions:
        have = "none for this Kubernetes"
        yield row.said(have, Verdict.SHORT, "choose a Kubernetes version that has the add-on")
    elif pinned and pinned not in versions:
        have = f"default {versions[0]}, {len(versions)} in all"
        step = f"pin one of them in infra/catalog/releases.lock.yaml: {', '.join(versions[:5])}"
        yield row.said(have, Verdict.SHORT, step)
    else:
        yield row.said(pinned or f"default {versions[0]}", Verdict.ENOUGH)


def image_row(kind: str) -> Row:
    """Return the row of a node image, not asked yet."""
    return not_asked("image", IMAGE_KINDS[kind], "an image of this Kubernetes")


def image_kinds(spec: StackSpec) -> tuple[str, ...]:
    """Return the kinds of node image that a stack starts."""
    return ("standard", "nvidia") if spec.gpu_pools else ("standard",)


def image_rows(api: AwsApi, spec: StackSpec, kind: str) -> Iterator[Row]:
    """Yield whether EKS has an image for the nodes of a kind.

    Raises:
        CloudApiError: AWS refuses the call, or does not answer.
    """
    row, minor = image_row(kind), spec.cluster.kubernetes_version
    name = (
        f"/aws/service/eks/optimized-ami/{minor}/amazon-linux-2023/x86_64/{kind}"
        "/recommended/image_id"
    )
    try:
        reply = api.call("ssm", "GetParameter", Name=name)
    except CloudApiError as error:
        if not error.not_found:
            raise
        yield row.said("none", Verdict.SHORT, f"{name} does not exist: choose another version")
        return
    yield row.said(text(reply, "Parameter.Value"), Verdict.ENOUGH)

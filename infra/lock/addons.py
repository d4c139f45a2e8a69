"""Versions of EKS add-ons: what EKS itself would take for a version of Kubernetes."""

from infra.aws_api import AwsApi, listed
from infra.cloud_error import CloudApiError
from infra.lock.answers import Answer, Resolved, Unresolved
from infra.replies import blocks, optional_text
from infra.wire import Properties


def addon_version(api: AwsApi, name: str, kubernetes_version: str) -> Answer:
    """Return EKS's default version of an add-on; one that EKS has no default for is unresolved.

    Args:
        api: an account, in the region of the stack.
        name: EKS's name of the add-on.
        kubernetes_version: `1.35`.
    """
    asked = {"addonName": name, "kubernetesVersion": kubernetes_version}
    try:
        found = listed(api, "eks", "DescribeAddonVersions", "addons", **asked)
    except CloudApiError as error:
        return Unresolved(f"eks:DescribeAddonVersions: {error.code}: {error.message}")
    defaults = {
        optional_text(version, "addonVersion")
        for addon in found
        if addon.get("addonName") == name
        for version in blocks(addon, "addonVersions")
        if is_default(version, kubernetes_version)
    }
    if len(defaults) != 1:
        return Unresolved(f"EKS in {api.region} names no default for {kubernetes_version}")
    source = f"EKS DescribeAddonVersions, default for {kubernetes_version} in {api.region}"
    return Resolved(defaults.pop(), source)


def is_default(version: Properties, minor: str) -> bool:
    """Say whether a version of an add-on, as EKS tells it, is the default of a Kubernetes."""
    return any(
        one.get("clusterVersion") == minor and one.get("defaultVersion") is True
        for one in blocks(version, "compatibilities")
    )

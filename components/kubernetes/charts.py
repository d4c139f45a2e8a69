"""Installing a Helm chart, the same way each time.

Owns what every release sets: pinned version, repository, waiting, and cleaning up after a failure.
Does not own versions (`infra.catalog.releases`) or values (the component that needs the chart).
Why `helm.v3.Release`: it runs a chart's hooks, which rendering charts drops.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from components.names import HELM_RELEASE, fit
from infra.catalog.releases import ChartRelease

ChartValue: TypeAlias = "_Plain | Mapping[str, ChartValue] | Sequence[ChartValue]"
_Plain: TypeAlias = "str | int | float | bool | pulumi.Output[str]"

REGISTRY = "oci://"
INSTALL_TIMEOUT_SECONDS = 600
"""Helm's wait for a chart's pods: image pulls on a fresh node included."""


def helm_release(  # noqa: PLR0913 - the parts of a release, each named where it is called
    name: str,
    chart: ChartRelease,
    *,
    namespace: NamespaceRef,
    values: Mapping[str, ChartValue],
    opts: pulumi.ResourceOptions,
    release: str | None = None,
    skip_crds: bool = False,
) -> kubernetes.helm.v3.Release:
    """Return a release named like its chart, or `release` where a namespace has several of it.

    `skip_crds`: without the kinds in the chart's folder `crds/`, which Helm never removes.
    """
    of_registry = chart.repository.startswith(REGISTRY)
    return kubernetes.helm.v3.Release(
        name,
        name=fit(release or chart.name, HELM_RELEASE),
        namespace=namespace.name,
        # Helm finds a chart of a registry by its whole address, and takes no repository beside it.
        chart=f"{chart.repository}/{chart.name}" if of_registry else chart.name,
        version=chart.version,
        repository_opts=None
        if of_registry
        else kubernetes.helm.v3.RepositoryOptsArgs(repo=chart.repository),
        values=values,
        skip_crds=skip_crds or None,
        timeout=INSTALL_TIMEOUT_SECONDS,
        # A failed first install otherwise keeps the release name taken, and the next run fails:
        # "cannot re-use a name that is still in use" (pulumi/pulumi-kubernetes#1727).
        atomic=True,
        cleanup_on_fail=True,
        opts=opts,
    )

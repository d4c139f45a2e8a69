"""Checks of cloud and cluster that need more than one setting's type."""

import re

from infra.catalog.kubernetes_versions import kubernetes_versions, refusal
from infra.catalog.machines import MachineType, UnknownMachineError, machine, machines
from infra.catalog.regions import region, region_names
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.cluster import ClusterSpec
from infra.spec.draft import Draft
from infra.spec.environment import Environment
from infra.spec.log_days import CLOUDWATCH_DAYS, MOST_BUCKET_DAYS, kept_days
from infra.spec.mistakes import Path
from infra.spec.ranges import BadRange, is_private, parse_range
from infra.spec.report import Report
from infra.spec.suggest import did_you_mean

_NETWORK_PREFIXES = range(16, 21)
# CoreDNS, the CSI and GPU controllers and the metrics server ask for some 3 GiB; a node of 4 GiB
# leaves 2.4 and carries 17 pods.
_SYSTEM_MEMORY_GIB = 8
_LEAST_SYSTEM_NODES = 2
_PROJECT_ID = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
"""Resource Manager API v3, `Project.projectId`."""


def check_cloud(cloud: Draft[CloudSpec], report: Report) -> None:
    """Check project, region, zones and network range."""
    spec = cloud.spec
    _check_project(cloud, report)
    if cloud.good("region", "provider"):
        _check_region(cloud, report)
    if not cloud.good("networkCidr"):
        return
    allowed = "a private IPv4 range from /16 to /20, for example 10.0.0.0/16"
    path = cloud.at("networkCidr")
    parsed = parse_range(spec.network_cidr)
    if isinstance(parsed, BadRange):
        report.add(
            path, parsed.problem, spec.network_cidr, allowed=allowed, next_step=parsed.next_step
        )
        return
    if parsed.prefixlen not in _NETWORK_PREFIXES:
        size = "too large" if parsed.prefixlen < _NETWORK_PREFIXES.start else "too small"
        network = parsed.network_address
        next_step = f"write {network}/16" if size == "too large" else f"write {network}/20 or wider"
        report.add(path, f"is {size}", spec.network_cidr, allowed=allowed, next_step=next_step)
    if not is_private(parsed):
        next_step = "choose a range of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
        report.add(path, "is public", spec.network_cidr, allowed=allowed, next_step=next_step)


def _check_project(cloud: Draft[CloudSpec], report: Report) -> None:
    project = cloud.spec.project
    if not cloud.good("project", "provider") or cloud.spec.provider is not CloudProvider.GCP:
        return
    if project is None or not _PROJECT_ID.fullmatch(project):
        report.add(
            cloud.at("project"),
            "is missing" if project is None else "is not the id of a project",
            project,
            allowed="the id of a Google Cloud project: 6 to 30 lower-case letters, digits and "
            "hyphens, a letter first",
            next_step="copy it from `gcloud projects list`; it is not the project's name or number",
        )


def _check_region(cloud: Draft[CloudSpec], report: Report) -> None:
    spec = cloud.spec
    known = region(spec.provider, spec.region)
    names = region_names(spec.provider)
    if known is None:
        next_step = did_you_mean(
            spec.region, names, f"add it to infra/catalog/region_rows_{spec.provider}.py, sourced"
        )
        allowed = f"one of: {', '.join(names)}"
        report.add(
            cloud.at("region"), "unknown region", spec.region, allowed=allowed, next_step=next_step
        )
    elif cloud.good("zones") and spec.zones > known.zones:
        report.add(
            cloud.at("zones"),
            f"{spec.region} has fewer zones",
            spec.zones,
            allowed=f"2 to {min(3, known.zones)}",
            next_step=f"write zones: {known.zones}",
        )


def check_cluster(
    cluster: Draft[ClusterSpec], cloud: Draft[CloudSpec], environment: Environment, report: Report
) -> None:
    """Check version, system nodes, and what the cloud bounds otherwise."""
    _check_log_retention(cluster, cloud, report)
    _check_version(cluster, cloud, report)
    _check_system_nodes(cluster, cloud, report)
    _check_zones_of_system_nodes(cluster, environment, report)


def _check_version(cluster: Draft[ClusterSpec], cloud: Draft[CloudSpec], report: Report) -> None:
    if not cluster.good("kubernetesVersion") or not cloud.good("provider"):
        return
    provider, minor = cloud.spec.provider, cluster.spec.kubernetes_version
    problem = refusal(provider, minor)
    if problem:
        versions = kubernetes_versions(provider)
        allowed = ", ".join(f'"{version.minor}"' for version in versions)
        report.add(
            cluster.at("kubernetesVersion"),
            problem,
            minor,
            allowed=f"one of: {allowed}",
            next_step=f'write kubernetesVersion: "{versions[0].minor}"',
        )


def _check_log_retention(
    cluster: Draft[ClusterSpec], cloud: Draft[CloudSpec], report: Report
) -> None:
    days = cluster.spec.log_retention_days
    if not cluster.good("logRetentionDays") or not cloud.good("provider"):
        return
    kept = kept_days(cloud.spec.provider, days)
    if kept == days:
        return
    on_aws = cloud.spec.provider is CloudProvider.AWS
    listed = ", ".join(map(str, CLOUDWATCH_DAYS))
    report.add(
        cluster.at("logRetentionDays"),
        "is no number of days that CloudWatch Logs keeps lines for"
        if on_aws
        else "is longer than a log bucket keeps",
        days,
        allowed=listed if on_aws else f"at most {MOST_BUCKET_DAYS}",
        next_step=f"write logRetentionDays: {kept}",
    )


def _check_system_nodes(
    cluster: Draft[ClusterSpec], cloud: Draft[CloudSpec], report: Report
) -> None:
    nodes = cluster.spec.system_nodes
    if cluster.good("systemNodes.min", "systemNodes.max") and nodes.min > nodes.max:
        report_min_above_max(cluster, "systemNodes", nodes.min, nodes.max, report)
    if not cluster.good("systemNodes.machineType") or not cloud.good("provider"):
        return
    path = cluster.at("systemNodes.machineType")
    roomy = [m.name for m in machines(cloud.spec.provider) if is_roomy_system_node(m)]
    allowed = f"one of: {', '.join(roomy)}"
    otherwise = f"write machineType: {roomy[0]}, or remove it"
    try:
        found = machine(cloud.spec.provider, nodes.machine_type)
    except UnknownMachineError:
        next_step = did_you_mean(nodes.machine_type, roomy, otherwise)
        report.add(
            path, "unknown machine type", nodes.machine_type, allowed=allowed, next_step=next_step
        )
        return
    if not is_roomy_system_node(found):
        problem = "buys GPUs that nothing would use" if found.gpu else "is too small"
        report.add(path, problem, nodes.machine_type, allowed=allowed, next_step=otherwise)
    check_offered(path, found, cloud, report)


def _check_zones_of_system_nodes(
    cluster: Draft[ClusterSpec], environment: Environment, report: Report
) -> None:
    least = cluster.spec.system_nodes.min
    good = cluster.good("systemNodes.min", "systemNodes.max")
    if good and environment is not Environment.DEV and least < _LEAST_SYSTEM_NODES:
        report.add(
            cluster.at("systemNodes.min"),
            "leaves the cluster without DNS and controllers when a zone is lost",
            least,
            allowed=f"at least {_LEAST_SYSTEM_NODES} in staging and prod, each in its own zone",
            next_step=f"write min: {_LEAST_SYSTEM_NODES}, or remove it",
        )


def is_roomy_system_node(found: MachineType) -> bool:
    """Return whether a machine carries a cluster's own software without buying GPUs."""
    return found.gpu is None and found.memory_gib >= _SYSTEM_MEMORY_GIB


def check_offered(path: Path, found: MachineType, cloud: Draft[CloudSpec], report: Report) -> None:
    """Check that the stack's region sells a machine type."""
    known = region(cloud.spec.provider, cloud.spec.region) if cloud.good("region") else None
    if known is None or found.name in known.machine_types:
        return
    regions = [
        name
        for name in region_names(found.cloud)
        if (place := region(found.cloud, name)) and found.name in place.machine_types
    ]
    report.add(
        path,
        f"is not known to be sold in {known.name}",
        found.name,
        allowed=f"in {known.name}: {', '.join(sorted(known.machine_types))}",
        next_step=f"move the stack to one of {', '.join(regions)}, or choose another machine",
    )


def report_min_above_max(owner: Draft, setting: str, low: int, high: int, report: Report) -> None:
    """Add the mistake of bounds that cross."""
    report.add(
        owner.at(setting),
        "min is above max",
        {"min": low, "max": high},
        allowed="min up to max",
        next_step=f"write {{min: {min(low, high)}, max: {max(low, high)}}}",
    )

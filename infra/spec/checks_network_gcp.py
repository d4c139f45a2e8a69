"""Checks of a network on Google Cloud: names, ranges, and what belongs together.

Does not ask the cloud: whether a network that exists is fit for the platform is the preflight's to
say.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network

from infra.spec.cloud import CloudSpec
from infra.spec.cluster import ClusterSpec
from infra.spec.draft import Draft
from infra.spec.mistakes import Path
from infra.spec.network import NetworkSpec
from infra.spec.pools import GpuPoolSpec
from infra.spec.ranges import BadRange, is_private, parse_range
from infra.spec.refusals import refuse_changes_of_foreign_network
from infra.spec.report import Report

_NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
"""Compute Engine API v1: names of networks, subnetworks and secondary ranges (RFC 1035)."""
_NAME_FORM = "1 to 63 lower-case letters, digits and hyphens, a letter first"
_PREFIX_OF_NODE = 24
"""A node of 110 pods gets twice as many addresses, rounded up (container API v1, revision 20261027,
`podCidrOverprovisionConfig`)."""
_POD_PREFIXES = range(9, _PREFIX_OF_NODE + 1)
_SERVICE_PREFIXES = range(16, 28)
"""GKE takes a named range of pods with room for one node (GoogleCloudPlatform/gcpdiag@18877ad,
test-data/gke1/gke1.tf, has a /24): its "greater than maximum (22 > 21)" is for ranges that GKE
makes itself (rancher/rancher#36254, 2022-01-25). It refuses Services' ranges wider than /16
(rancher/rancher#32413, 2021-04-27); /27 is the smallest for Services by its "VPC-native clusters",
as public Terraform code quotes it. /9, the widest for pods, is as remembered."""


def check_gcp_network(network: Draft[NetworkSpec], cloud: Draft[CloudSpec], report: Report) -> None:
    """Check a network of our own, or the names of one that exists."""
    for setting in ("vpcId", "podRange", "serviceRange"):
        _check_name(network, setting, report)
    for index, name in enumerate(network.spec.private_subnet_ids):
        if network.good(f"privateSubnetIds.{index}") and not _NAME.fullmatch(name):
            _report_name((*network.at("privateSubnetIds"), index), name, "subnetwork", report)
    if not network.good("vpcId"):
        return
    if network.spec.is_foreign:
        _check_foreign(network, report)
        return
    for setting in ("privateSubnetIds", "podRange", "serviceRange"):
        _refuse_without_network(network, setting, report)
    _check_ranges(network, cloud, report)


def check_pod_room(
    network: Draft[NetworkSpec],
    cluster: Draft[ClusterSpec],
    pools: Sequence[Draft[GpuPoolSpec]],
    report: Report,
) -> None:
    """Check that every node of the stack finds a range for its pods."""
    text = network.spec.pod_cidr
    parsed = parse_range(text) if network.good("podCidr") and text is not None else None
    good = cluster.good("systemNodes.max") and all(
        pool.good("onDemand", "spot", "flexStart") for pool in pools
    )
    if parsed is None or isinstance(parsed, BadRange) or not good:
        return
    if parsed.prefixlen not in _POD_PREFIXES or not is_private(parsed):
        return  # reported as such
    nodes = cluster.spec.system_nodes.max + sum(pool.spec.most_nodes for pool in pools)
    room = 2 ** max(0, _PREFIX_OF_NODE - parsed.prefixlen)
    if nodes > room:
        least = _PREFIX_OF_NODE - (nodes - 1).bit_length()
        report.add(
            network.at("podCidr"),
            f"has room for {room} nodes, and the stack may have {nodes}",
            text,
            allowed=f"a range of /{least} or wider: each node takes a /{_PREFIX_OF_NODE}",
            next_step=f"write a range of /{least}, or lower the max of pools",
        )


def _check_name(network: Draft[NetworkSpec], setting: str, report: Report) -> None:
    what = {"vpcId": "network", "podRange": "range", "serviceRange": "range"}[setting]
    name = _value(network, setting)
    if network.good(setting) and isinstance(name, str) and not _NAME.fullmatch(name):
        _report_name(network.at(setting), name, what, report)


def _report_name(path: Path, name: str, what: str, report: Report) -> None:
    last = name.rpartition("/")[2]
    verb = "networks list" if what == "network" else "networks subnets describe SUBNETWORK"
    report.add(
        path,
        f"is not the name of a {what}",
        name,
        allowed=_NAME_FORM,
        next_step=f"write {last}"
        if last != name and _NAME.fullmatch(last)
        else f"copy it from `gcloud compute {verb}`",
    )


def _check_foreign(network: Draft[NetworkSpec], report: Report) -> None:
    spec = network.spec
    if network.good("privateSubnetIds") and len(spec.private_subnet_ids) != 1:
        report.add(
            network.at("privateSubnetIds"),
            "must name one subnetwork: those of Google Cloud span all zones of a region",
            list(spec.private_subnet_ids),
            allowed="exactly one name",
            next_step="write privateSubnetIds: [SUBNETWORK]",
        )
    for setting, what in (("podRange", "pods"), ("serviceRange", "Services")):
        if network.good(setting) and _value(network, setting) is None:
            report.add(
                network.at(setting),
                "is missing",
                None,
                allowed=f"the name of the subnetwork's secondary range for {what}",
                next_step="copy it from `gcloud compute networks subnets describe SUBNETWORK`",
            )
    same = spec.pod_range is not None and spec.pod_range == spec.service_range
    if same and network.good("podRange", "serviceRange"):
        report.add(
            network.at("serviceRange"),
            "is the range of pods",
            spec.service_range,
            allowed="a range of its own",
            next_step="name the other secondary range of the subnetwork",
        )
    changes = {
        "flowLogs": spec.flow_logs or None,
        "podCidr": spec.pod_cidr,
        "serviceCidr": spec.service_cidr,
    }
    settings = "vpcId, privateSubnetIds, podRange and serviceRange"
    refuse_changes_of_foreign_network(network, changes, settings, report)


def _refuse_without_network(network: Draft[NetworkSpec], setting: str, report: Report) -> None:
    value = _value(network, setting)
    if network.good(setting) and value:
        report.add(
            network.at(setting),
            "belongs to no network",
            list(value) if isinstance(value, tuple) else value,
            allowed=f"{setting} beside vpcId, or neither",
            next_step="write the vpcId that it belongs to, or remove it",
        )


def _check_ranges(network: Draft[NetworkSpec], cloud: Draft[CloudSpec], report: Report) -> None:
    _check_range(network, "podCidr", _POD_PREFIXES, report)
    _check_range(network, "serviceCidr", _SERVICE_PREFIXES, report)
    found = [
        *_parsed(cloud, ["networkCidr"]),
        *_parsed(network, ["podCidr", "serviceCidr"]),
    ]
    for index, (setting, path, one) in enumerate(found):
        for other_setting, _path, other in found[:index]:
            if one.overlaps(other):
                report.add(
                    path,
                    f"overlaps {other_setting}",
                    str(one),
                    allowed=f"a range outside of {other}",
                    next_step=f"remove {setting} to take the default, or choose another range",
                )


def _check_range(
    network: Draft[NetworkSpec], setting: str, prefixes: range, report: Report
) -> None:
    text = _value(network, setting)
    if not network.good(setting) or not isinstance(text, str):
        return
    path = network.at(setting)
    allowed = f"a private IPv4 range from /{prefixes.start} to /{prefixes.stop - 1}"
    parsed = parse_range(text)
    if isinstance(parsed, BadRange):
        report.add(path, parsed.problem, text, allowed=allowed, next_step=parsed.next_step)
    elif parsed.prefixlen not in prefixes:
        size = "large" if parsed.prefixlen < prefixes.start else "small"
        bound = prefixes.start if size == "large" else prefixes.stop - 1
        next_step = f"write {parsed.network_address}/{bound}"
        report.add(path, f"is too {size}", text, allowed=allowed, next_step=next_step)
    elif not is_private(parsed):
        next_step = "choose a range of 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12 or 192.168.0.0/16"
        report.add(path, "is public", text, allowed=allowed, next_step=next_step)


def _parsed(section: Draft, settings: Iterable[str]) -> Iterator[tuple[str, Path, IPv4Network]]:
    for setting in settings:
        text = _value(section, setting)
        parsed = parse_range(text) if section.good(setting) and isinstance(text, str) else None
        if parsed is not None and not isinstance(parsed, BadRange):
            yield f"{section.path[0]}.{setting}", section.at(setting), parsed


def _value(section: Draft, setting: str) -> object:
    names = {str(field.alias): name for name, field in type(section.spec).model_fields.items()}
    return getattr(section.spec, names[setting])

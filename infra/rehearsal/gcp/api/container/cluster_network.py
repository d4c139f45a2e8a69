"""What GKE makes in the network for a cluster: firewall rules, which keep the network from going.

Source: GKE documentation, "Automatically created firewall rules", as remembered, for the rules of a
cluster with private nodes. Name and port of `exkubelet`, and a hash of eight digits: lists of rules
in public repositories, read 2026-11-26.
"""

import hashlib

from infra.rehearsal.gcp.api.container.state import short
from infra.rehearsal.gcp.api.project import Project
from infra.replies import text
from infra.wire import Properties, Value

KUBELET_PORTS: list[Value] = ["10255"]
EVERY_PROTOCOL = ("tcp", "udp", "icmp", "esp", "ah", "sctp")


def add_rules(project: Project, name: str, cluster: Properties) -> None:
    """Make the rules of a new cluster."""
    pods = text(cluster, "clusterIpv4Cidr")
    everything: list[Value] = [{"IPProtocol": protocol} for protocol in EVERY_PROTOCOL]
    kubelet: list[Value] = [{"IPProtocol": "tcp", "ports": KUBELET_PORTS}]
    nodes: Value = text(cluster, "nodeRange")
    rules: tuple[Properties, ...] = (
        {"part": "all", "allowed": everything, "sourceRanges": [pods], "priority": 1000},
        {"part": "vms", "allowed": _between_nodes(), "sourceRanges": [nodes], "priority": 1000},
        {"part": "inkubelet", "allowed": kubelet, "sourceRanges": [pods], "priority": 999},
        {"part": "exkubelet", "denied": kubelet, "sourceRanges": ["0.0.0.0/0"], "priority": 1000},
    )
    for rule in rules:
        body = {key: value for key, value in rule.items() if key != "part"}
        body |= {
            "name": _rule(name, str(rule["part"])),
            "network": text(cluster, "networkConfig.network"),
            "targetTags": [node_tag(name)],
        }
        project.call("compute.firewalls.insert", body, project=project.project)


def drop_rules(project: Project, name: str) -> None:
    """Take the rules of a cluster away; one that somebody deleted is fine."""
    for part in ("all", "vms", "inkubelet", "exkubelet"):
        rule = _rule(name, part)
        if project.path("global/firewalls", rule) in project.store:
            project.call("compute.firewalls.delete", project=project.project, firewall=rule)


def node_tag(name: str) -> str:
    """Return the network tag of a cluster's nodes."""
    return f"gke-{short(name)}-{_digest(name)}-node"


def _rule(name: str, part: str) -> str:
    return f"gke-{short(name)}-{_digest(name)}-{part}"


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def _between_nodes() -> list[Value]:
    ports: list[Value] = ["1-65535"]
    return [
        {"IPProtocol": "icmp"},
        {"IPProtocol": "tcp", "ports": ports},
        {"IPProtocol": "udp", "ports": ports},
    ]

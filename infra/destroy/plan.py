"""What a destroy would delete, in which order, and what forbids it: read from the stacks' states.

Pure. Owns the stages and which resource belongs to which. Does not own the order within a stage:
the engine deletes what depends on something before that.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from infra.replies import block, blocks, dig, optional_text
from infra.wire import Properties, Value, plain

KUBERNETES = "kubernetes:"
KUBERNETES_PROVIDER = "pulumi:providers:kubernetes"
NAMESPACE = "kubernetes:core/v1:Namespace"
NODE_TYPES = re.compile(r":(NodeGroup|NodePool)$")
CLUSTER_TYPES = re.compile(r":(eks|container)/cluster:Cluster$")
NETWORK_TYPES = re.compile(
    r":(ec2|vpc|compute)/(vpc|subnet|internetGateway|eip|natGateway|route|routeTable"
    r"|routeTableAssociation|securityGroup|securityGroupIngressRule|securityGroupEgressRule"
    r"|vpcEndpoint|flowLog|network|subnetwork|router|routerNat|firewall):"
)
PROTECTIONS = ("deletionProtection", "deletionProtectionEnabled")
"""Inputs by which a cloud itself refuses to delete something (EKS, GKE, Memorystore)."""


class Stage(Enum):
    """A part of the way down; each is over before the next begins."""

    WORKLOADS = "workloads"
    MADE_BY_CONTROLLERS = "load balancers and volumes that controllers made"
    NODES = "nodes"
    CLUSTER = "cluster"
    NETWORK = "network"
    OTHERS = "keys, buckets, roles, names and logs"


def stage_of(kind: str) -> Stage:
    """Return the stage in which resources of a type go, `aws:eks/cluster:Cluster`."""
    if kind.startswith(KUBERNETES):
        return Stage.WORKLOADS
    for pattern, stage in (
        (NODE_TYPES, Stage.NODES),
        (CLUSTER_TYPES, Stage.CLUSTER),
        (NETWORK_TYPES, Stage.NETWORK),
    ):
        if pattern.search(kind):
            return stage
    return Stage.OTHERS


@dataclass(frozen=True)
class StackPlan:
    """What the state of one stack says."""

    stack: str
    exported: Mapping[str, Value]
    """The state as the engine exports it; secrets in it are encrypted."""

    @cached_property
    def resources(self) -> Sequence[Properties]:
        """What the engine would delete: no components, no providers."""
        return [one for one in self._all if one.get("custom") and not _is_engines_own(one)]

    @property
    def counts(self) -> Mapping[Stage, int]:
        """Resources by stage."""
        return Counter(stage_of(optional_text(one, "type")) for one in self.resources)

    @property
    def workloads(self) -> Sequence[str]:
        """URNs of what is in the cluster."""
        return [
            optional_text(one, "urn")
            for one in self.resources
            if stage_of(optional_text(one, "type")) is Stage.WORKLOADS
        ]

    @property
    def has_cluster(self) -> bool:
        """Whether this stack owns the cluster."""
        return self.counts.get(Stage.CLUSTER, 0) > 0

    @property
    def protected(self) -> Sequence[str]:
        """What refuses to be deleted: type and name."""
        return [
            f"{optional_text(one, 'type')} {optional_text(one, 'urn').rpartition('::')[2]}"
            for one in self._all
            if _is_protected(one)
        ]

    @property
    def namespaces(self) -> frozenset[str]:
        """Names of the cluster's namespaces that go with this stack, and all that is in them."""
        return frozenset(
            optional_text(one, "inputs.metadata.name")
            for one in self.resources
            if one.get("type") == NAMESPACE
        )

    @property
    def kubeconfig(self) -> str:
        """How the engine reaches the cluster, as JSON without any credential; empty for none."""
        for one in self._all:
            if one.get("type") == KUBERNETES_PROVIDER:
                found = plain(dig(one, "inputs.kubeconfig"))
                return found if isinstance(found, str) and found.startswith("{") else ""
        return ""

    @property
    def is_empty(self) -> bool:
        """Whether the state has nothing, or there is no such stack."""
        return not self._all

    @property
    def _all(self) -> Sequence[Properties]:
        return blocks(block(dict(self.exported), "deployment"), "resources")


def _is_engines_own(resource: Properties) -> bool:
    return optional_text(resource, "type").startswith("pulumi:")


def _is_protected(resource: Properties) -> bool:
    inputs = block(resource, "inputs")
    return resource.get("protect") is True or any(inputs.get(one) is True for one in PROTECTIONS)

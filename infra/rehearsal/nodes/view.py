"""Nodes and pods as the node controller reads them: the few fields that it decides by, typed.

Owns the reading of API objects. Decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from infra.rehearsal.nodes.clouds import cloud_of
from infra.rehearsal.nodes.factory import (
    GROUP_LABEL,
    LEAVING_ANNOTATION,
    MACHINE_LABEL,
    SERIAL_ANNOTATION,
)
from infra.rehearsal.nodes.groups import GPU_RESOURCE, NodeGroup
from infra.rehearsal.nodes.quantity import Resources, resources

ASKED_AGAIN = "Asked again by the rehearsal. Before: "
"""How the rehearsal marks a verdict that the scheduler is to give anew; its old words follow."""
_NOT_READY_TAINT = "node.kubernetes.io/not-ready"


@dataclass(frozen=True)
class Requirement:
    """One expression of a node selector term."""

    key: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """A node selector term: all of its requirements together."""

    requirements: tuple[Requirement, ...]
    names_nodes: bool
    """It selects by a field, that is: one node by its name."""


@dataclass(frozen=True)
class Toleration:
    """A toleration; an empty key or effect means any."""

    key: str
    operator: str
    value: str
    effect: str


@dataclass(frozen=True)
class NodeView:
    """One node."""

    name: str
    group: str
    """Node group it came from; empty for a node that no group made."""
    cloud: str
    """Cloud it runs in; empty for a node of none."""
    machine: str
    serial: int
    labels: Mapping[str, str]
    ready: bool
    """Its kubelet reports Ready, and the taint of a node that is not is gone."""
    ready_since: float
    """When it became Ready, in seconds since the epoch; 0.0 before."""
    cordoned: bool
    leaving: bool
    """It is being drained and then ends."""
    gpus: int | None
    """GPUs that a device plugin has announced; None before any has."""
    allocatable: Resources


@dataclass(frozen=True)
class Cluster:
    """Everything at one moment. Pods were read before nodes: a placed pod's node is known."""

    groups: tuple[NodeGroup, ...]
    nodes: tuple["NodeView", ...]
    pods: tuple["PodView", ...]

    def pods_on(self, node: "NodeView") -> tuple["PodView", ...]:
        """Return the pods that hold something of a node."""
        return tuple(pod for pod in self.pods if pod.node == node.name and not pod.ended)


@dataclass(frozen=True)
class PodView:
    """One pod."""

    namespace: str
    name: str
    uid: str
    version: str
    """Resource version, to write only onto what was read."""
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    node: str
    """Where it was placed; empty before."""
    phase: str
    ready: bool
    deleting: bool
    owner_kind: str
    node_selector: Mapping[str, str]
    node_terms: tuple[Term, ...] | None
    """Terms of a required node affinity, of which one must hold; None without one."""
    tolerations: tuple[Toleration, ...]
    requests: Resources
    gated: bool
    """Scheduling gates hold it back: the scheduler does not look at it."""
    nominated: bool
    """The scheduler is making room for it by preemption."""
    refused: bool
    """The scheduler found no node for it."""
    refused_since: float
    """When that began, in seconds since the epoch; 0.0 when it is not refused."""
    words: str
    """What the scheduler said last about it."""
    asked_again: bool
    """The verdict is to be given anew, and was not yet."""

    @property
    def key(self) -> str:
        """Namespace and name, for people."""
        return f"{self.namespace}/{self.name}"

    @property
    def waiting(self) -> bool:
        """It has no node and wants one."""
        return self.phase == "Pending" and not self.node and not self.deleting

    @property
    def ended(self) -> bool:
        """It holds nothing of its node any more."""
        return self.phase in ("Succeeded", "Failed")

    @property
    def of_daemon_set(self) -> bool:
        """It comes and goes with its node."""
        return self.owner_kind == "DaemonSet"


def node_view(node: dict) -> NodeView:
    """Read a Node object."""
    metadata, status = node["metadata"], node.get("status") or {}
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    spec = node.get("spec") or {}
    condition = _condition(status, "Ready")
    ready = condition.get("status") == "True"
    tainted = any(taint["key"] == _NOT_READY_TAINT for taint in spec.get("taints") or [])
    free = status.get("allocatable") or {}
    return NodeView(
        name=metadata["name"],
        group=labels.get(GROUP_LABEL, ""),
        cloud=cloud_of(spec.get("providerID") or ""),
        machine=labels.get(MACHINE_LABEL, ""),
        serial=int(annotations.get(SERIAL_ANNOTATION, 0)),
        labels=labels,
        ready=ready and not tainted,
        ready_since=epoch_seconds(condition.get("lastTransitionTime")) if ready else 0.0,
        cordoned=bool(spec.get("unschedulable")),
        leaving=LEAVING_ANNOTATION in annotations,
        gpus=int(free[GPU_RESOURCE]) if GPU_RESOURCE in free else None,
        allocatable=resources(free),
    )


def pod_view(pod: dict) -> PodView:
    """Read a Pod object."""
    metadata, spec, status = pod["metadata"], pod["spec"], pod.get("status") or {}
    scheduled = _condition(status, "PodScheduled")
    refused = scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable"
    words = scheduled.get("message") or ""
    owners = metadata.get("ownerReferences") or []
    return PodView(
        namespace=metadata["namespace"],
        name=metadata["name"],
        uid=metadata["uid"],
        version=metadata["resourceVersion"],
        labels=metadata.get("labels") or {},
        annotations=metadata.get("annotations") or {},
        node=spec.get("nodeName") or "",
        phase=status.get("phase") or "",
        ready=_condition(status, "Ready").get("status") == "True",
        deleting="deletionTimestamp" in metadata,
        owner_kind=owners[0]["kind"] if owners else "",
        node_selector=spec.get("nodeSelector") or {},
        node_terms=_required_terms(spec),
        tolerations=tuple(_toleration(item) for item in spec.get("tolerations") or []),
        requests=pod_requests(spec),
        gated=bool(spec.get("schedulingGates")),
        nominated=bool(status.get("nominatedNodeName")),
        refused=refused,
        refused_since=epoch_seconds(scheduled.get("lastTransitionTime")) if refused else 0.0,
        words=words.removeprefix(ASKED_AGAIN),
        asked_again=words.startswith(ASKED_AGAIN),
    )


def pod_requests(spec: dict) -> Resources:
    """Return what a pod spec asks: its containers and sidecars, or an init container if larger."""
    total, first = Resources(), Resources()
    for container in spec.get("initContainers") or []:
        asked = _container_requests(container)
        if container.get("restartPolicy") == "Always":
            total += asked
        else:
            first = first.at_least(asked)
    for container in spec.get("containers") or []:
        total += _container_requests(container)
    return total.at_least(first) + resources(spec.get("overhead") or {})


def _container_requests(container: dict) -> Resources:
    declared = container.get("resources") or {}
    # The API server copies limits to requests that are absent; the same for objects of `render`.
    return resources((declared.get("limits") or {}) | (declared.get("requests") or {}))


def _required_terms(spec: dict) -> tuple[Term, ...] | None:
    node_affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = node_affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if required is None:
        return None
    return tuple(
        Term(
            requirements=tuple(
                Requirement(item["key"], item["operator"], tuple(item.get("values") or ()))
                for item in term.get("matchExpressions") or []
            ),
            names_nodes=bool(term.get("matchFields")),
        )
        for term in required.get("nodeSelectorTerms") or []
    )


def _toleration(item: dict) -> Toleration:
    return Toleration(
        key=item.get("key") or "",
        operator=item.get("operator") or "Equal",
        value=item.get("value") or "",
        effect=item.get("effect") or "",
    )


def _condition(status: dict, kind: str) -> dict:
    return next((item for item in status.get("conditions") or [] if item["type"] == kind), {})


def epoch_seconds(timestamp: str | None) -> float:
    """Return a timestamp of the API server as seconds since the epoch; 0 without one."""
    return datetime.fromisoformat(timestamp).timestamp() if timestamp else 0.0

"""DaemonSets and Deployments that a cloud puts into its clusters, as objects.

Owns: their outline, and what a setting changes. Does not own which workloads there are: each cloud
has its own.
Placeholders: requests, tolerations, selectors and replicas are real, since they decide what else
fits on a node; images are named and never pulled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from infra.replies import block, dig
from infra.wire import Properties, Value

NAMESPACE = "kube-system"
NODE_CRITICAL = "system-node-critical"
CLUSTER_CRITICAL = "system-cluster-critical"
Image = Callable[[str], str]
"""Container's name to its image."""
POD_SETTINGS = ("nodeSelector", "tolerations", "affinity", "topologySpreadConstraints")
"""Settings with the name and the shape of a pod spec's field; they take the default's place."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """One DaemonSet or Deployment, without settings."""

    kind: Literal["DaemonSet", "Deployment"]
    name: str
    labels: Mapping[str, str]
    """They select its pods."""
    containers: Mapping[str, Properties]
    """Name to resources."""
    pod: Properties
    """The rest of the pod spec."""
    account: str = ""
    """Service account that its pods run as, and that comes with it; none is the namespace's."""
    replicas: int = 0
    """Of a Deployment."""
    resized: frozenset[str] | None = None
    """Containers that the setting `resources` is for; None: all of them."""
    at: str = ""
    """Where its settings stand in the add-on's, where an add-on has several workloads."""
    replica_setting: str = "replicaCount"
    namespace: str = NAMESPACE
    annotations: Mapping[str, str] = field(default_factory=dict)
    """On its pods."""

    def objects(self, settings: Properties, image: Image) -> list[Properties]:
        """Return the service account and the workload; nothing when it is switched off."""
        own = block(settings, self.at) if self.at else settings
        if own.get("enabled") is False:
            return []
        pod = dict(self.pod) | {name: own[name] for name in POD_SETTINGS if name in own}
        containers: list[Value] = [
            {
                "name": name,
                "image": image(name),
                "resources": self._resources(name, own),
            }
            for name in self.containers
        ]
        labels: Properties = dict(self.labels)
        marks: Properties = dict(self.annotations)
        identity: Properties = {"serviceAccountName": self.account} if self.account else {}
        spec: Properties = {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels, **({"annotations": marks} if marks else {})},
                "spec": {**identity, **pod, "containers": containers},
            },
            **self._rollout(own),
        }
        metadata = {**named(self.name, self.namespace), "labels": labels}
        workload: Properties = {"apiVersion": "apps/v1", "kind": self.kind}
        account = [service_account(self.account, self.namespace)] if self.account else []
        return [*account, {**workload, "metadata": metadata, "spec": spec}]

    def _resources(self, container: str, own: Properties) -> Value:
        if "resources" in own and (self.resized is None or container in self.resized):
            return own["resources"]
        return self.containers[container]

    def _rollout(self, own: Properties) -> Properties:
        if self.kind == "DaemonSet":
            rolling: Properties = {"maxUnavailable": "10%"}
            return {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": rolling}}
        one: Properties = {"maxUnavailable": 1}
        return {
            "replicas": own.get(self.replica_setting, self.replicas),
            "strategy": {"type": "RollingUpdate", "rollingUpdate": one},
        }


def unready(objects: list[Properties]) -> list[str]:
    """Return the workloads, as the API server has them, whose pods are not all there."""
    return [str(dig(item, "metadata.name")) for item in objects if not _is_ready(item)]


def _is_ready(item: Properties) -> bool:
    status = block(item, "status")
    if _count(status, "observedGeneration") < _count(item, "metadata.generation"):
        return False  # the controller has not looked at this version of it
    if dig(item, "kind") == "Deployment":
        wanted, kinds = _count(item, "spec.replicas"), ("updatedReplicas", "availableReplicas")
    else:
        wanted = _count(status, "desiredNumberScheduled")
        kinds = ("updatedNumberScheduled", "numberAvailable")
    return all(_count(status, kind) >= wanted for kind in kinds)


def _count(item: Value, path: str) -> int:
    found = dig(item, path)
    return found if isinstance(found, int) else 0  # the API leaves zeros out


def service_account(name: str, namespace: str = NAMESPACE) -> Properties:
    """Return a service account."""
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": named(name, namespace)}


def named(name: str, namespace: str = NAMESPACE) -> Properties:
    """Return the metadata of an object in the namespace of a cloud's own things."""
    return {"name": name, "namespace": namespace}


def requests(
    cpu: str, memory: str = "", *, memory_limit: str = "", cpu_limit: str = ""
) -> Properties:
    """Return the resources of a container."""
    asked: Properties = {"cpu": cpu, **({"memory": memory} if memory else {})}
    bounds = {"cpu": cpu_limit, "memory": memory_limit}
    limits: Properties = {name: bound for name, bound in bounds.items() if bound}
    return {"requests": asked, **({"limits": limits} if limits else {})}

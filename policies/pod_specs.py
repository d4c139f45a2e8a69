"""Pods as workloads declare them, whatever kind of workload it is.

Owns where a pod's spec stands in each kind. Pods of charts are not seen: a chart is a name and
values, and its manifests are the rehearsal's business.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.judge import items
from policies.rule import Subject
from policies.values import MISSING, UNKNOWN, Plain, at

POD_SPECS: Mapping[str, tuple[str, ...]] = {
    "kubernetes:core/v1:Pod": ("spec",),
    "kubernetes:apps/v1:Deployment": ("spec.template.spec",),
    "kubernetes:apps/v1:StatefulSet": ("spec.template.spec",),
    "kubernetes:apps/v1:DaemonSet": ("spec.template.spec",),
    "kubernetes:apps/v1:ReplicaSet": ("spec.template.spec",),
    "kubernetes:batch/v1:Job": ("spec.template.spec",),
    "kubernetes:batch/v1:CronJob": ("spec.jobTemplate.spec.template.spec",),
    "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet": (
        "spec.leaderWorkerTemplate.leaderTemplate.spec",
        "spec.leaderWorkerTemplate.workerTemplate.spec",
    ),
}
"""Type to where its pods' specs stand."""
WORKLOADS = tuple(POD_SPECS)
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


@dataclass(frozen=True)
class Container:
    """One container of a pod, or that there may be some: `UNKNOWN`."""

    path: str
    content: Plain
    pod: Plain
    """Spec of its pod."""

    @property
    def name(self) -> str:
        """What to call it in a message."""
        name = at(self.content, "name")
        return name if isinstance(name, str) else self.path

    def at(self, path: str) -> Plain:
        """Return one of its settings."""
        return at(self.content, path)

    def effective(self, path: str) -> Plain:
        """Return a setting of its security context; the pod's where it has none."""
        own = self.at(f"securityContext.{path}")
        return at(self.pod, f"securityContext.{path}") if own is MISSING else own


def pods(subject: Subject) -> Iterator[tuple[str, Plain]]:
    """Yield path and spec of every pod that a workload makes; nothing where it has none."""
    for path in POD_SPECS[subject.type]:
        spec = subject.at(path)
        if spec is not MISSING:
            yield path, spec


def containers(subject: Subject) -> Iterator[Container]:
    """Yield every container of every pod, those that run first too."""
    for path, spec in pods(subject):
        if spec is UNKNOWN:
            yield Container(path, UNKNOWN, UNKNOWN)
            continue
        for key in ("initContainers", "containers"):
            for index, one in enumerate(items(spec, key)):
                yield Container(f"{path}.{key}[{index}]", one, spec)

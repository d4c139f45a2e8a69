"""Workloads of Kubernetes as rules see them: pods, their containers, their GPUs.

Owns reading them. What decides and is not known comes back as `UNKNOWN`, never as nothing.
"""

from collections.abc import Iterator

from policies.judge import pick
from policies.pools import POOL_LABEL, Capacity
from policies.rule import Subject
from policies.values import MISSING, UNKNOWN, Mark, Plain, as_number, at

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
DAEMON_SET = "kubernetes:apps/v1:DaemonSet"
SERVERS = (DEPLOYMENT, STATEFUL_SET)
"""Kinds whose pods answer requests."""
POD = "spec.template.spec"
GPU = "nvidia.com/gpu"
CAPACITY_LABEL = "tokenworks.dev/capacity"


def containers(subject: Subject) -> Iterator[tuple[str, Plain]]:
    """Yield every container of the pod template with its path; one `UNKNOWN` for unknown ones."""
    yield from subject.each(f"{POD}.containers[]")


def gpus(container: Plain) -> int | Mark:
    """Return the GPUs that a container holds; `UNKNOWN` when nobody can count them."""
    found = pick(at(container, "resources.limits"), GPU)
    if found is MISSING:
        return 0
    number = as_number(found)
    return UNKNOWN if isinstance(number, Mark) else int(number)


def gpus_of_pod(subject: Subject) -> int | Mark:
    """Return the GPUs of one pod."""
    each = [gpus(container) for _, container in containers(subject)]
    counted = [number for number in each if isinstance(number, int)]
    return sum(counted) if len(counted) == len(each) else UNKNOWN


def replicas(subject: Subject) -> int | Mark:
    """Return how many pods run; one where nothing is written, as Kubernetes has it."""
    found = subject.at("spec.replicas")
    if found is MISSING:
        return 1
    number = as_number(found)
    return UNKNOWN if isinstance(number, Mark) else int(number)


def pool_of(subject: Subject) -> Plain:
    """Return the pool of nodes that the pods select."""
    return pick(subject.at(f"{POD}.nodeSelector"), POOL_LABEL)


def on_demand_only(subject: Subject) -> bool:
    """Return whether the pods require nodes that are bought on demand."""
    required = f"{POD}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    wanted = (CAPACITY_LABEL, "In", [Capacity.ON_DEMAND.value])
    return any(
        tuple(at(one, key) for key in ("key", "operator", "values")) == wanted
        for _, one in subject.each(f"{required}.nodeSelectorTerms[].matchExpressions[]")
    )

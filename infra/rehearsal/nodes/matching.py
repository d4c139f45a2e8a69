"""May a pod run on a group's nodes by its labels and tolerations? Sizes are the scheduler's matter.

Owns node selectors, required node affinity and tolerations, with the rules of Kubernetes
(component-helpers, scheduling/corev1). Does not look at resources, volumes, spread or other pods.
"""

from collections.abc import Mapping

from infra.rehearsal.nodes.factory import labels
from infra.rehearsal.nodes.groups import NodeGroup, Taint
from infra.rehearsal.nodes.view import PodView, Requirement, Term, Toleration


def matches(pod: PodView, group: NodeGroup) -> bool:
    """Say whether a new node of the group, in one of its zones, would be open to the pod."""
    if not all(tolerates(pod.tolerations, taint) for taint in group.taints):
        return False
    return any(selects(pod, labels(group, zone)) for zone in group.zones)


def selects(pod: PodView, node_labels: Mapping[str, str]) -> bool:
    """Say whether the pod's selector and required affinity accept a node with these labels."""
    if any(node_labels.get(key) != value for key, value in pod.node_selector.items()):
        return False
    if pod.node_terms is None:
        return True
    return any(_term_holds(term, node_labels) for term in pod.node_terms)


def tolerates(tolerations: tuple[Toleration, ...], taint: Taint) -> bool:
    """Say whether a taint does not keep the pod away."""
    if taint.effect == "PreferNoSchedule":
        return True
    return any(_covers(toleration, taint) for toleration in tolerations)


def _covers(toleration: Toleration, taint: Taint) -> bool:
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    if toleration.operator == "Exists":
        return True
    return toleration.value == taint.value


def _term_holds(term: Term, node_labels: Mapping[str, str]) -> bool:
    # A term without any requirement selects nothing; one that names a node selects no new one.
    if term.names_nodes or not term.requirements:
        return False
    return all(_holds(requirement, node_labels) for requirement in term.requirements)


def _holds(requirement: Requirement, node_labels: Mapping[str, str]) -> bool:
    value = node_labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return value in requirement.values
        case "NotIn":
            return value not in requirement.values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt" | "Lt":
            return _compares(requirement, value)
        case _:
            return False


def _compares(requirement: Requirement, value: str | None) -> bool:
    try:
        have, bound = int(value or ""), int(requirement.values[0])
    except ValueError:
        return False
    return have > bound if requirement.operator == "Gt" else have < bound

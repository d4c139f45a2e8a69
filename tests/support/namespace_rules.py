"""What must hold for a namespace and what is in it, as rules that each yield what is wrong.

Owns the rules. Does not own which namespaces may be less than restricted: the tests do.
"""

from collections.abc import Iterator, Sequence

from infra.rehearsal.charts.objects import part
from tests.support.manifests import Manifest, texts

POD_SECURITY = "pod-security.kubernetes.io"
LEVELS = ("privileged", "baseline", "restricted")
"""Kubernetes, "Pod Security Standards", loosest first."""
DIRECTIONS = ("Ingress", "Egress")


def level_is_set(namespace: Manifest) -> Iterator[str]:
    """Every namespace has its level; without a label the API server enforces nothing."""
    labels = part(namespace.body, "metadata", "labels")
    for mode in ("enforce", "audit"):
        level = labels.get(f"{POD_SECURITY}/{mode}")
        if level not in LEVELS:
            yield f"{namespace.name}: {mode} must be one of {', '.join(LEVELS)}, got {level}"


def starts_closed(namespace: str, manifests: Sequence[Manifest]) -> Iterator[str]:
    """A policy for all pods of a namespace that lets nothing through; others add to it."""
    policies = [
        part(item.body, "spec")
        for item in manifests
        if item.kind == "NetworkPolicy" and item.namespace == namespace
    ]
    for direction in DIRECTIONS:
        rules = direction.lower()
        closing = [
            spec
            for spec in policies
            if not part(spec, "podSelector")
            and direction in texts(spec.get("policyTypes"))
            and not spec.get(rules)
        ]
        if not closing:
            yield f"{namespace}: no policy denies {rules} to all pods"


def enforced_level(namespace: Manifest) -> str:
    """Return the level that the API server holds pods to."""
    labels = part(namespace.body, "metadata", "labels")
    return str(labels.get(f"{POD_SECURITY}/enforce", LEVELS[0]))

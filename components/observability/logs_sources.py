"""Whose lines are read: every namespace that the platform itself fills.

Namespaces of tenants are not among them: what runs there is theirs, and may print prompts. Pods
outside of a namespace of this list are read by nobody.
"""

from components.kubernetes import gateway_names, load_balancers, model_namespace
from components.observability import names
from components.observability.logs_alloy import Sources
from components.observability.pages import pages
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec

CLUSTER_OWN = "kube-system"
"""DNS, the network and the cloud's agents. On GKE they are in Cloud Logging (`SYSTEM_COMPONENTS`);
EKS keeps what its control plane says, and nothing of these."""


def sources(spec: StackSpec) -> Sources:
    """Return the namespaces of a stack's platform."""
    on_aws = spec.cloud.provider is CloudProvider.AWS
    found = {page.namespace for page in pages(spec)}
    found |= {model_namespace.NAMESPACE, names.NODE_NAMESPACE}
    found |= {CLUSTER_OWN} if on_aws else set()
    if spec.gateway.is_built and on_aws:
        found.add(load_balancers.NAMESPACE)
    if spec.gateway.shared_host:
        found |= {gateway_names.AI_NAMESPACE, gateway_names.COUNTS_NAMESPACE}
    return Sources(spec.platform_name, tuple(sorted(found)))

"""The recorded graph of each stack, once for all tests of a process.

One more of each cloud can be asked for by name: a stack that has all that a foundation may have,
whether or not a stack of ours switches it on.
"""

import json
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.graph.model import Graph, Resource
from infra.graph.record import record_stack
from infra.graph.symbolic_aws import ACCOUNT_ID
from infra.spec.environment import Layer
from infra.spec.files import load_stack_file
from tests.support.projects import make_project, stack_config, two_stacks
from tests.support.stacks import STACKS

EVERYTHING = "aws-everything"
"""A stack with people who may ship models, private endpoints, flow logs, a DNS zone and tenants."""
GCP_EVERYTHING = "gcp-everything"
"""The same on Google Cloud, with administrators, too, and no address of the API server."""
IN_CLOUD = "aws-in-cloud"
"""A stack whose logs and samples a store of AWS's keeps, reached by private endpoints."""
GCP_IN_CLOUD = "gcp-in-cloud"
"""A stack whose logs Cloud Logging keeps."""
MODELS_ALONE = "aws-base-models"
"""A stack of models on the foundation of another one."""
ONLY_MODELS = [
    MODELS_ALONE,
    *(stack for stack in STACKS if load_stack_file(stack).layers == (Layer.MODELS,)),
]
"""That one, and those of ours that build no other layer."""
TEAM = f"arn:aws:iam::{ACCOUNT_ID}:role/model-team"
GCP_TEAM = "group:model-team@example.com"
"""Who may ship models there."""
GCP_ADMINS = "group:platform-team@example.com"

GATEWAY = {"domain": "llm.example.com", "issuer": "letsencrypt-staging", "sharedHost": True}
"""With a certificate authority that asks for a DNS zone, and one address for all models."""
TENANTS = [
    {"name": "search", "requestsPerMinute": 300, "namespace": {"cpu": 2}},
    {"name": "support", "models": ["qwen2.5-7b"]},
]
OBSERVABILITY = {"traces": {"enabled": True}, "cost": {"enabled": True}}


@cache
def graph_of(stack: str) -> Graph:
    """Return everything that a stack declares."""
    made = {
        EVERYTHING: _everything,
        GCP_EVERYTHING: _everything_of_google,
        IN_CLOUD: partial(in_cloud, IN_CLOUD),
        GCP_IN_CLOUD: partial(in_cloud, GCP_IN_CLOUD),
        MODELS_ALONE: two_stacks,
    }
    if stack not in made:
        return record_stack(stack)
    with TemporaryDirectory() as folder:
        return record_stack(stack, folder=make_project(Path(folder) / "it", made[stack]()))


def _everything() -> dict[str, dict[str, object]]:
    config = stack_config()
    cluster = config["tokenworks:cluster"]
    assert isinstance(cluster, dict)
    config["tokenworks:cluster"] = {**cluster, "modelDeployers": [TEAM]}
    config["tokenworks:network"] = {"interfaceEndpoints": True, "flowLogs": True}
    config["tokenworks:gateway"] = GATEWAY
    config["tokenworks:tenants"] = TENANTS
    config["tokenworks:observability"] = OBSERVABILITY
    return {EVERYTHING: config}


def _everything_of_google() -> dict[str, dict[str, object]]:
    config = stack_config("gcp-dev")
    cluster = config["tokenworks:cluster"]
    assert isinstance(cluster, dict)
    config["tokenworks:cluster"] = {
        **cluster,
        "endpointAccess": [],
        "admins": [GCP_ADMINS],
        "modelDeployers": [GCP_TEAM],
    }
    config["tokenworks:network"] = {"flowLogs": True}
    config["tokenworks:gateway"] = GATEWAY
    config["tokenworks:tenants"] = TENANTS
    config["tokenworks:observability"] = OBSERVABILITY
    return {GCP_EVERYTHING: config}


def in_cloud(stack: str) -> dict[str, dict[str, object]]:
    """Return the settings of a stack whose logs, and on AWS samples, the cloud keeps."""
    if stack == GCP_IN_CLOUD:
        config = stack_config("gcp-dev")
        config["tokenworks:observability"] = {"logs": {"store": "cloud"}}
        return {stack: config}
    config = stack_config()
    config["tokenworks:network"] = {"interfaceEndpoints": True}
    config["tokenworks:observability"] = {
        "logs": {"store": "cloud"},
        "metrics": {"managed": True},
    }
    return {stack: config}


def before(graph: Graph, resource: Resource) -> set[str]:
    """Return the URNs of whatever must be there before a resource, and until after its end."""
    found: set[str] = set()
    waiting = [resource.urn]
    while waiting:
        for urn in graph.resource(waiting.pop()).dependencies:
            if urn not in found:
                found.add(urn)
                waiting.append(urn)
    return found


def upstream(graph: Graph, name: str) -> set[str]:
    """Return the names of everything that must exist before a resource, parents included."""
    waiting, found = [graph.named(name)], set()
    while waiting:
        item = waiting.pop()
        near = (*item.dependencies, *filter(None, (item.parent, item.provider)))
        for earlier in map(graph.resource, near):
            if earlier.urn not in found:
                found.add(earlier.urn)
                waiting.append(earlier)
    return {urn.rsplit("::", 1)[1] for urn in found}


def network_policies(graph: Graph) -> dict[str, dict]:
    """Return the specs of a graph's network policies, in one namespace, by their names."""
    found = [
        json.loads(json.dumps(item.inputs))
        for item in graph.resources
        if item.type.endswith(":NetworkPolicy")
    ]
    return {item["metadata"]["name"]: item["spec"] for item in found}

"""The contract that every component keeps, whatever it creates."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

import pulumi
import pytest

import components
from components.data.cache import ClusterCache
from components.data.milvus import VectorStore
from components.data.milvus_backup import VectorBackup
from components.data.token_counts import TokenCounts
from components.kubernetes.admins import ClusterAdmins
from components.kubernetes.ai_gateway import AiGateway
from components.kubernetes.autoscaling import Autoscaling
from components.kubernetes.cert_manager import CertManager
from components.kubernetes.external_dns import ExternalDns
from components.kubernetes.external_secrets import ExternalSecrets
from components.kubernetes.gateway import PublicGateway
from components.kubernetes.gateway_certificate import GatewayCertificate
from components.kubernetes.gpu import GpuSoftware
from components.kubernetes.load_balancers import LoadBalancerController
from components.kubernetes.model_namespace import ModelNamespace
from components.kubernetes.priorities import PriorityClasses
from components.kubernetes.storage import BlockStorage
from components.observability.cost import Cost
from components.observability.logs import Logs
from components.observability.monitoring import Monitoring
from components.observability.monitors import Monitors
from components.observability.objects import Dashboards, Rules
from components.observability.probe import Probe
from components.observability.traces import Traces
from components.serving.working_hours import WorkingHours
from infra.graph.model import Graph, Resource
from infra.graph.recorder import record_program
from tests.unit.components import (
    examples,
    examples_gcp,
    makers_aws,
    makers_gcp,
    makers_kubernetes,
    makers_observability,
    makers_serving,
)

Make = Callable[[str, pulumi.ResourceOptions], pulumi.ComponentResource]

_ALL = {
    **makers_aws.MAKERS,
    **makers_gcp.MAKERS,
    **makers_kubernetes.MAKERS,
    **makers_observability.MAKERS,
    **makers_serving.MAKERS,
}
_WITHOUT_TAGS = {
    "Route",
    "RouteTableAssociation",
    "RolePolicyAttachment",
    "LogStream",
    "RolePolicy",
    "AccessPolicyAssociation",
    "Alias",
    *("BucketVersioning", "BucketServerSideEncryptionConfiguration", "BucketPublicAccessBlock"),
    *("BucketOwnershipControls", "BucketPolicy", "BucketLifecycleConfiguration"),
    "LifecyclePolicy",
    "PullThroughCacheRule",
    "Tag",
}
"""AWS types that take no tags. What is not here must carry them."""
_ONCE_PER_CLUSTER = {
    AiGateway,
    TokenCounts,
    ClusterAdmins,
    ExternalSecrets,
    GpuSoftware,
    ModelNamespace,
    PriorityClasses,
    PublicGateway,
    GatewayCertificate,
    BlockStorage,
    Autoscaling,
    CertManager,
    ExternalDns,
    LoadBalancerController,
    ClusterCache,
    Logs,
    Monitoring,
    Probe,
    Cost,
    Traces,
    Monitors,
    Rules,
    Dashboards,
    VectorBackup,
    VectorStore,
    WorkingHours,
}
"""Components whose objects have fixed names on purpose, because a cluster gets them once."""


def _id(component: type[pulumi.ComponentResource]) -> str:
    return f"{component.__module__.split('.')[1]}-{component.__name__}"


every_component = pytest.mark.parametrize("component", _ALL, ids=_id)


@cache
def _deploy(component: type[pulumi.ComponentResource], *names: str) -> Graph:
    """Record one component under each name; the recorder refuses duplicate URNs and the like."""

    def program() -> None:
        opts = _options(component)
        for name in names:
            _ALL[component](name, opts)

    return record_program(program, stack="aws-dev")


def _options(component: type[pulumi.ComponentResource]) -> pulumi.ResourceOptions:
    if component in makers_gcp.MAKERS:
        return examples_gcp.with_gcp()
    return examples.with_aws() if component in makers_aws.MAKERS else examples.with_kubernetes()


def _created(graph: Graph) -> list[Resource]:
    return [item for item in graph.resources if not item.is_provider]


def _subclasses(base: type) -> set[type]:
    direct = set(base.__subclasses__())
    return direct.union(*(_subclasses(item) for item in direct))


def test_every_component_of_the_project_has_its_contract_tested_here() -> None:
    for module in pkgutil.walk_packages(components.__path__, "components."):
        importlib.import_module(module.name)
    ours = {
        item
        for item in _subclasses(pulumi.ComponentResource)
        if item.__module__.startswith("components.")
    }

    assert ours == set(_ALL)


@every_component
def test_everything_that_a_component_creates_is_below_it(
    component: type[pulumi.ComponentResource],
) -> None:
    graph = _deploy(component, "one")

    roots = [item for item in _created(graph) if item.parent is None]

    assert [(item.name, item.custom) for item in roots] == [("one", False)]
    assert len(_created(graph)) > 1


@every_component
def test_its_type_token_names_room_and_class(component: type[pulumi.ComponentResource]) -> None:
    root = _deploy(component, "one").named("one")

    room = component.__module__.split(".")[1]
    assert root.type == f"tokenworks:{room}:{component.__name__}"


@every_component
def test_children_carry_the_name_of_their_parent(component: type[pulumi.ComponentResource]) -> None:
    graph = _deploy(component, "one")

    for item in _created(graph):
        if item.parent is not None:
            assert item.name.startswith(f"{graph.resource(item.parent).name}-")


@every_component
def test_every_component_in_it_registers_outputs(component: type[pulumi.ComponentResource]) -> None:
    graph = _deploy(component, "one")

    for item in _created(graph):
        assert item.custom or item.outputs, f"{item.name} registers no outputs"


@every_component
def test_every_child_has_the_provider_that_the_component_was_given(
    component: type[pulumi.ComponentResource],
) -> None:
    graph = _deploy(component, "one")
    given = {item.urn for item in graph.resources if item.is_provider}

    used = {item.provider for item in _created(graph) if item.custom}

    assert used == given


@pytest.mark.parametrize("component", makers_aws.MAKERS, ids=lambda item: item.__name__)
def test_every_taggable_child_carries_the_tags_of_the_platform(
    component: type[pulumi.ComponentResource],
) -> None:
    for item in _created(_deploy(component, "one")):
        if item.custom and item.short_type not in _WITHOUT_TAGS:
            tags = item.inputs.get("tags")
            assert isinstance(tags, dict), f"{item.name} has no tags"
            assert {"Name", "tokenworks.dev/platform", "tokenworks.dev/environment"} <= set(tags)


@pytest.mark.parametrize("component", makers_gcp.MAKERS, ids=_id)
def test_every_child_on_google_cloud_that_takes_labels_carries_those_of_the_platform(
    component: type[pulumi.ComponentResource],
) -> None:
    for item in _created(_deploy(component, "one")):
        if item.custom and item.short_type not in makers_gcp.WITHOUT_LABELS:
            found = makers_gcp.labels_of(item)
            assert isinstance(found, dict), f"{item.name} has no labels"
            assert {"tokenworks-platform", "tokenworks-environment"} <= set(found)


@every_component
@pytest.mark.thorough
def test_two_of_a_kind_coexist(component: type[pulumi.ComponentResource]) -> None:
    alone = len(_created(_deploy(component, "one")))
    graph = _deploy(component, "one", "two")

    assert len(_created(graph)) == 2 * alone
    if component not in _ONCE_PER_CLUSTER:
        physical = [name for item in graph.resources if (name := _physical_name(item))]
        assert len(physical) == len(set(physical))


def _physical_name(item: Resource) -> str | None:
    """Return what must be unique in the cloud or the cluster, if the program fixes it."""
    metadata = item.inputs.get("metadata")
    if isinstance(metadata, dict):
        return f"{item.short_type} {metadata.get('namespace')}/{metadata.get('name')}"
    name = item.inputs.get("name")
    return f"{item.short_type} {name}" if isinstance(name, str) else None

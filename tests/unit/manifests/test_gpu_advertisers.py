"""Who tells the nodes of an environment that they have GPUs: exactly one."""

from dataclasses import replace

import pytest

from infra.graph.model import Graph, Resource
from infra.rehearsal.charts.objects import part
from infra.rehearsal.nodes.groups import ADVERTISES_ANNOTATION, GPU_RESOURCE
from infra.spec.files import STACKS_FOLDER
from infra.spec.stacks import extended_by, load_environment
from infra.wire import Properties, Value, plain, plain_properties
from tests.support.graphs import graph_of
from tests.support.manifests import Manifest, Pod, maps, pods_in, pods_of
from tests.support.stacks import STACKS

ENVIRONMENTS = [stack for stack in STACKS if extended_by(stack, STACKS_FOLDER) is None]
PLUGIN_FOLDER = "/var/lib/kubelet/device-plugins"
"""Where a device plugin registers (Kubernetes, "Device plugins", plugin registration)."""

IMAGES_WITH_A_PLUGIN = {
    "AL2023_x86_64_STANDARD": False,
    "AL2023_x86_64_NVIDIA": False,
    "BOTTLEROCKET_x86_64_NVIDIA": True,
}
"""Node image to whether it offers GPUs by itself (EKS user guide, "Manage NVIDIA GPU devices",
2026)."""


WITHOUT_GOOGLES_PLUGIN = "gke-no-default-nvidia-gpu-device-plugin"
"""Label of GKE nodes that keeps Google's plugin away (NVIDIA, GPU Operator on GKE, 2026)."""
DRIVERS = ("DEFAULT", "LATEST")
"""Values of `gpuDriverVersion` with which GKE installs a driver; without one its plugin waits for
ever (GKE, "Run GPUs in Standard node pools", 2026)."""

ADDONS_WITHOUT_A_PLUGIN = {
    "vpc-cni",
    "kube-proxy",
    "eks-pod-identity-agent",
    "coredns",
    "aws-ebs-csi-driver",
    "metrics-server",
    # Brings NVIDIA's DCGM to look at GPUs, not a plugin to offer them (templates of its chart,
    # aws/eks-node-monitoring-agent, read 2026-11).
    "eks-node-monitoring-agent",
}
"""EKS add-ons of which none offers GPUs."""


def _plugins(pods: tuple[Pod, ...]) -> list[Pod]:
    """Return the pods that can register a device: by what they mount, whatever they are called."""
    return [
        pod
        for pod in pods
        for volume in maps(pod.spec.get("volumes"))
        if str(part(volume, "hostPath").get("path")).rstrip("/") == PLUGIN_FOLDER
    ]


def _advertisers(pods: tuple[Pod, ...], graph: Graph) -> list[str]:
    return [
        *(pod.owner.title for pod in _plugins(pods) if _resource(pod) == GPU_RESOURCE),
        *(f"image {image}" for image in _node_images(graph) if IMAGES_WITH_A_PLUGIN[image]),
        *(f"Auto Mode of {item.name}" for item in _auto_mode(graph)),
        *(["GKE's own plugin"] if any(map(_has_googles_plugin, _gpu_pools(graph))) else []),
    ]


def _gpu_pools(graph: Graph) -> list[Resource]:
    """Return the node pools of GKE whose nodes have GPUs."""
    pools = graph.of_type("gcp:container/nodePool:NodePool")
    return [pool for pool in pools if _accelerators(pool)]


def _accelerators(pool: Resource) -> list[Properties]:
    return maps(part(plain_properties(pool.inputs), "nodeConfig").get("guestAccelerators"))


def _has_googles_plugin(pool: Resource) -> bool:
    labels = part(plain_properties(pool.inputs), "nodeConfig", "labels")
    drivers = {
        part(item, "gpuDriverInstallationConfig").get("gpuDriverVersion")
        for item in _accelerators(pool)
    }
    return WITHOUT_GOOGLES_PLUGIN not in labels and drivers <= set(DRIVERS)


def _auto_mode(graph: Graph) -> list[Resource]:
    """Return clusters whose nodes are EKS's: their image has a plugin (EKS user guide, 2026)."""
    clusters = graph.of_type("aws:eks/cluster:Cluster")
    return [item for item in clusters if part(plain_properties(item.inputs), "computeConfig")]


def _resource(pod: Pod) -> Value:
    return part(pod.metadata, "annotations").get(ADVERTISES_ANNOTATION)


def _node_images(graph: Graph) -> set[str]:
    groups = graph.of_type("aws:eks/nodeGroup:NodeGroup")
    return {str(plain(group.inputs.get("amiType"))) for group in groups}


@pytest.mark.parametrize("stack", STACKS)
def test_every_device_plugin_says_what_it_offers(stack: str) -> None:
    """One that said nothing would not be counted below."""
    assert [pod.owner.title for pod in _plugins(pods_of(stack)) if not _resource(pod)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_node_image_is_known(stack: str) -> None:
    assert _node_images(graph_of(stack)) - IMAGES_WITH_A_PLUGIN.keys() == set()


@pytest.mark.parametrize("stack", STACKS)
def test_every_add_on_is_known_to_leave_gpus_alone(stack: str) -> None:
    addons = graph_of(stack).of_type("aws:eks/addon:Addon")

    assert {plain(item.inputs["addonName"]) for item in addons} - ADDONS_WITHOUT_A_PLUGIN == set()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_has_one_advertiser_of_gpus(environment: str) -> None:
    stacks = load_environment(environment)
    found = [
        title
        for stack in stacks
        for title in _advertisers(pods_of(stack.name), graph_of(stack.name))
    ]

    assert len(found) == (1 if any(stack.gpu_pools for stack in stacks) else 0), found


@pytest.mark.parametrize("stack", STACKS)
def test_google_offers_the_gpus_of_every_pool_of_gke(stack: str) -> None:
    """A pool that its plugin leaves out would have GPUs that no pod can ask for."""
    assert [p.name for p in _gpu_pools(graph_of(stack)) if not _has_googles_plugin(p)] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": {WITHOUT_GOOGLES_PLUGIN: "true"}},
        {"guestAccelerators": [{"type": "nvidia-l4", "count": 1}]},
    ],
)
def test_a_pool_that_googles_plugin_leaves_out_is_seen(changes: Properties) -> None:
    pool = _gpu_pools(graph_of("gcp-dev"))[0]
    config = part(plain_properties(pool.inputs), "nodeConfig")
    left_out = replace(pool, inputs={**pool.inputs, "nodeConfig": {**config, **changes}})

    assert _has_googles_plugin(pool)
    assert not _has_googles_plugin(left_out)


def test_our_plugin_beside_googles_is_seen() -> None:
    ours = _plugins(pods_of("aws-dev"))

    assert len(_advertisers((*pods_of("gcp-dev"), *ours), graph_of("gcp-dev"))) == 2


def test_a_plugin_of_another_name_is_seen() -> None:
    template: Properties = {
        "metadata": {"annotations": {ADVERTISES_ANNOTATION: GPU_RESOURCE}},
        "spec": {
            "containers": [{"name": "driver"}],
            "volumes": [{"name": "kubelet", "hostPath": {"path": f"{PLUGIN_FOLDER}/"}}],
        },
    }
    body: Properties = {
        "kind": "DaemonSet",
        "metadata": {"name": "gpu-operator"},
        "spec": {"template": template},
    }
    second = tuple(pods_in(Manifest(body, "gpu-operator")))

    assert _plugins(second)
    assert len(_advertisers((*pods_of("aws-dev"), *second), graph_of("aws-dev"))) == 2


def test_a_cluster_that_brings_nodes_of_its_own_is_seen() -> None:
    ours = graph_of("aws-dev")
    (cluster,) = ours.of_type("aws:eks/cluster:Cluster")
    automatic = replace(cluster, inputs={**cluster.inputs, "computeConfig": {"enabled": True}})

    assert _auto_mode(ours) == []
    assert _auto_mode(replace(ours, resources=(automatic,)))

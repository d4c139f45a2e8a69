"""Small, complete pieces of a spec on Google Cloud, for tests of components and layers."""

import pulumi
import pulumi_gcp as gcp

from components.gcp.account import ProjectRef
from components.gcp.handles import AccountRef, KeyRef, KeysRef, NetworkRef, NodeHome
from components.gcp.provider import gcp_provider
from components.handles import PlatformRef, WeightsRef, Workload, ZoneRef
from infra.spec.cloud import CloudProvider
from infra.spec.cluster import SystemNodesSpec
from infra.spec.environment import Environment
from infra.spec.pools import NodeRange
from infra.spec.stack import StackSpec
from tests.unit.components import examples

PROJECT = "example-llm-dev"
NUMBER = "123456789012"
PAYER = "012345-6789AB-CDEF01"
REGION = "us-central1"
PLATFORM = PlatformRef(name="gcp-dev", environment=Environment.DEV, region=REGION)
CLOUD = examples.CLOUD.model_copy(
    update={"provider": CloudProvider.GCP, "project": PROJECT, "region": REGION}
)
NETWORK = examples.NETWORK.model_copy(
    update={"pod_cidr": "100.64.0.0/16", "service_cidr": "100.65.0.0/20"}
)
CLUSTER = examples.CLUSTER.model_copy(
    update={
        "admins": (),
        "system_nodes": SystemNodesSpec(machine_type="e2-standard-4", min=1, max=3),
    }
)
POOL = examples.POOL.model_copy(
    update={
        "machine_type": "g2-standard-8",
        "spot_machine_types": ("g2-standard-8",),
        "flex_start": NodeRange(min=0, max=2),
    }
)
MANAGED_CACHE = examples.MANAGED_CACHE.model_copy(
    update={
        name: instance.model_copy(update={"node_type": "STANDARD_SMALL"})
        for name, instance in examples.MANAGED_CACHE.instances.items()
    }
)
MODEL_SERVER = Workload("models", "model-server")
CERT_MANAGER = Workload("cert-manager", "cert-manager")
EXTERNAL_DNS = Workload("external-dns", "external-dns")


def stack_spec(name: str = "gcp-dev") -> StackSpec:
    """Return a whole stack."""
    return examples.stack_spec(name).model_copy(
        update={"cloud": CLOUD, "network": NETWORK, "cluster": CLUSTER, "gpu_pools": (POOL,)}
    )


def project_ref() -> ProjectRef:
    """Return a project of nobody's."""
    return ProjectRef(
        id=PROJECT,
        number=pulumi.Output.from_input(NUMBER),
        region=REGION,
        payer=pulumi.Output.from_input(PAYER),
    )


def key_ref(purpose: str = "some") -> KeyRef:
    """Return a key that nobody created."""
    ring = f"projects/{PROJECT}/locations/{REGION}/keyRings/ring"
    return KeyRef(id=pulumi.Output.from_input(f"{ring}/cryptoKeys/{purpose}"), grants=())


def keys_ref() -> KeysRef:
    """Return keys that nobody created."""
    return KeysRef(
        secrets=key_ref("secrets"),
        disks=key_ref("disks"),
        weights=key_ref("weights"),
        logs=key_ref("logs"),
        cache=key_ref("cache"),
        drawn=pulumi.Output.from_input("0a1b2c3"),
    )


def network_ref() -> NetworkRef:
    """Return a network that nobody created."""
    text = pulumi.Output.from_input
    return NetworkRef(
        network=text("the-network"),
        subnetwork=text("the-nodes"),
        pod_range=text("pods"),
        service_range=text("services"),
        cidr=text("10.0.0.0/16"),
        egress=(),
    )


def account_ref() -> AccountRef:
    """Return a service account that nobody created."""
    email = f"nodes@{PROJECT}.iam.gserviceaccount.com"
    return AccountRef(email=pulumi.Output.from_input(email), permissions=())


def weights_ref() -> WeightsRef:
    """Return a bucket that nobody created."""
    return WeightsRef(bucket=pulumi.Output.from_input("weights-1a2b3c4"), region=REGION)


def zone_ref() -> ZoneRef:
    """Return a DNS zone that nobody created."""
    return ZoneRef(domain="llm.example.com", zone=pulumi.Output.from_input("llm-1a2b3c4"))


def node_home() -> NodeHome:
    """Return a place for nodes that nobody created."""
    return NodeHome(
        cluster_name=pulumi.Output.from_input("tokenworks-gcp-dev"),
        account=account_ref(),
        network=network_ref(),
        disk_key=key_ref("disks"),
    )


def provider() -> gcp.Provider:
    """Return the provider of Google Cloud."""
    return gcp_provider("the-gcp", PLATFORM, PROJECT)


def with_gcp() -> pulumi.ResourceOptions:
    """Return the options of a component in Google Cloud."""
    return pulumi.ResourceOptions(providers=[provider()])

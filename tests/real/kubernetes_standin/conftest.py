"""A provider on the real control plane, and places to work in."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2_grpc

from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.server import KubernetesProvider
from infra.wire import SECRET, SIGNATURE_KEY, Properties
from tests.support.standin import POOL_LABEL, Engine, configure, kubeconfig, wait_for


@pytest.fixture(scope="module")
def api(control_plane: ControlPlane) -> ApiClient:
    return ApiClient(control_plane.endpoint, control_plane.ca_pem, control_plane.admin_token)


@pytest.fixture
def connect() -> Iterator[Callable[[], provider_pb2_grpc.ResourceProviderStub]]:
    """Start a provider without a cluster, as the engine does for each provider instance."""
    stops = []

    def start() -> provider_pb2_grpc.ResourceProviderStub:
        server = grpc.server(ThreadPoolExecutor(8))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(KubernetesProvider(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        stops.append((server, channel))
        return provider_pb2_grpc.ResourceProviderStub(channel)

    yield start
    for server, channel in stops:
        channel.close()
        server.stop(0).wait()


@pytest.fixture
def engine(
    connect: Callable[[], provider_pb2_grpc.ResourceProviderStub], control_plane: ControlPlane
) -> Engine:
    stub = connect()
    secret: Properties = {SIGNATURE_KEY: SECRET, "value": kubeconfig(control_plane)}
    configure(stub, {"kubeconfig": secret})
    return Engine(stub)


@pytest.fixture
def namespace(api: ApiClient) -> Iterator[str]:
    name = f"standin-{uuid.uuid4().hex[:8]}"
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    wait_for(lambda: api.find("v1", "ServiceAccount", "default", name))
    yield name
    api.delete("v1", "Namespace", name)


@pytest.fixture
def node(api: ApiClient) -> Iterator[str]:
    """A node of a pool of its own, which kwok keeps Ready; the value is the pool's name."""
    pool = f"pool-{uuid.uuid4().hex[:8]}"
    amounts = {"cpu": "4", "memory": "16Gi", "pods": "20"}
    api.create(
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": pool, "labels": {POOL_LABEL: pool}},
            "status": {"allocatable": amounts, "capacity": amounts},
        }
    )
    yield pool
    api.delete("v1", "Node", pool)

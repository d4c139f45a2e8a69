"""A model server under the recorder, and ways into what it declares."""

from collections.abc import Sequence
from dataclasses import replace

from components.serving.model_server import ModelServer
from components.serving.rollout import ServerSet
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.models import ModelSpec
from infra.wire import Value
from tests.unit.components import examples


def declared(
    model: ModelSpec = examples.MODEL,
    servers: Sequence[ServerSet] = examples.SERVERS,
    *,
    token: bool = False,
    endpoints: tuple[str, ...] = ("https://huggingface.co",),
    cloud: CloudProvider = CloudProvider.AWS,
) -> Graph:
    def program() -> None:
        hub = examples.HUB.model_copy(update={"endpoints": endpoints, "token": token})
        home = replace(examples.model_home(), hub=hub, cloud=cloud)
        ModelServer(
            "m",
            model,
            servers=servers,
            pool=examples.pool(cloud),
            home=home,
            config_map=examples.start_program(),
            opts=examples.with_kubernetes(),
        )

    return record_program(program, stack="aws-dev")


def at(properties: Value, *path: str | int) -> Value:
    value: Value = properties
    for key in path:
        if isinstance(key, int):
            assert isinstance(value, list)
            value = value[key]
        else:
            assert isinstance(value, dict)
            value = value[key]
    return value


def pod_of(graph: Graph) -> Value:
    return at(graph.named("m-deployment").inputs, "spec", "template", "spec")


def container_of(graph: Graph) -> Value:
    return at(pod_of(graph), "containers", 0)

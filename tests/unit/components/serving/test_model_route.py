"""The way in of one model."""

import json

from components.serving.model_route import ModelRoute
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.gateway import Authentication
from tests.support.graphs import before
from tests.unit.components import examples


def route(**settings: object) -> Graph:
    gateway = examples.GATEWAY.model_copy(update=settings)
    return record_program(
        lambda: ModelRoute(
            "way-in",
            examples.MODEL,
            gateway,
            servers=2,
            namespace=examples.namespace_ref(),
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


def test_the_policies_are_there_before_the_route_is_open() -> None:
    graph = route()
    earlier = before(graph, graph.named("way-in-httproute", "HTTPRoute"))

    for kind in ("SecurityPolicy", "BackendTrafficPolicy"):
        assert graph.named(f"way-in-{kind.lower()}", kind).urn in earlier


def test_all_three_have_the_models_name_and_speak_of_its_route() -> None:
    graph = route()
    objects = [
        json.loads(json.dumps(item.inputs))
        for item in graph.resources
        if item.short_type in {"HTTPRoute", "SecurityPolicy", "BackendTrafficPolicy"}
    ]
    names = {item["metadata"]["name"] for item in objects}

    assert names == {examples.MODEL.object_name}
    targets = [target for item in objects for target in item["spec"].get("targetRefs", [])]
    assert {target["name"] for target in targets} == names
    assert len(targets) == 2


def test_without_keys_and_ranges_there_is_nothing_to_ask() -> None:
    graph = route(authentication=Authentication.NONE, allow_from=())

    assert "SecurityPolicy" not in {item.short_type for item in graph.resources}

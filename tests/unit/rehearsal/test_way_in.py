"""What a rehearsal says of the gateway that came up."""

from collections.abc import Mapping

import pytest

from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.way_in import way_in

TRUE = {"type": "Accepted", "status": "True", "reason": "Accepted", "message": ""}
FALSE = {"type": "ResolvedRefs", "status": "False", "reason": "NoSecret", "message": "no keys"}


class _Api(ApiClient):
    """An API server that has these objects, and no other kind."""

    def __init__(self, objects: Mapping[str, list[dict]], status: int = 404) -> None:
        super().__init__("https://nowhere", "")
        self.objects, self.status = objects, status

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: object
    ) -> list[dict]:
        del api_version, namespace, query
        if kind not in self.objects:
            raise ApiError(self.status, "no such kind", request="discovery")
        return self.objects[kind]


def body(name: str, status: dict, **spec: object) -> dict:
    return {"metadata": {"name": name}, "spec": spec, "status": status}


def a_gateway(**status: object) -> dict:
    return body("public", {"conditions": [TRUE], **status})


def test_a_cluster_without_the_kinds_has_no_gateway() -> None:
    assert way_in(_Api({})) is None


def test_an_api_server_that_refuses_is_not_taken_for_one_without_a_gateway() -> None:
    with pytest.raises(ApiError):
        way_in(_Api({}, status=403))


def test_a_gateway_is_said_with_its_hosts_and_its_address() -> None:
    routes = [
        body(name, {"parents": [{"conditions": [TRUE]}]}, hostnames=[f"{name}.llm.example.com"])
        for name in ("b", "a")
    ]
    address = {"addresses": [{"value": "lb.example.com"}]}
    found = way_in(_Api({"Gateway": [a_gateway(**address)], "HTTPRoute": routes}))

    assert found is not None
    assert found.text == "https://a.llm.example.com and 1 more at lb.example.com"
    assert found.refused == ()


@pytest.mark.parametrize(
    ("objects", "said"),
    [
        (
            {"Gateway": [a_gateway(listeners=[{"conditions": [TRUE, FALSE]}])]},
            "Gateway public: ResolvedRefs False, NoSecret: no keys",
        ),
        (
            {
                "Gateway": [a_gateway()],
                "SecurityPolicy": [body("a", {"ancestors": [{"conditions": [FALSE]}]})],
            },
            "SecurityPolicy a: ResolvedRefs False, NoSecret: no keys",
        ),
        (
            {"Gateway": [a_gateway()], "HTTPRoute": [body("a", {})]},
            "HTTPRoute a: its controller said nothing of it",
        ),
    ],
)
def test_what_the_controller_refuses_or_has_not_seen_is_said_by_name(
    objects: dict[str, list[dict]], said: str
) -> None:
    found = way_in(_Api(objects))

    assert found is not None
    assert found.refused == (said,)


def test_a_gateway_without_an_address_says_what_was_refused_to_its_service() -> None:
    event = {
        "involvedObject": {"name": "envoy"},
        "message": "Failed deploy model due to AccessDenied",
    }
    silent = {"Gateway": [a_gateway()], "Event": [event, event]}
    served = {"Gateway": [a_gateway(addresses=[{"value": "lb"}])], "Event": [event]}

    first, second = way_in(_Api(silent)), way_in(_Api(served))

    assert first is not None
    assert first.refused == ("Service envoy: Failed deploy model due to AccessDenied",)
    assert second is not None
    assert second.refused == ()


def a_pod(*containers: str) -> dict:
    return {"spec": {"initContainers": [{"name": name} for name in containers]}}


def shared_host(*pods: dict) -> _Api:
    """A shared host of two models, and the proxies of the gateway."""
    address = {"addresses": [{"value": "lb.example.com"}]}
    routes = [
        body(
            name,
            {"conditions": [TRUE]},
            hostnames=["api.llm.example.com"],
            rules=[{"matches": [{"headers": [{"name": "x-ai-eg-model", "value": name}]}]}],
        )
        for name in ("b", "a")
    ]
    return _Api({"Gateway": [a_gateway(**address)], "AIGatewayRoute": routes, "Pod": list(pods)})


def test_a_shared_host_is_said_with_its_models_and_the_proxies_that_read_requests() -> None:
    found = way_in(shared_host(a_pod("ai-gateway-extproc"), a_pod("ai-gateway-extproc")))

    assert found is not None
    assert found.refused == ()
    assert found.shared is not None
    assert found.shared.text == (
        "https://api.llm.example.com finds a, b; 2 of 2 proxies have the filter"
    )


def test_a_proxy_without_the_filter_is_something_that_is_not_well() -> None:
    found = way_in(shared_host(a_pod("ai-gateway-extproc"), a_pod()))

    assert found is not None
    assert found.refused == (
        "shared host: https://api.llm.example.com finds a, b; 1 of 2 proxies have the filter",
    )

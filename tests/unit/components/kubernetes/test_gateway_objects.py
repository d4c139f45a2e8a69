"""How proxies end, and what their load balancer is told of it."""

import pytest

from components.kubernetes import gateway_objects
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from tests.unit.components import examples

each_cloud = pytest.mark.parametrize("cloud", [*CloudProvider])


def proxy(cloud: CloudProvider, **changed: object) -> dict:
    spec = examples.GATEWAY.model_copy(update=changed)
    made = gateway_objects.proxy(
        spec, cloud=cloud, environment=Environment.STAGING, image="envoy:1"
    )
    return dict(made)


def service(**changed: object) -> dict:
    """Return the Service on AWS."""
    return proxy(CloudProvider.AWS, **changed)["provider"]["kubernetes"]["envoyService"]


def said(name: str, **changed: object) -> dict[str, str]:
    words = service(**changed)["annotations"][
        f"service.beta.kubernetes.io/aws-load-balancer-{name}"
    ]
    return dict(word.split("=") for word in words.split(","))


def seconds(words: str) -> int:
    return int(words.removesuffix("s"))


@each_cloud
@pytest.mark.parametrize("timeout", [30, 900])
def test_what_came_last_has_its_whole_time_up_to_ten_minutes(
    cloud: CloudProvider, timeout: int
) -> None:
    shutdown = proxy(cloud, request_timeout_seconds=timeout)["shutdown"]
    first, last = seconds(shutdown["minDrainDuration"]), seconds(shutdown["drainTimeout"])

    assert last == 600 or last > first + timeout
    assert last <= 600


def test_on_aws_a_proxy_outlives_the_two_minutes_in_which_it_still_gets_connections() -> None:
    assert seconds(proxy(CloudProvider.AWS)["shutdown"]["minDrainDuration"]) > 120


@pytest.mark.parametrize("timeout", [30, 900])
def test_the_load_balancer_keeps_connections_for_as_long_as_the_proxy_does(timeout: int) -> None:
    changed = {"request_timeout_seconds": timeout}
    drain = seconds(proxy(CloudProvider.AWS, **changed)["shutdown"]["drainTimeout"])
    delay = said("target-group-attributes", **changed)["deregistration_delay.timeout_seconds"]

    assert int(delay) > drain


@pytest.mark.parametrize(("idle", "kept"), [(300, 360), (7200, 6000)])
def test_a_silent_stream_is_ended_by_the_proxy_and_not_by_the_load_balancer(
    idle: int, kept: int
) -> None:
    """6,000 s is the longest that there is."""
    found = said("listener-attributes.TCP-443", idle_timeout_seconds=idle)

    assert found == {"tcp.idle_timeout.seconds": str(kept)}


def test_proxies_see_the_address_of_the_client_whom_they_let_in() -> None:
    assert said("target-group-attributes")["preserve_client_ip.enabled"] == "true"

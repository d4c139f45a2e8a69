"""The played AWS Load Balancer Controller: whose Services it takes, and what it says of them."""

from dataclasses import replace

import pytest

from infra.rehearsal.controllers.load_balancers.controller import (
    FINALIZER,
    LoadBalancerController,
    seat_of,
)
from infra.rehearsal.controllers.load_balancers.port import BalancerError, Listener, Seat, Wanted
from infra.rehearsal.controllers.load_balancers.services import PREFIX
from infra.rehearsal.controllers.own_pods import Caller
from infra.wire import Properties, Value
from tests.support.memory_api import MemoryApi

HOST = "K8S-gateway-1.elb.us-east-1.amazonaws.com"
ANNOTATIONS: dict[str, Value] = {
    f"{PREFIX}scheme": "internet-facing",
    f"{PREFIX}nlb-target-type": "ip",
    f"{PREFIX}attributes": "load_balancing.cross_zone.enabled=true",
    f"{PREFIX}target-group-attributes": "preserve_client_ip.enabled=true,a.b=1",
    f"{PREFIX}listener-attributes.TCP-443": "tcp.idle_timeout.seconds=360",
    f"{PREFIX}healthcheck-unhealthy-threshold": "2",
}
FLAGS: tuple[Value, ...] = (
    "--cluster-name=tokenworks-aws-dev",
    "--watch-namespace=gateway",
    "--aws-vpc-tags=tokenworks.dev/platform=aws-dev",
    "--default-tags=a=1,b=2",
)


class Account:
    """What was asked of the cloud, and what it says."""

    def __init__(self) -> None:
        self.kept: list[tuple[Seat, Wanted]] = []
        self.dropped: list[str] = []
        self.refusal = ""

    def keep(self, seat: Seat, wanted: Wanted) -> str:
        self._refuse()
        self.kept.append((seat, wanted))
        return HOST

    def drop(self, seat: Seat, stack: str) -> None:
        del seat
        self._refuse()
        self.dropped.append(stack)

    def _refuse(self) -> None:
        if self.refusal:
            raise BalancerError(self.refusal)


def _endpoint(address: str, *, ready: bool) -> Value:
    conditions: Properties = {"ready": ready}
    return {"addresses": [address], "conditions": conditions}


class Cluster:
    """A cluster in memory, and the controller."""

    def __init__(self) -> None:
        self.api = MemoryApi()
        self.account = Account()
        self.controller = LoadBalancerController(self.api, self.account, lambda: 0.0)
        self.deploy(1)

    def deploy(self, ready: int) -> None:
        template: Properties = {
            "spec": {
                "serviceAccountName": "aws-load-balancer-controller",
                "containers": [{"name": "it", "args": [*FLAGS]}],
            }
        }
        labels: Properties = {"app.kubernetes.io/name": "aws-load-balancer-controller"}
        self.api.put(
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "it", "namespace": "load-balancers", "labels": labels},
                "spec": {"template": template},
                "status": {"readyReplicas": ready},
            }
        )

    def service(
        self,
        annotations: dict[str, Value] | None = None,
        own_class: str | None = "service.k8s.aws/nlb",
    ) -> None:
        said: Properties = {"loadBalancerClass": own_class} if own_class else {}
        ports: list[Value] = [
            {"name": "http", "port": 80, "protocol": "TCP", "targetPort": 10080},
            {"name": "https", "port": 443, "protocol": "TCP", "targetPort": 10443},
        ]
        self.api.put(
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {
                    "name": "envoy",
                    "namespace": "gateway",
                    "annotations": ANNOTATIONS if annotations is None else annotations,
                },
                "spec": {"type": "LoadBalancer", "ports": ports, **said},
            }
        )

    def endpoints(self, *addresses: str) -> None:
        endpoints = [_endpoint(one, ready=True) for one in addresses]
        endpoints.append(_endpoint("10.0.9.9", ready=False))
        labels: Properties = {"kubernetes.io/service-name": "envoy"}
        self.api.put(
            {
                "apiVersion": "discovery.k8s.io/v1",
                "kind": "EndpointSlice",
                "metadata": {"name": "envoy-1", "namespace": "gateway", "labels": labels},
                "endpoints": endpoints,
            }
        )

    def step(self) -> dict:
        self.controller.step()
        return self.api.one("Service", "envoy", "gateway")


@pytest.fixture
def cluster() -> Cluster:
    """A cluster with a Service of the class and two proxies."""
    made = Cluster()
    made.service()
    made.endpoints("10.0.1.1", "10.0.1.2")
    return made


def test_a_service_of_the_class_gets_an_address_and_is_held_until_it_is_taken_down(
    cluster: Cluster,
) -> None:
    service = cluster.step()

    assert service["metadata"]["finalizers"] == [FINALIZER]
    (address,) = service["status"]["loadBalancer"]["ingress"]
    assert address["hostname"] == HOST.lower()
    assert [port["port"] for port in address["ports"]] == [80, 443]
    assert cluster.api.events() == ["SuccessfullyReconciled: Successfully reconciled"]

    service["metadata"]["deletionTimestamp"] = "2026-11-27T00:00:00Z"
    cluster.controller.step()

    assert cluster.account.dropped == ["gateway/envoy"]
    assert service["metadata"]["finalizers"] == []


def test_it_asks_for_what_the_service_says(cluster: Cluster) -> None:
    cluster.step()
    ((seat, wanted),) = cluster.account.kept

    assert seat.caller == Caller("load-balancers", "aws-load-balancer-controller")
    assert (seat.cluster, seat.tags) == ("tokenworks-aws-dev", {"a": "1", "b": "2"})
    assert wanted == Wanted(
        uid=wanted.uid,
        namespace="gateway",
        name="envoy",
        internal=False,
        listeners=(
            Listener(80, 10080),
            Listener(443, 10443, {"tcp.idle_timeout.seconds": "360"}),
        ),
        targets=frozenset({"10.0.1.1", "10.0.1.2"}),
        attributes={"load_balancing.cross_zone.enabled": "true"},
        target_attributes={"preserve_client_ip.enabled": "true", "a.b": "1"},
        healthy_checks=3,
        unhealthy_checks=2,
    )


def test_a_proxy_that_comes_or_goes_changes_the_targets_and_nothing_else_asks_again(
    cluster: Cluster,
) -> None:
    cluster.step()
    cluster.step()
    cluster.endpoints("10.0.1.2", "10.0.1.3")
    cluster.step()
    (_, first), (_, second) = cluster.account.kept

    assert second == replace(first, targets=frozenset({"10.0.1.2", "10.0.1.3"}))


@pytest.mark.parametrize("other", [None, "example.com/other"])
def test_a_service_of_nobodys_or_somebody_elses_class_is_left_alone(
    cluster: Cluster, other: str | None
) -> None:
    cluster.service(own_class=other)

    assert "finalizers" not in cluster.step()["metadata"]
    assert cluster.account.kept == []


def test_without_a_pod_of_its_own_nothing_happens(cluster: Cluster) -> None:
    cluster.deploy(0)

    assert "finalizers" not in cluster.step()["metadata"]


def test_a_refusal_is_said_once_at_the_service_and_tried_again(cluster: Cluster) -> None:
    cluster.account.refusal = "api error AccessDenied"
    cluster.step()
    service = cluster.step()
    assert "status" not in service
    assert cluster.api.events() == [
        "FailedDeployModel: Failed deploy model due to api error AccessDenied"
    ]

    cluster.account.refusal = ""
    assert "ingress" in cluster.step()["status"]["loadBalancer"]


def test_what_cannot_be_taken_down_holds_the_service(cluster: Cluster) -> None:
    service = cluster.step()
    service["metadata"]["deletionTimestamp"] = "2026-11-27T00:00:00Z"
    cluster.account.refusal = "api error AccessDenied"
    cluster.controller.step()

    assert service["metadata"]["finalizers"] == [FINALIZER]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("nlb-target-tpye", "ip", "not simulated: annotation "),
        ("nlb-target-type", "instance", "not simulated: "),
        ("listener-attributes.TCP-8443", "a=1", "not simulated: annotation "),
        ("scheme", "public", "unknown scheme: public"),
    ],
)
def test_an_annotation_that_the_real_one_would_drop_or_refuse_is_refused(
    cluster: Cluster, key: str, value: str, said: str
) -> None:
    cluster.service({**ANNOTATIONS, f"{PREFIX}{key}": value})
    cluster.step()

    (event,) = cluster.api.events()
    assert said in event


def test_a_seat_without_tags_names_its_network() -> None:
    deployment: Properties = {
        "metadata": {"namespace": "load-balancers"},
        "spec": {"template": {"spec": {"containers": [{"args": ["--aws-vpc-id=vpc-1"]}]}}},
    }
    seat = seat_of(deployment)

    assert (seat.vpc_id, seat.vpc_tags, seat.tags) == ("vpc-1", {}, {})

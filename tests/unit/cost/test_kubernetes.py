"""Kubernetes objects that make something in the cloud."""

from decimal import Decimal

import pytest

from infra.cost.model import Bucket, exactly
from infra.cost.resources import UNKNOWN, CostResource, Known
from tests.unit.cost.test_estimate import a, of


def a_class(name: str = "gp3", **parameters: Known) -> CostResource:
    default: Known = {"storageclass.kubernetes.io/is-default-class": "true"}
    return a(
        "kubernetes:storage.k8s.io/v1:StorageClass",
        metadata={"name": name, "annotations": default},
        parameters=parameters,
    )


def a_claim(size: Known, storage_class: str | None = None) -> CostResource:
    spec: dict[str, Known] = {"resources": {"requests": {"storage": size}}}
    if storage_class:
        spec["storageClassName"] = storage_class
    return a("kubernetes:core/v1:PersistentVolumeClaim", "claim", spec=spec)


def test_a_service_inside_the_cluster_costs_nothing() -> None:
    assert of(a("kubernetes:core/v1:Service", spec={"type": "ClusterIP"})).lines == ()


def test_a_load_balancer_is_billed_by_the_hour_and_by_what_passes() -> None:
    service = a("kubernetes:core/v1:Service", spec={"type": "LoadBalancer"})
    on_aws, on_gcp = of(service), of(service, cloud="gcp")

    assert [line.item for line in on_aws.lines] == [
        "network load balancer",
        "capacity units",
        "3 x public IPv4 address",
    ]
    assert on_aws.lines[0].usd_per_month == exactly(Decimal("16.4250"))
    assert on_gcp.lines[0].usd_per_month == exactly(Decimal("7.30"))
    assert on_gcp.lines[1].bucket is Bucket.USAGE


def test_a_load_balancer_of_aws_has_an_address_in_each_zone_of_its_network() -> None:
    tags: Known = {"kubernetes.io/role/elb": "1"}
    subnets = [a("aws:ec2/subnet:Subnet", name=f"public-{zone}", tags=tags) for zone in "ab"]
    private = a("aws:ec2/subnet:Subnet", name="private")
    gateway = a("kubernetes:gateway.networking.k8s.io/v1:Gateway")

    addresses = of(*subnets, private, gateway).lines[-1]

    assert addresses.item == "2 x public IPv4 address"
    assert addresses.usd_per_month == exactly(Decimal("7.30"))


def test_a_load_balancer_inside_has_no_public_address() -> None:
    scheme = {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}
    service = a(
        "kubernetes:core/v1:Service",
        spec={"type": "LoadBalancer"},
        metadata={"annotations": {**scheme}},
    )

    assert [line.item for line in of(service).lines] == ["network load balancer", "capacity units"]


def test_the_load_balancer_of_a_gateway_is_billed_though_no_program_declares_it() -> None:
    gateway = a("kubernetes:gateway.networking.k8s.io/v1:Gateway")

    for cloud in ("aws", "gcp"):
        service = a("kubernetes:core/v1:Service", spec={"type": "LoadBalancer"})
        expected = [line.item for line in of(service, cloud=cloud).lines]
        assert [line.item for line in of(gateway, cloud=cloud).lines] == expected


@pytest.mark.parametrize(("wanted", "size"), [(None, "100Gi"), ("gp3", "100Gi")])
def test_a_claim_is_a_volume_of_its_class(wanted: str | None, size: str) -> None:
    (line,) = of(a_class(type="gp3"), a_claim(size, wanted)).lines

    assert line.usd_per_month == exactly(8)


def test_a_volume_on_google_cloud_has_the_type_of_its_class() -> None:
    storage = a_class("balanced", **{"type": "dynamic", "pd-type": "pd-balanced"})
    (line,) = of(storage, a_claim("1Ti"), cloud="gcp").lines

    assert line.usd_per_month == exactly(Decimal("102.4"))


@pytest.mark.parametrize(
    ("size", "wanted"), [("100Gi", "other"), ("1e9", None), (UNKNOWN, None), (None, None)]
)
def test_a_volume_that_cannot_be_read_is_unpriced(size: Known, wanted: str | None) -> None:
    (line,) = of(a_class(type="gp3"), a_claim(size, wanted)).lines

    assert line.bucket is Bucket.UNPRICED


def test_a_stateful_set_has_a_volume_for_each_replica() -> None:
    claim: Known = {"spec": {"resources": {"requests": {"storage": "10Gi"}}}}
    spec: Known = {"replicas": 3, "volumeClaimTemplates": [claim]}
    (line,) = of(a_class(type="gp3"), a("kubernetes:apps/v1:StatefulSet", spec=spec)).lines

    assert line.quantity_per_month == exactly(30)


def test_the_disk_of_a_chart_that_says_size_and_class_is_a_volume() -> None:
    storage: Known = {"enabled": True, "requestedSize": "3Gi", "className": "gp3"}
    values: Known = {"dataStorage": storage}
    release = a("kubernetes:helm.sh/v3:Release", chart="valkey", values=values)
    (line,) = of(a_class(type="gp3"), release).lines

    assert line.quantity_per_month == exactly(3)
    off = a("kubernetes:helm.sh/v3:Release", chart="valkey", values={"dataStorage": {}})
    assert list(of(off).lines) == []


def test_the_disks_of_prometheus_are_as_many_as_its_replicas() -> None:
    def release(**spec: Known) -> CostResource:
        claim: Known = {
            "storageClassName": "gp3",
            "resources": {"requests": {"storage": "50Gi"}},
        }
        server: Known = {"storageSpec": {"volumeClaimTemplate": {"spec": claim}}, **spec}
        values: Known = {"prometheus": {"prometheusSpec": server}}
        return a("kubernetes:helm.sh/v3:Release", chart="kube-prometheus-stack", values=values)

    (line,) = of(a_class(type="gp3"), release(replicas=2)).lines
    (unsaid,) = of(a_class(type="gp3"), release()).lines

    assert line.quantity_per_month == exactly(100)
    assert unsaid.bucket is Bucket.UNPRICED


def test_a_disk_of_a_chart_without_a_class_is_unpriced() -> None:
    values: Known = {"dataStorage": {"enabled": True, "requestedSize": "3Gi"}}
    (line,) = of(a("kubernetes:helm.sh/v3:Release", chart="valkey", values=values)).lines

    assert (line.item, line.bucket) == ("chart valkey, values.dataStorage", Bucket.UNPRICED)


def test_what_a_chart_asks_of_the_cloud_is_unpriced_by_name() -> None:
    values: Known = {
        "server": {"persistence": {"enabled": True}, "service": {"type": "LoadBalancer"}},
        "cache": {"persistence": {"enabled": False}},
    }
    found = of(a("kubernetes:helm.sh/v3:Release", chart="milvus", values=values))

    assert [line.item for line in found.lines] == [
        "chart milvus, values.server.persistence",
        "chart milvus, values.server.service.type: LoadBalancer",
    ]
    assert {line.bucket for line in found.lines} == {Bucket.UNPRICED}

"""What Kubernetes objects make a cloud bill: load balancers, volumes, and what charts ask for."""

from collections.abc import Iterator, Mapping

from infra.catalog.service_prices import Service
from infra.cost.common import Pricer
from infra.cost.lines import Context, of_service, unpriced
from infra.cost.model import HOURS_PER_MONTH, Line
from infra.cost.resources import CostResource, Known, NotKnownError, OtherFormError

_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"
_SIZES = {"Gi": 1, "Ti": 1024}


def _service(resource: CostResource, context: Context) -> list[Line]:
    if resource.text("spec.type", "ClusterIP") != "LoadBalancer":
        return []
    gb = context.usage.load_balancer_gb
    said = f"{gb} GB through each load balancer"
    if context.cloud == "aws":
        line = of_service(
            context,
            resource,
            "network load balancer",
            Service.NETWORK_LOAD_BALANCER,
            HOURS_PER_MONTH,
        )
        # One unit for a GB an hour: Elastic Load Balancing pricing, as in the golden of `lb`.
        units = of_service(
            context,
            resource,
            "capacity units",
            Service.NETWORK_LOAD_BALANCER_UNIT,
            gb,
            assumption=said,
            usage=True,
        )
        return [line, units]
    return [
        of_service(context, resource, "forwarding rule", Service.FORWARDING_RULE, HOURS_PER_MONTH),
        of_service(
            context,
            resource,
            "data through it",
            Service.FORWARDING_RULE_DATA,
            gb,
            assumption=said,
            usage=True,
        ),
        of_service(context, resource, "public IPv4 address", Service.PUBLIC_IPV4, HOURS_PER_MONTH),
    ]


def _claim(resource: CostResource, context: Context) -> list[Line]:
    return [_volume(resource, context, resource, 1)]


def _stateful_set(resource: CostResource, context: Context) -> list[Line]:
    replicas = resource.whole("spec.replicas", 1)
    return [
        _volume(resource, context, resource.part("volumeClaimTemplates", claim), replicas)
        for claim in resource.items("spec.volumeClaimTemplates")
    ]


def _volume(owner: CostResource, context: Context, claim: CostResource, count: int) -> Line:
    request = claim.text("spec.resources.requests.storage")
    wanted = claim.text("spec.storageClassName", "")
    gib = _gib(request)
    if gib is None:
        return unpriced(owner, "volume", f"a size of {request} is not read")
    item = f"{count} x volume of {gib} GiB"
    service = _service_of(context, wanted)
    if service is None:
        return unpriced(owner, item, f"storage class {wanted or 'by default'} has no known disk")
    return of_service(context, owner, item, service, gib * count)


def _service_of(context: Context, wanted: str) -> Service | None:
    for item in context.of_type(_CLASS):
        try:
            if wanted and item.text("metadata.name", item.name) != wanted:
                continue
            if not wanted and not _is_default(item):
                continue
            named = item.text("parameters.type", "")
            return _CLASS_DISKS.get(named) or _CLASS_DISKS.get(item.text("parameters.pd-type", ""))
        except (NotKnownError, OtherFormError):
            return None
    return None


def _is_default(item: CostResource) -> bool:
    annotations = item.at("metadata.annotations")
    key = "storageclass.kubernetes.io/is-default-class"
    return isinstance(annotations, dict) and annotations.get(key) == "true"


_CLASS_DISKS = {
    "gp3": Service.GP3,
    "gp2": Service.GP2,
    "pd-standard": Service.PD_STANDARD,
    "pd-balanced": Service.PD_BALANCED,
    "pd-ssd": Service.PD_SSD,
}


def _gib(size: str) -> int | None:
    number, unit = size[:-2], size[-2:]
    return int(number) * _SIZES[unit] if number.isdecimal() and unit in _SIZES else None


def _release(resource: CostResource, context: Context) -> list[Line]:
    """Return what a chart's values ask of the cloud; its pods run on nodes that are priced."""
    del context
    reason = "what a chart makes is not priced"
    return [
        unpriced(resource, f"chart {resource.text('chart', '')}, {path}", reason)
        for path in _asks(dict(resource.properties).get("values"), "values")
    ]


def _asks(value: Known, path: str) -> Iterator[str]:
    """Yield the places of values that make a load balancer or a volume."""
    if isinstance(value, dict):
        if value.get("type") == "LoadBalancer":
            yield f"{path}.type: LoadBalancer"
        persistence = value.get("persistence")
        if isinstance(persistence, dict) and persistence.get("enabled") is True:
            yield f"{path}.persistence"
        for key, inner in value.items():
            if key in ("volumeClaimTemplate", "volumeClaimTemplates") and inner:
                yield f"{path}.{key}"
            yield from _asks(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _asks(inner, path)


PRICERS: Mapping[str, Pricer] = {
    "kubernetes:apps/v1:StatefulSet": _stateful_set,
    "kubernetes:core/v1:PersistentVolumeClaim": _claim,
    "kubernetes:core/v1:Service": _service,
    "kubernetes:helm.sh/v3:Release": _release,
}

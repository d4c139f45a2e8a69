"""What Kubernetes objects make a cloud bill: load balancers, volumes, and what charts ask for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infra.catalog.service_prices import Service
from infra.cost.common import Pricer
from infra.cost.lines import Context, of_service, unpriced
from infra.cost.model import HOURS_PER_MONTH, Line
from infra.cost.resources import CostResource, Known, NotKnownError, OtherFormError

_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"
_SUBNET = "aws:ec2/subnet:Subnet"
_FOR_BALANCERS = "kubernetes.io/role/elb"
"""Tag of subnets in which load balancers with public addresses stand (EKS user guide, 2026)."""
_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
ZONES_OF_OTHERS = 3
_SIZES = {"Gi": 1, "Ti": 1024}


def _service(resource: CostResource, context: Context) -> list[Line]:
    if resource.text("spec.type", "ClusterIP") != "LoadBalancer":
        return []
    return _load_balancer(resource, context)


def _load_balancer(resource: CostResource, context: Context) -> list[Line]:
    """Return a load balancer: of a Service, or of a Gateway, whose Service no program declares."""
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
        return [line, units, *_addresses(resource, context)]
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


def _addresses(resource: CostResource, context: Context) -> list[Line]:
    """Return the public addresses of a load balancer of AWS: one in each zone, billed alone."""
    if _is_internal(resource):
        return []
    subnets = sum(_FOR_BALANCERS in _map(one, "tags") for one in context.of_type(_SUBNET))
    zones = subnets or ZONES_OF_OTHERS
    said = "" if subnets else f"{zones} zones: the network is not of this stack"
    return [
        of_service(
            context,
            resource,
            f"{zones} x public IPv4 address",
            Service.PUBLIC_IPV4,
            HOURS_PER_MONTH * zones,
            assumption=said,
        )
    ]


def _is_internal(resource: CostResource) -> bool:
    return _map(resource, "metadata.annotations").get(_SCHEME) == "internal"


def _map(resource: CostResource, path: str) -> Mapping[str, Known]:
    found = resource.at(path)
    return found if isinstance(found, dict) else {}


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
    return _disks(owner, context, request, claim.text("spec.storageClassName", ""), count)


def _disks(owner: CostResource, context: Context, request: str, wanted: str, count: int) -> Line:
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
    reason = "what a chart makes is not priced"
    return [
        _disks(resource, context, ask.size, ask.storage_class, ask.count)
        if ask.is_known
        else unpriced(resource, f"chart {resource.text('chart', '')}, {ask.path}", reason)
        for ask in _asks(dict(resource.properties).get("values"), "values")
    ]


_CLAIMS = ("storageSpec", "storage")
"""Where Prometheus and Alertmanager say which disks they want (prometheus-operator, API v1)."""


@dataclass(frozen=True)
class _Ask:
    """A place of values that makes a load balancer or volumes."""

    path: str
    size: str = ""
    storage_class: str = ""
    count: int = 0
    """Volumes; 0 where the values do not say how many."""

    @property
    def is_known(self) -> bool:
        """Whether size, class and number of volumes are said."""
        return bool(self.size and self.storage_class and self.count)


def _persistence(value: Mapping[str, Known], persistence: Mapping[str, Known], path: str) -> _Ask:
    """Return the volumes of a part of a chart: one for each of its replicas."""
    size, wanted = persistence.get("size"), persistence.get("storageClass")
    count = value.get("replicaCount", value.get("replicas"))
    if isinstance(size, str) and isinstance(wanted, str) and isinstance(count, int | float):
        return _Ask(path, size, wanted, int(count))
    return _Ask(path)


def _data_storage(storage: Mapping[str, Known], path: str) -> _Ask:
    size, wanted = storage.get("requestedSize"), storage.get("className")
    if isinstance(size, str) and isinstance(wanted, str):
        return _Ask(path, size, wanted, 1)
    return _Ask(path)


def _claims_of_replicas(value: Mapping[str, Known], path: str) -> Iterator[_Ask]:
    """Yield the volumes of what the Prometheus operator makes: one for each of its replicas."""
    for key in _CLAIMS:
        claim: Known = dict(value)
        for step in (key, "volumeClaimTemplate", "spec"):
            claim = claim.get(step) if isinstance(claim, dict) else None
        if not isinstance(claim, dict):
            continue
        size: Known = claim
        for step in ("resources", "requests", "storage"):
            size = size.get(step) if isinstance(size, dict) else None
        wanted, count = claim.get("storageClassName"), value.get("replicas")
        here = f"{path}.{key}.volumeClaimTemplate"
        if isinstance(size, str) and isinstance(wanted, str) and isinstance(count, int | float):
            yield _Ask(here, size, wanted, int(count))
        else:
            yield _Ask(here)


def _asks(value: Known, path: str) -> Iterator[_Ask]:
    """Yield the places of values that make a load balancer or a volume."""
    if isinstance(value, dict):
        if value.get("type") == "LoadBalancer":
            yield _Ask(f"{path}.type: LoadBalancer")
        persistence = value.get("persistence")
        if isinstance(persistence, dict) and persistence.get("enabled") is True:
            yield _persistence(value, persistence, f"{path}.persistence")
        storage = value.get("dataStorage")  # of the chart valkey: one claim of one pod
        if isinstance(storage, dict) and storage.get("enabled") is True:
            yield _data_storage(storage, f"{path}.dataStorage")
        yield from _claims_of_replicas(value, path)
        # The order of keys is the recorder's, and not the same each time.
        for key, inner in sorted(value.items()):
            if key in _CLAIMS and isinstance(inner, dict) and "volumeClaimTemplate" in inner:
                continue
            if key in ("volumeClaimTemplate", "volumeClaimTemplates") and inner:
                yield _Ask(f"{path}.{key}")
            yield from _asks(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _asks(inner, path)


PRICERS: Mapping[str, Pricer] = {
    "kubernetes:apps/v1:StatefulSet": _stateful_set,
    "kubernetes:core/v1:PersistentVolumeClaim": _claim,
    "kubernetes:core/v1:Service": _service,
    "kubernetes:gateway.networking.k8s.io/v1:Gateway": _load_balancer,
    "kubernetes:helm.sh/v3:Release": _release,
}

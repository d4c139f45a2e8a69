"""What a stack needs of an account's quotas, and which of them a given account must have raised.

Owns the sums, pure. They are about one stack alone: what else the account uses of a quota is not
known here, and comes on top.

Not counted: what comes for minutes only. EKS starts more machines than the maximum of a node group
while it updates one (EKS user guide, "Understand each phase of node updates"), and a replaced VPC
stands beside the old one.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from infra.catalog.machines import machine
from infra.preflight import catalogue
from infra.preflight.catalogue import Buying, Quota, vcpu_quota
from infra.preflight.facts import Facts
from infra.spec.environment import Layer
from infra.spec.network import NatGateways
from infra.spec.pools import GpuPoolSpec, NodeRange, ReservationKind
from infra.spec.stack import StackSpec

PRIVATE_ENDPOINTS = 7
"""Interface endpoints of a network that has them (`components.aws.endpoints`; a test compares)."""


@dataclass(frozen=True)
class QuotaNeed:
    """What a stack needs of one quota, in the quota's unit."""

    quota: Quota
    at_minimum: int
    """While every node group has its minimum: what the first `up` needs."""
    at_maximum: int
    """When every node group has grown to its maximum."""
    because: tuple[str, ...]
    """The settings that it follows from, each with its sum."""


@dataclass(frozen=True)
class Increase:
    """A quota that the account must have raised before the stack can have all it asks for."""

    quota: Quota
    have: int
    need: int
    """With every node group at its maximum."""
    need_at_once: int
    """With every node group at its minimum."""
    because: tuple[str, ...]

    @property
    def blocks_the_first_up(self) -> bool:
        """Whether the first `up` fails without it; otherwise only growth does."""
        return self.need_at_once > self.have

    def request(self, region: str) -> str:
        """Return the command that asks AWS for it."""
        return (
            f"aws service-quotas request-service-quota-increase --region {region} "
            f"--service-code {self.quota.service} --quota-code {self.quota.code} "
            f"--desired-value {self.need}"
        )


@dataclass(frozen=True)
class _Part:
    quota: Quota
    at_minimum: int
    at_maximum: int
    because: str


def needs(spec: StackSpec) -> list[QuotaNeed]:
    """Return what a stack needs of each quota, in the order of the catalogue.

    A stack that builds no foundation needs nothing: machines and networks are its base's.

    Raises:
        UnknownMachineError: the catalogue lacks a machine type.
        UnknownBucketError: no source says against which quota a machine type counts.
    """
    parts: defaultdict[str, list[_Part]] = defaultdict(list)
    if Layer.FOUNDATION in spec.layers:
        for part in (*_machines(spec), *_network(spec), *_cluster(spec)):
            parts[part.quota.code].append(part)
    return [
        QuotaNeed(
            quota=quota,
            at_minimum=sum(part.at_minimum for part in parts[code]),
            at_maximum=sum(part.at_maximum for part in parts[code]),
            because=tuple(part.because for part in parts[code]),
        )
        for code, quota in catalogue.QUOTAS.items()
        if any(part.at_maximum for part in parts[code])
    ]


def increases(spec: StackSpec, facts: Facts) -> list[Increase]:
    """Return what an account must ask for before a stack can grow to its maximum."""
    return [
        Increase(
            quota=need.quota,
            have=facts.quota(need.quota.code),
            need=need.at_maximum,
            need_at_once=need.at_minimum,
            because=need.because,
        )
        for need in needs(spec)
        if need.at_maximum > facts.quota(need.quota.code)
    ]


def _machines(spec: StackSpec) -> Iterator[_Part]:
    system = spec.cluster.system_nodes
    sizes = NodeRange(min=system.min, max=system.max)
    yield _vcpus("cluster.systemNodes", spec, (system.machine_type,), "on-demand", sizes)
    for pool in spec.gpu_pools:
        setting = f"gpuPools[{pool.name}]"
        if pool.on_demand is not None and not _in_capacity_block(pool):
            kinds = (pool.machine_type,)
            yield _vcpus(f"{setting}.onDemand", spec, kinds, "on-demand", pool.on_demand)
        if pool.spot is not None:
            yield from _spot_vcpus(f"{setting}.spot", spec, pool, pool.spot)


def _spot_vcpus(
    setting: str, spec: StackSpec, pool: GpuPoolSpec, nodes: NodeRange
) -> Iterator[_Part]:
    """A spot group may start any of its types: each quota must hold the largest that counts."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for kind in pool.spot_machine_types or (pool.machine_type,):
        kinds[vcpu_quota(kind, "spot").code].append(kind)
    for same_quota in kinds.values():
        yield _vcpus(setting, spec, tuple(same_quota), "spot", nodes)


def _vcpus(
    setting: str, spec: StackSpec, kinds: tuple[str, ...], buying: Buying, nodes: NodeRange
) -> _Part:
    provider = spec.cloud.provider
    largest = max((machine(provider, kind) for kind in kinds), key=lambda kind: kind.vcpus)
    return _Part(
        vcpu_quota(largest.name, buying),
        nodes.min * largest.vcpus,
        nodes.max * largest.vcpus,
        f"{setting}: {nodes.max} x {largest.name} with {largest.vcpus} vCPUs",
    )


def _network(spec: StackSpec) -> Iterator[_Part]:
    if spec.network.is_foreign:
        return
    per_zone = spec.network.nat_gateways == NatGateways.PER_ZONE
    gateways = spec.cloud.zones if per_zone else 1
    yield _Part(catalogue.VPCS, 1, 1, "the network of the stack: 1 VPC")
    because = f"network.natGateways: {gateways} NAT gateway(s)"
    yield _Part(catalogue.ELASTIC_IPS, gateways, gateways, f"{because} with an address each")
    yield _Part(catalogue.NAT_GATEWAYS, 1, 1, f"{because}, at most 1 in a zone")
    if spec.network.interface_endpoints:
        because = f"network.interfaceEndpoints: {PRIVATE_ENDPOINTS} endpoints"
        yield _Part(catalogue.INTERFACE_ENDPOINTS, PRIVATE_ENDPOINTS, PRIVATE_ENDPOINTS, because)


def _cluster(spec: StackSpec) -> Iterator[_Part]:
    ways = [(pool, way) for pool in spec.gpu_pools for way in (pool.on_demand, pool.spot) if way]
    groups = 1 + len(ways)
    yield _Part(catalogue.CLUSTERS, 1, 1, "the cluster of the stack")
    yield _Part(
        catalogue.NODE_GROUPS,
        groups,
        groups,
        f"1 system node group, and {len(ways)} of gpuPools, one for each way of buying",
    )
    system = spec.cluster.system_nodes
    sizes = [
        ("cluster.systemNodes", system.min, system.max),
        *((f"gpuPools[{pool.name}]", way.min, way.max) for pool, way in ways),
    ]
    setting, _least, most = max(sizes, key=lambda size: size[2])
    least = max(least for _setting, least, _most in sizes)
    yield _Part(catalogue.NODES, least, most, f"{setting}: {most} nodes in its largest group")


def _in_capacity_block(pool: GpuPoolSpec) -> bool:
    """EC2 user guide, "Capacity Blocks for ML": its instances count against no On-Demand quota."""
    return pool.reservation is not None and pool.reservation.kind == ReservationKind.CAPACITY_BLOCK

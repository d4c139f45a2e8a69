"""What a stack needs of the quotas of an AWS account.

Owns the sums, pure.

Counted with it: the machines that EKS starts beside a full group of system nodes while it rolls a
new version out. GPU groups have none: there the old node goes first (`components.aws.node_pools`,
MINIMAL).
A rollout of a model's servers needs no quota of its own: it stays within the maximum of its pool.
Not counted: a replaced VPC or node group that stands beside the old one for minutes.
"""

from collections import defaultdict
from collections.abc import Iterator

from infra.catalog.machines import machine
from infra.preflight.aws import catalogue
from infra.preflight.aws.catalogue import Buying, vcpu_quota
from infra.preflight.quota import Part
from infra.spec.network import NatGateways
from infra.spec.pools import GpuPoolSpec, NodeRange, ReservationKind
from infra.spec.stack import StackSpec

PRIVATE_ENDPOINTS = 7
"""Interface endpoints of a network that has them (`components.aws.endpoints`; a test compares)."""
SURGE_PER_ZONE = 2
"""Nodes that EKS starts in each zone of a group before it ends old ones, where one may be
unavailable at a time (EKS user guide, "Understand each phase of node updates", scale up phase)."""


def parts(spec: StackSpec) -> Iterator[Part]:
    """Return what each setting of a stack needs of each quota.

    Raises:
        UnknownMachineError: the catalogue lacks a machine type.
        UnknownBucketError: no source says against which quota a machine type counts.
    """
    yield from _machines(spec)
    yield from _network(spec)
    yield from _cluster(spec)


def _machines(spec: StackSpec) -> Iterator[Part]:
    system = spec.cluster.system_nodes
    sizes = NodeRange(min=system.min, max=system.max)
    kinds = (system.machine_type,)
    yield _vcpus("cluster.systemNodes", spec, kinds, "on-demand", sizes)
    beside = NodeRange(min=0, max=surge_nodes(spec))
    rollout = "cluster.systemNodes while a version rolls out"
    yield _vcpus(rollout, spec, kinds, "on-demand", beside)
    for pool in spec.gpu_pools:
        setting = f"gpuPools[{pool.name}]"
        if pool.on_demand is not None and not _in_capacity_block(pool):
            kinds = (pool.machine_type,)
            yield _vcpus(f"{setting}.onDemand", spec, kinds, "on-demand", pool.on_demand)
        if pool.spot is not None:
            yield from _spot_vcpus(f"{setting}.spot", spec, pool, pool.spot)


def surge_nodes(spec: StackSpec) -> int:
    """Return the system nodes that stand beside those of the maximum during a rollout.

    In a network that exists a zone is counted for each subnet: there may be fewer, never more.
    """
    foreign = spec.network.is_foreign
    return SURGE_PER_ZONE * (len(spec.network.private_subnet_ids) if foreign else spec.cloud.zones)


def _spot_vcpus(
    setting: str, spec: StackSpec, pool: GpuPoolSpec, nodes: NodeRange
) -> Iterator[Part]:
    """A spot group may start any of its types: each quota must hold the largest that counts."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for kind in pool.spot_machine_types or (pool.machine_type,):
        kinds[vcpu_quota(kind, "spot").code].append(kind)
    for same_quota in kinds.values():
        yield _vcpus(setting, spec, tuple(same_quota), "spot", nodes)


def _vcpus(
    setting: str, spec: StackSpec, kinds: tuple[str, ...], buying: Buying, nodes: NodeRange
) -> Part:
    provider = spec.cloud.provider
    largest = max((machine(provider, kind) for kind in kinds), key=lambda kind: kind.vcpus)
    return Part(
        vcpu_quota(largest.name, buying),
        nodes.min * largest.vcpus,
        nodes.max * largest.vcpus,
        f"{setting}: {nodes.max} x {largest.name} with {largest.vcpus} vCPUs",
    )


def _network(spec: StackSpec) -> Iterator[Part]:
    if spec.network.is_foreign:
        return
    per_zone = spec.network.nat_gateways == NatGateways.PER_ZONE
    gateways = spec.cloud.zones if per_zone else 1
    yield Part(catalogue.VPCS, 1, 1, "the network of the stack: 1 VPC")
    because = f"network.natGateways: {gateways} NAT gateway(s)"
    yield Part(catalogue.ELASTIC_IPS, gateways, gateways, f"{because} with an address each")
    yield Part(catalogue.NAT_GATEWAYS, 1, 1, f"{because}, at most 1 in a zone")
    if spec.network.interface_endpoints:
        watched = spec.observability
        stores = (watched.logs_in_cloud, watched.keeps_managed_metrics)
        endpoints = PRIVATE_ENDPOINTS + sum(stores)  # one more for each that pods write to
        because = f"network.interfaceEndpoints: {endpoints} endpoints"
        yield Part(catalogue.INTERFACE_ENDPOINTS, endpoints, endpoints, because)


def _cluster(spec: StackSpec) -> Iterator[Part]:
    ways = [(pool, way) for pool in spec.gpu_pools for way in (pool.on_demand, pool.spot) if way]
    groups = 1 + len(ways)
    yield Part(catalogue.CLUSTERS, 1, 1, "the cluster of the stack")
    yield Part(
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
    yield Part(catalogue.NODES, least, most, f"{setting}: {most} nodes in its largest group")


def _in_capacity_block(pool: GpuPoolSpec) -> bool:
    """EC2 user guide, "Capacity Blocks for ML": its instances count against no On-Demand quota."""
    return pool.reservation is not None and pool.reservation.kind == ReservationKind.CAPACITY_BLOCK

"""Groups of nodes: the system pool, and one group per way of buying a GPU pool.

Owns GKE node pools: names, bounds, upgrades and repair. What a node is, its settings, its zones and
what the autoscaler is told of it are in `node_pools_*`.
Does not own how many nodes run: GKE's autoscaler moves between the bounds, and Pulumi ignores it.
Why a twin for each way of buying: a node pool buys one way only.
"""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.gcp.handles import NodeHome
from components.gcp.node_pools_scaling import bounds_of, first_nodes_per_zone
from components.gcp.node_pools_shape import NodeShape
from components.gcp.node_pools_template import Extras, node_config
from components.gcp.node_pools_zones import Stand, system_zones
from components.handles import PlatformRef
from components.names import GKE_NODE_POOL, fit
from components.nodes import Capacity, ways_of_buying
from infra.spec.cloud import CloudSpec
from infra.spec.cluster import SystemNodesSpec
from infra.spec.pools import GpuPoolSpec, NodeRange


class SystemNodePool(pulumi.ComponentResource):
    """Nodes without GPUs for what every cluster runs."""

    pool: gcp.container.NodePool
    """The node pool."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        spec: SystemNodesSpec,
        cloud: CloudSpec,
        *,
        at: NodeHome,
        platform: PlatformRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the pool, on demand: a reclaimed node would take controllers along."""
        super().__init__("tokenworks:gcp:SystemNodePool", name, None, opts)
        shape = NodeShape.system(spec.machine_type)
        zones = system_zones(cloud, spec.machine_type)
        pools = _Pools(self, name, shape, at, platform, Extras())
        self.pool = pools.create(Capacity.ON_DEMAND, NodeRange(min=spec.min, max=spec.max), zones)
        self.register_outputs({"nodePoolName": self.pool.name})


class GpuNodePool(pulumi.ComponentResource):
    """One GPU shape as one to three node pools: on demand, spot, flex-start."""

    pools: tuple[gcp.container.NodePool, ...]
    """The node pools, on demand first."""

    def __init__(
        self,
        name: str,
        spec: GpuPoolSpec,
        *,
        at: NodeHome,
        platform: PlatformRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create a pool for each way of buying that the spec names."""
        super().__init__("tokenworks:gcp:GpuNodePool", name, None, opts)
        extras = Extras(reservation=spec.reservation)
        pools = _Pools(
            self, name, NodeShape.gpu(spec), at, platform, extras, compact=spec.placement_group
        )
        self.pools = tuple(
            pools.create(capacity, bounds, _zones(spec, capacity, platform.region))
            for capacity, bounds in ways_of_buying(spec)
        )
        self.register_outputs({"nodePoolNames": [pool.name for pool in self.pools]})


def _zones(spec: GpuPoolSpec, capacity: Capacity, region: str) -> list[str]:
    """Return the zones of one of a pool's groups."""
    reserved = spec.reservation if capacity is Capacity.ON_DEMAND else None
    stand = Stand(
        pool=spec.name,
        machine_type=spec.machine_type,
        # Compact placement is for a single zone (GoogleCloudPlatform/cluster-toolkit@01a7a3e).
        most_zones=1 if spec.placement_group else None,
        zone=reserved.zone if reserved else None,
    )
    return stand.choose(region)


@dataclass(frozen=True, eq=False)
class _Pools:
    """Creates the children of a pool; they differ only in how they buy."""

    parent: pulumi.ComponentResource
    name: str
    shape: NodeShape
    at: NodeHome
    platform: PlatformRef
    extras: Extras
    compact: bool = False

    def create(
        self, capacity: Capacity, bounds: NodeRange, zones: list[str]
    ) -> gcp.container.NodePool:
        """Create one; its physical name is drawn, so a replacement starts before the end."""
        reserved = capacity is Capacity.ON_DEMAND and self.extras.reservation is not None
        return gcp.container.NodePool(
            fit(f"{self.name}-{capacity.value}", GKE_NODE_POOL),
            cluster=self.at.cluster_name,
            location=self.platform.region,
            node_locations=zones,
            initial_node_count=first_nodes_per_zone(bounds, len(zones)),
            autoscaling=bounds_of(bounds, capacity, reserved=reserved),
            max_pods_per_node=self.shape.machine.max_pods,
            node_config=node_config(self.shape, capacity, self.extras, self.at, self.platform),
            network_config=gcp.container.NodePoolNetworkConfigArgs(enable_private_nodes=True),
            placement_policy=gcp.container.NodePoolPlacementPolicyArgs(type="COMPACT")
            if self.compact
            else None,
            management=gcp.container.NodePoolManagementArgs(
                # A flex-start node that breaks is given back; GKE refuses to repair it in place
                # (GoogleCloudPlatform/cluster-toolkit@01a7a3e, gke-node-pool).
                auto_repair=capacity is not Capacity.FLEX_START,
                # The release channel asks for it.
                auto_upgrade=True,
            ),
            upgrade_settings=self._upgrade_settings(capacity),
            node_drain_configs=[
                gcp.container.NodePoolNodeDrainConfigArgs(
                    # Otherwise GKE deletes a replaced pool with all servers of a model at once.
                    respect_pdb_during_node_pool_deletion=True
                )
            ],
            opts=pulumi.ResourceOptions(
                parent=self.parent,
                depends_on=[
                    *self.at.account.permissions,
                    *self.at.network.egress,
                    *self.at.disk_key.grants,
                ],
                # The autoscaler owns the number of nodes after creation; GKE moves this along
                # with it, and a change of it replaces the pool.
                ignore_changes=["initialNodeCount"],
            ),
        )

    def _upgrade_settings(
        self, capacity: Capacity
    ) -> gcp.container.NodePoolUpgradeSettingsArgs | None:
        """Return how nodes are replaced by a new version, one at a time.

        Of GPU machines there is no spare one in quota, capacity or reservation: there the old node
        goes first. Blue-green would need the whole pool twice.
        Flex-start pools have a strategy of their own, `SHORT_LIVED` (container API v1, revision
        20261027): it comes by itself, and the provider has no word for it
        (terraform-google-modules/terraform-google-kubernetes-engine#2352, 2025-05-19).
        """
        if capacity is Capacity.FLEX_START:
            return None
        gpu = self.shape.machine.gpu is not None
        return gcp.container.NodePoolUpgradeSettingsArgs(
            strategy="SURGE", max_surge=0 if gpu else 1, max_unavailable=1 if gpu else 0
        )

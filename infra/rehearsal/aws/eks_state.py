"""What the simulated EKS knows beyond moto, shared by its operations."""

from dataclasses import dataclass, field

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.addons import Addon, Association
from infra.rehearsal.aws.eks_access import AccessEntry
from infra.rehearsal.aws.eks_machines import take_away
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import block, optional_text, text
from infra.rehearsal.cloud.control_plane import ClusterService, ControlPlane
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.nodes.factory import GROUP_LABEL
from infra.wire import Properties

EKS = ClusterService(field_manager="eks", group_label=GROUP_LABEL)
"""What a real EKS cluster shows of EKS."""


@dataclass
class ClusterRecord:
    """What EKS knows of a cluster beyond moto."""

    overlay: Properties
    """Laid over moto's description."""
    system: list[Properties]
    """Objects that EKS itself put into the cluster."""
    entries: dict[str, AccessEntry] = field(default_factory=dict)
    node_groups: dict[str, Properties] = field(default_factory=dict)
    """Node group name to overlay; a None in it hides what moto invents."""
    addons: dict[str, Addon] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)
    """Id to Pod Identity association."""

    @property
    def has_network_plugin(self) -> bool:
        """Whether pods get addresses: EKS brought the plugin along, or an add-on did."""
        return bool(self.system) or "vpc-cni" in self.addons


class EksState:
    """Clusters of all regions, and the one API server that they can be."""

    def __init__(self, control_plane: ControlPlane | None) -> None:
        """Start without clusters."""
        self.records: dict[tuple[str, str], ClusterRecord] = {}
        """Region and cluster name to record."""
        self.generation = 0
        """Counts changes of node groups, so that readers know when to look again."""
        self._control_plane = control_plane

    def plane(self) -> ControlPlane:
        """Return the API server, or refuse: without one there is nothing to make a cluster of."""
        if self._control_plane is None:
            message = (
                "not simulated: EKS without an API server; start the simulated AWS with "
                "--control-plane FILE"
            )
            raise NotSimulatedError(message)
        return self._control_plane

    def describe(self, region: Region, name: str) -> Properties:
        """Return DescribeCluster's reply, with what moto dropped."""
        reply = region.moto("eks", "describe_cluster", {"name": name})
        record = self.records[region.name, name]
        return {"cluster": laid_over(block(reply, "cluster"), record.overlay)}

    def cluster(self, region: Region, name: str, operation: str) -> Properties:
        """Return a cluster, or EKS's answer that there is none."""
        if (region.name, name) not in self.records:
            message = f"No cluster found for name: {name}."
            raise AwsError(message, operation, "ResourceNotFoundException")
        return block(self.describe(region, name), "cluster")

    def record(self, region: Region, parameters: Properties, operation: str) -> ClusterRecord:
        """Return what is known of the cluster that a call names; EKS refuses an unknown one."""
        name = text(parameters, "clusterName")
        self.cluster(region, name, operation)
        return self.records[region.name, name]

    def finish_deletion(self, region: Region, cluster: str, name: str) -> None:
        """Forget a node group that is being deleted once its last node is gone."""
        record = self.records.get((region.name, cluster))
        overlay = record.node_groups.get(name) if record else None
        if record is None or overlay is None or overlay.get("status") != "DELETING":
            return
        if self.plane().nodes(name)[0] == 0:
            del record.node_groups[name]
            self.generation += 1
            region.moto("eks", "delete_nodegroup", {"clusterName": cluster, "nodegroupName": name})
            take_away(region, name, overlay)


def laid_over(described: Properties, overlay: Properties) -> Properties:
    """Return a description with an overlay; what is None in the overlay is hidden."""
    merged = {**described, **overlay}
    return {key: value for key, value in merged.items() if value is not None}


def entries_count(cluster: Properties) -> bool:
    """Whether access entries decide who comes in, or at least may."""
    return optional_text(cluster, "accessConfig.authenticationMode") != "CONFIG_MAP"

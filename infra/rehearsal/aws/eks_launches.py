"""Whether the machines that a node group wants start, and become nodes.

Owns the vCPU count of all node groups against the account's quotas, and the words of EKS for groups
whose machines fail. Does not own the machines: the node controller starts what `fleet.py` says.

Words: klothoplatform/klotho#311 (VcpuLimitExceeded, as the provider prints it),
aws/aws-parallelcluster#340 and cortexlabs/cortex#1258 (spot), EKS API reference, `Issue`.
"""

from dataclasses import dataclass

from infra.preflight.aws.catalogue import Buying, vcpu_quota
from infra.preflight.quota import Quota, UnknownBucketError
from infra.rehearsal.aws import rules_roles, rules_templates
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.values import block, dig, number, text
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.wire import Properties

LAUNCH_FAILED = "AsgInstanceLaunchFailures"
NEVER_A_NODE = "NodeCreationFailure"
ENDED = ("DELETING", "CREATE_FAILED")


@dataclass(frozen=True)
class Issue:
    """Why EKS calls a node group unhealthy."""

    code: str
    message: str


@dataclass(frozen=True)
class Demand:
    """Machines of one node group, and the quota that they count against."""

    quota: Quota
    vcpus_each: int
    machine_type: str
    buying: Buying


class Launches:
    """Decides about the machines of all node groups of an account."""

    def __init__(self, state: EksState) -> None:
        """Work on shared state."""
        self._state = state
        self._working: set[tuple[str, str]] = set()
        """Cluster and role of nodes that were found to work: not looked up again and again."""

    def issue(
        self, region: Region, cluster: str, name: str, group: Properties, count: int
    ) -> Issue | None:
        """Return what goes wrong when a group is to have that many machines, if anything does.

        Args:
            region: where the group is.
            cluster: its cluster.
            name: its name.
            group: its description, with `instanceTypes`, `capacityType` and `nodeRole`.
            count: how many machines.
        """
        if count == 0:
            return None
        demand = self.demand(region, group)
        if demand and self._need(region, demand, (cluster, name), count) > _have(region, demand):
            return Issue(LAUNCH_FAILED, _refusal(region, demand))
        template = rules_templates.template_data(region, group)
        kind = rules_templates.machine_types(group, template)[0]
        reason = rules_templates.why_launch_fails(region, template, kind)
        if reason:
            return Issue(LAUNCH_FAILED, reason)
        reason = self.why_nodes_fail(region, cluster, group)
        return Issue(NEVER_A_NODE, reason) if reason else None

    def no_room(
        self, region: Region, cluster: str, name: str, group: Properties, count: int
    ) -> str:
        """Return which quota keeps a group from having `count` machines; empty when none does."""
        demand = self.demand(region, group)
        if demand is None:
            return ""
        need = self._need(region, demand, (cluster, name), count)
        have = _have(region, demand)
        if need <= have:
            return ""
        quota = demand.quota
        return (
            f"quota {quota.code} ({quota.name}): the account has {have} {quota.unit}s, "
            f"and {need} are needed with one more {demand.machine_type}"
        )

    def why_nodes_fail(self, region: Region, cluster: str, group: Properties) -> str:
        """Return EKS's words for nodes of a group that do not work out; empty when they do."""
        template = rules_templates.template_data(region, group)
        described = self._state.cluster(region, cluster, "CreateNodegroup")
        unreached = rules_templates.why_nodes_fail(template, described)
        if unreached:
            return unreached
        if not self._state.records[region.name, cluster].has_network_plugin:
            return rules_roles.UNHEALTHY  # the kubelet waits for one before it says Ready
        role = text(group, "nodeRole")
        if (cluster, role) in self._working:
            return ""
        reason = rules_roles.why_nodes_fail(region, cluster, role)
        if not reason:
            self._working.add((cluster, role))
        return reason

    def demand(self, region: Region, group: Properties) -> Demand | None:
        """Return what a machine of a group counts; None for machines that a block has paid for.

        EC2 user guide, "Capacity Blocks for ML": they count against no On-Demand quota.

        Raises:
            NotSimulatedError: no source says against which quota the machine type counts.
        """
        capacity = dig(group, "capacityType")
        if capacity == "CAPACITY_BLOCK":
            return None
        buying: Buying = "spot" if capacity == "SPOT" else "on-demand"
        template = rules_templates.template_data(region, group)
        # The first is the one that the rehearsal starts.
        machine_type = rules_templates.machine_types(group, template)[0]
        try:
            quota = vcpu_quota(machine_type, buying)
        except UnknownBucketError as error:
            message = f"not simulated: a node group of {machine_type} ({error})"
            raise NotSimulatedError(message) from error
        reply = region.call("ec2", "describe_instance_types", InstanceTypes=[machine_type])
        vcpus = number(reply, "InstanceTypes.0.VCpuInfo.DefaultVCpus")
        return Demand(quota, vcpus, machine_type, buying)

    def _need(self, region: Region, demand: Demand, own: tuple[str, str], count: int) -> int:
        """Return the vCPUs of one quota that all groups want, if `own` has `count` machines."""
        total = count * demand.vcpus_each
        for (place, cluster), record in self._state.records.items():
            for name, overlay in record.node_groups.items():
                ended = overlay["status"] in ENDED
                if place != region.name or (cluster, name) == own or ended:
                    continue
                address: Properties = {"clusterName": cluster, "nodegroupName": name}
                reply = region.moto("eks", "describe_nodegroup", address)
                group: Properties = {**block(reply, "nodegroup"), **overlay}
                theirs = self.demand(region, group)
                if theirs and theirs.quota == demand.quota:
                    total += wanted(group) * theirs.vcpus_each
        return total


def wanted(group: Properties) -> int:
    """Return how many machines of a group run or are on their way."""
    held = group.get("machines")
    return held if isinstance(held, int) else number(group, "scalingConfig.desiredSize")


def _have(region: Region, demand: Demand) -> int:
    return region.account.facts.quota(demand.quota.code)


def _refusal(region: Region, demand: Demand) -> str:
    if demand.buying == "spot":
        return (
            "Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance "
            "count exceeded. Launching EC2 instance failed."
        )
    return (
        "Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU "
        f"capacity than your current vCPU limit of {_have(region, demand)} allows for the instance "
        "bucket that the specified instance type belongs to. Please visit "
        "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. "
        "Launching EC2 instance failed."
    )

"""EKS managed node groups: moto's, completed and made strict.

Owns: what moto 5.2.5 drops (update and repair configuration, versions) or invents (a remote access
key, a disk beside a template), and the states CREATING and DELETING, which follow the nodes.
Does not own: the nodes. The node controller starts and ends them by what `fleet.py` says.
"""

from infra.rehearsal.aws import rules_eks as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.eks_access import new_entry
from infra.rehearsal.aws.eks_launches import Issue, Launches, wanted
from infra.rehearsal.aws.eks_machines import add_profile
from infra.rehearsal.aws.eks_state import EksState, entries_count, laid_over
from infra.rehearsal.aws.rules_templates import template_data, template_fits
from infra.rehearsal.aws.values import (
    block,
    blocks,
    dig,
    number,
    optional_text,
    tag_map,
    text,
)
from infra.wire import Properties, Value

OWN = ("machines", "instanceProfile")
"""What an overlay holds for the simulation alone."""
DEFAULT_AMI_TYPE = "AL2023_x86_64_STANDARD"  # EKS API reference, CreateNodegroup, amiType
DEFAULT_INSTANCE_TYPES: list[Value] = ["t3.medium"]  # the same page, instanceTypes
DEFAULT_DISK_GIB = 20  # the same page, diskSize


class NodeGroupOperations:
    """Operations on node groups, by the names and shapes of the EKS API."""

    def __init__(self, state: EksState, launches: Launches) -> None:
        """Work on shared state."""
        self._state = state
        self._launches = launches

    def create_nodegroup(self, region: Region, parameters: Properties) -> Properties:
        """Make a node group; its nodes are started by the node controller."""
        cluster, name = text(parameters, "clusterName"), text(parameters, "nodegroupName")
        described = self._state.cluster(region, cluster, "CreateNodegroup")
        rules.node_group(region, parameters, described)
        reply = region.moto("eks", "create_nodegroup", parameters)
        record = self._state.records[region.name, cluster]
        overlay = _group_overlay(parameters, described)
        if template_data(region, parameters).get("InstanceType"):
            overlay["instanceTypes"] = None  # the template names it, and EKS does not repeat it
        desired = number(parameters, "scalingConfig.desiredSize")
        group: Properties = {**block(reply, "nodegroup"), **overlay}
        issue = self._launches.issue(region, cluster, name, group, desired)
        if issue:  # EKS makes the group all the same, and finds out when its machines fail
            overlay |= {"status": "CREATE_FAILED", "machines": 0, "health": _health(group, issue)}
        role = text(parameters, "nodeRole")
        overlay["instanceProfile"] = add_profile(region, cluster, name, role)
        record.node_groups[name] = overlay
        self._state.generation += 1
        if role not in record.entries and entries_count(described):
            # EKS admits the role of a managed group by itself (user guide, "access entries").
            wanted: Properties = {"principalArn": role, "type": "EC2_LINUX"}
            record.entries[role] = new_entry(region, cluster, wanted)
        return {"nodegroup": _shown(laid_over(block(reply, "nodegroup"), overlay))}

    def list_nodegroups(self, region: Region, parameters: Properties) -> Properties:
        """Name the node groups of a cluster; moto fails without a word on one that is not there."""
        self._state.record(region, parameters, "ListNodegroups")
        return region.moto("eks", "list_nodegroups", parameters)

    def describe_nodegroup(self, region: Region, parameters: Properties) -> Properties:
        """Describe a node group with what moto dropped, and without what it invented."""
        cluster, name = text(parameters, "clusterName"), text(parameters, "nodegroupName")
        self._state.finish_deletion(region, cluster, name)
        reply = region.moto("eks", "describe_nodegroup", parameters)
        overlay = self._state.records[region.name, cluster].node_groups[name]
        found = laid_over(block(reply, "nodegroup"), overlay)
        if found["status"] in ("CREATING", "UPDATING"):
            ready = self._state.plane().nodes(name)[1]
            if ready >= number(found, "scalingConfig.desiredSize"):
                found["status"] = overlay["status"] = "ACTIVE"
                region.account.recorder.note_change()
        found["resources"] = {"autoScalingGroups": dig(found, "resources.autoScalingGroups")}
        return {"nodegroup": _shown(found)}

    def update_nodegroup_config(self, region: Region, parameters: Properties) -> Properties:
        """Change bounds, labels, taints, and how updates and repairs are done."""
        cluster, name = text(parameters, "clusterName"), text(parameters, "nodegroupName")
        address: Properties = {"clusterName": cluster, "nodegroupName": name}
        before = block(self.describe_nodegroup(region, address), "nodegroup")
        rules.scaling("UpdateNodegroupConfig", parameters, before)
        overlay = self._state.records[region.name, cluster].node_groups[name]
        running = wanted({**before, **overlay})
        reply = region.moto("eks", "update_nodegroup_config", parameters)
        self._state.generation += 1
        if "scalingConfig" in parameters:
            self._resize(region, cluster, name, running)
        for part in ("updateConfig", "nodeRepairConfig"):
            if part in parameters:
                overlay[part] = parameters[part]
        return reply

    def _resize(self, region: Region, cluster: str, name: str, running: int) -> None:
        """Let the group have as many machines as it wants, or as many as run when those fail."""
        overlay = self._state.records[region.name, cluster].node_groups[name]
        if overlay["status"] == "CREATE_FAILED":
            return
        address: Properties = {"clusterName": cluster, "nodegroupName": name}
        reply = region.moto("eks", "describe_nodegroup", address)
        group: Properties = {**block(reply, "nodegroup"), **overlay}
        desired = number(group, "scalingConfig.desiredSize")
        more = desired > running
        issue = self._launches.issue(region, cluster, name, group, desired) if more else None
        for part in ("machines", "health"):
            overlay.pop(part, None)
        if issue:
            overlay |= {"status": "DEGRADED", "machines": running, "health": _health(group, issue)}
        elif overlay["status"] == "DEGRADED":
            overlay["status"] = "UPDATING"

    def update_nodegroup_version(self, region: Region, parameters: Properties) -> Properties:
        """Move a group to a version or a template; its nodes are replaced, all at once.

        EKS replaces `updateConfig.maxUnavailable` nodes at a time; the rehearsal does not.
        """
        cluster, name = text(parameters, "clusterName"), text(parameters, "nodegroupName")
        address: Properties = {"clusterName": cluster, "nodegroupName": name}
        before = block(self.describe_nodegroup(region, address), "nodegroup")
        template_fits(region, "UpdateNodegroupVersion", {**before, **parameters})
        rules.version_fits(
            "UpdateNodegroupVersion",
            parameters,
            self._state.cluster(region, cluster, "UpdateNodegroupVersion"),
        )
        overlay = self._state.records[region.name, cluster].node_groups[name]
        for part in ("version", "releaseVersion", "launchTemplate"):
            if part in parameters:
                overlay[part] = parameters[part]
        overlay["status"] = "UPDATING"
        self._state.generation += 1
        self._state.plane().drop_nodes(name)
        return {"update": {"id": name, "status": "Successful", "type": "VersionUpdate"}}

    def delete_nodegroup(self, region: Region, parameters: Properties) -> Properties:
        """Begin the end of a group; it is gone when its last node is."""
        described = self.describe_nodegroup(region, parameters)
        cluster, name = text(parameters, "clusterName"), text(parameters, "nodegroupName")
        self._state.records[region.name, cluster].node_groups[name]["status"] = "DELETING"
        self._state.generation += 1
        return described


def _shown(group: Properties) -> Properties:
    return {key: item for key, item in group.items() if key not in OWN}


def _health(group: Properties, issue: Issue) -> Value:
    groups = blocks(group, "resources.autoScalingGroups")
    names: list[Value] = [text(item, "name") for item in groups]
    return {"issues": [{"code": issue.code, "message": issue.message, "resourceIds": names}]}


def _group_overlay(parameters: Properties, cluster: Properties) -> Properties:
    version = optional_text(parameters, "version") or text(cluster, "version")
    template = parameters.get("launchTemplate")
    return {
        "status": "CREATING",
        "version": version,
        "releaseVersion": optional_text(parameters, "releaseVersion") or f"{version}.0-rehearsal",
        "amiType": parameters.get("amiType", DEFAULT_AMI_TYPE),
        "instanceTypes": parameters.get("instanceTypes", DEFAULT_INSTANCE_TYPES),
        "diskSize": None if template else parameters.get("diskSize", DEFAULT_DISK_GIB),
        "remoteAccess": parameters.get("remoteAccess"),
        "updateConfig": parameters.get("updateConfig", {"maxUnavailable": 1}),
        "nodeRepairConfig": parameters.get("nodeRepairConfig"),
        "tags": dict(tag_map(parameters.get("tags"))),
    }

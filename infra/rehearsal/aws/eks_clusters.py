"""EKS clusters: moto's, completed and made strict. The cluster is the rehearsal's API server.

Owns: what moto 5.2.5 drops (access configuration, upgrade policy, deletion protection) or invents
(endpoint, CA and issuer shared by all clusters, Kubernetes 1.19), the system objects inside a new
cluster, its security group and its creator's access.
Does not own: AWS's refusals (`rules_eks.py`).
"""

import hashlib

from infra.rehearsal.aws import rules_eks as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.chance import chance
from infra.rehearsal.aws.eks_access import CLUSTER_ADMIN, associate, new_entry
from infra.rehearsal.aws.eks_state import ClusterRecord, EksState, entries_count
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.system_addons import system_objects
from infra.rehearsal.aws.values import block, dig, tag_map, text
from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.wire import Properties

PLATFORM_VERSION = "eks.1"
GROUP_DESCRIPTION = (
    "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
    "as well as any managed workloads."
)


class ClusterOperations:
    """Operations on clusters, by the names and shapes of the EKS API."""

    def __init__(self, state: EksState) -> None:
        """Work on shared state."""
        self._state = state

    def create_cluster(self, region: Region, parameters: Properties) -> Properties:
        """Make the rehearsal's API server a cluster: at most one at a time."""
        plane = self._state.plane()
        name = text(parameters, "name")
        self._refuse_another(region, name)
        rules.cluster(region, parameters, plane)
        rules.encryption(region, "CreateCluster", parameters)
        wanted = parameters.get("bootstrapSelfManagedAddons", True)
        record = ClusterRecord(
            overlay=_cluster_overlay(region, parameters, plane),
            system=system_objects() if wanted else [],
        )
        plane.apply(record.system)
        reply = region.moto("eks", "create_cluster", parameters)
        config = block(parameters, "resourcesVpcConfig")
        vpc_id = text(rules.subnets_of(region, "CreateCluster", config)[0], "VpcId")
        own_group = region.call(
            "ec2",
            "create_security_group",
            GroupName=f"eks-cluster-sg-{name}-{_digits(text(reply, 'cluster.arn'))}",
            Description=GROUP_DESCRIPTION,
            VpcId=vpc_id,
            TagSpecifications=[
                {
                    "ResourceType": "security-group",
                    "Tags": [{"Key": f"kubernetes.io/cluster/{name}", "Value": "owned"}],
                }
            ],
        )
        network = block(record.overlay, "resourcesVpcConfig")
        network |= {"vpcId": vpc_id, "clusterSecurityGroupId": text(own_group, "GroupId")}
        self._state.records[region.name, name] = record
        if entries_count(record.overlay) and dig(
            record.overlay, "accessConfig.bootstrapClusterCreatorAdminPermissions"
        ):
            self._admit_creator(region, name, record)
        return self.describe_cluster(region, {"name": name})

    def describe_cluster(self, region: Region, parameters: Properties) -> Properties:
        """Describe a cluster with what moto dropped."""
        return self._state.describe(region, text(parameters, "name"))

    def update_cluster_config(self, region: Region, parameters: Properties) -> Properties:
        """Change one part of a cluster's configuration; the rest of a block stays."""
        name = text(parameters, "name")
        before = block(self._state.describe(region, name), "cluster")
        rules.cluster_update(region, parameters, before)
        overlay = self._state.records[region.name, name].overlay
        for part, value in parameters.items():
            if part in ("name", "clientRequestToken"):
                continue
            old = before.get(part)
            overlay[part] = (
                {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
            )
        return {"update": {"id": name, "status": "Successful", "type": "ConfigUpdate"}}

    def associate_encryption_config(self, region: Region, parameters: Properties) -> Properties:
        """Encrypt the secrets of a cluster that did not; there is no way back."""
        name = text(parameters, "clusterName")
        before = self._state.cluster(region, name, "AssociateEncryptionConfig")
        if before.get("encryptionConfig"):
            message = "Encryption config is already enabled for the cluster"
            code = "InvalidParameterException"
            raise AwsError(message, "AssociateEncryptionConfig", code)
        rules.encryption(region, "AssociateEncryptionConfig", parameters)
        overlay = self._state.records[region.name, name].overlay
        overlay["encryptionConfig"] = parameters["encryptionConfig"]
        kind = "AssociateEncryptionConfig"
        return {"update": {"id": name, "status": "Successful", "type": kind}}

    def update_cluster_version(self, region: Region, parameters: Properties) -> Properties:
        """Move to the version that the rehearsal's API server serves by now; to no other one."""
        name, version = text(parameters, "name"), text(parameters, "version")
        rules.version_update(version, block(self._state.describe(region, name), "cluster"))
        served = self._state.plane().version()
        if version != served:
            message = (
                f"not simulated: UpdateClusterVersion to {version}; the rehearsal's API server "
                f"serves {served}, and only the drill of an upgrade moves it: destroy the "
                "rehearsal and start it anew"
            )
            raise NotSimulatedError(message)
        self._state.records[region.name, name].overlay["version"] = version
        return {"update": {"id": name, "status": "Successful", "type": "VersionUpdate"}}

    def delete_cluster(self, region: Region, parameters: Properties) -> Properties:
        """Give the API server back: system objects, add-ons and the security group go."""
        name = text(parameters, "name")
        described = self.describe_cluster(region, parameters)
        rules.cluster_may_go(described)
        for group in list(self._state.records[region.name, name].node_groups):
            self._state.finish_deletion(region, name, group)
        record = self._state.records[region.name, name]
        if not record.node_groups:  # with node groups moto refuses, and the cluster stays whole
            installed = [one for addon in record.addons.values() for one in addon.objects]
            self._state.plane().remove(record.system + installed)
        region.moto("eks", "delete_cluster", parameters)
        del self._state.records[region.name, name]
        own_group = text(record.overlay, "resourcesVpcConfig.clusterSecurityGroupId")
        region.call("ec2", "delete_security_group", GroupId=own_group)
        return described

    def _refuse_another(self, region: Region, name: str) -> None:
        if (region.name, name) in self._state.records:
            message = f"Cluster already exists with name: {name}"
            raise AwsError(message, "CreateCluster", "ResourceInUseException")
        if self._state.records:
            message = "not simulated: a second EKS cluster; a rehearsal has one API server"
            raise NotSimulatedError(message)

    def _admit_creator(self, region: Region, name: str, record: ClusterRecord) -> None:
        creator = region.account.user_arn
        entry = new_entry(region, name, {"principalArn": creator})
        scope: Properties = {"type": "cluster"}
        associate(entry, {"policyArn": CLUSTER_ADMIN, "accessScope": scope})
        record.entries[creator] = entry


def _cluster_overlay(region: Region, parameters: Properties, plane: ControlPlane) -> Properties:
    issued = chance.new_hex(32).upper()
    access: Properties = {
        "authenticationMode": "CONFIG_MAP",  # EKS API reference, CreateAccessConfigRequest
        "bootstrapClusterCreatorAdminPermissions": True,
    }
    network: Properties = {
        "endpointPublicAccess": True,
        "endpointPrivateAccess": False,
        "securityGroupIds": [],
    }
    given = block(parameters, "resourcesVpcConfig")
    if given.get("endpointPublicAccess", True):
        network["publicAccessCidrs"] = ["0.0.0.0/0"]
    service_range: Properties = {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"}
    kept = ("encryptionConfig", "zonalShiftConfig", "deletionProtection")
    return {
        **{part: parameters[part] for part in kept if part in parameters},
        "endpoint": plane.endpoint,
        "certificateAuthority": {"data": plane.certificate_authority},
        "identity": {
            "oidc": {"issuer": f"https://oidc.eks.{region.name}.amazonaws.com/id/{issued}"}
        },
        "platformVersion": PLATFORM_VERSION,
        "deletionProtection": parameters.get("deletionProtection", False),
        "accessConfig": {**access, **block(parameters, "accessConfig")},
        "upgradePolicy": {"supportType": "EXTENDED", **block(parameters, "upgradePolicy")},
        "logging": parameters.get("logging", {"clusterLogging": []}),
        "resourcesVpcConfig": {**network, **given},
        "kubernetesNetworkConfig": {
            **service_range,
            **block(parameters, "kubernetesNetworkConfig"),
        },
        "tags": dict(tag_map(parameters.get("tags"))),
    }


def _digits(arn: str) -> int:
    return int(hashlib.sha256(arn.encode()).hexdigest()[:8], 16)

"""What EKS refuses and moto 5.2.5 accepts, with EKS's own codes, in terms of API parameters."""

import ipaddress
import re
from collections.abc import Sequence

from infra.catalog.kubernetes_versions import kubernetes_versions
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_kms import unusable_key
from infra.rehearsal.aws.rules_roles import control_plane_role, node_role
from infra.rehearsal.aws.rules_templates import machine_types, template_data, template_fits
from infra.rehearsal.aws.values import block, blocks, dig, number, optional_text, text, texts
from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.wire import Properties, Value

ZONES_AT_LEAST = 2
REFUSED_ZONES = ("use1-az3", "usw1-az2", "cac1-az3")
"""Zone ids that EKS cannot use (EKS user guide, "Subnet requirements for clusters", 2026)."""
KUBELET_SKEW = 3
"""Minor versions that a kubelet may be older than its API server (kubernetes.io, version skew)."""
ARM_IMAGES = "ARM_64"
PRIVATE_RANGES = tuple(
    ipaddress.ip_network(item) for item in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
"""What EKS refuses as a public access range (EKS user guide, "Cluster API server endpoint")."""


def cluster(region: Region, parameters: Properties, plane: ControlPlane) -> None:
    """Role, version, subnets in two zones, security groups, and who may reach the endpoint."""
    operation = "CreateCluster"
    _role_exists(region, operation, text(parameters, "roleArn"))
    control_plane_role(region, text(parameters, "roleArn"))
    version = optional_text(parameters, "version")
    offered = [item.minor for item in kubernetes_versions("aws")]
    if version and version not in offered:
        msg = f"unsupported Kubernetes version {version}"
        raise _invalid(msg, operation)
    config = block(parameters, "resourcesVpcConfig")
    found = subnets_of(region, operation, config)
    if len({text(item, "VpcId") for item in found}) > 1:
        msg = "Subnets must all belong to one VPC"
        raise _invalid(msg, operation)
    if len({text(item, "AvailabilityZone") for item in found}) < ZONES_AT_LEAST:
        message = "Subnets specified must be in at least two different AZs"
        raise _invalid(message, operation)
    for item in found:
        if dig(item, "AvailabilityZoneId") in REFUSED_ZONES:
            zone = text(item, "AvailabilityZone")
            message = (
                f"Cannot create cluster '{text(parameters, 'name')}' because EKS does not support "
                f"creating control plane instances in {zone}, the targeted availability zone."
            )
            raise AwsError(message, operation, "UnsupportedAvailabilityZoneException")
    for group in texts(config, "securityGroupIds"):
        _group_exists(region, operation, group)
    _endpoint_is_reachable(operation, config)
    if plane.region and plane.region != region.name:
        message = f"the rehearsal's API server stands for region {plane.region}, not {region.name}"
        raise _invalid(message, operation)


def encryption(region: Region, operation: str, parameters: Properties) -> None:
    """The key of the secrets is symmetric, in this region, and may be used."""
    for config in blocks(parameters, "encryptionConfig"):
        if texts(config, "resources") != ["secrets"]:  # EKS API reference, EncryptionConfig
            message = "The only valid value for resources in encryptionConfig is secrets"
            raise _invalid(message, operation)
        reason = unusable_key(region, text(config, "provider.keyArn"))
        if reason:
            message = f"The keyArn in encryptionConfig provider is not valid: {reason}"
            raise _invalid(message, operation)


def cluster_update(region: Region, parameters: Properties, before: Properties) -> None:
    """Security groups exist, the endpoint stays reachable, authentication only moves forward."""
    operation = "UpdateClusterConfig"
    config = block(parameters, "resourcesVpcConfig")
    for group in texts(config, "securityGroupIds"):
        _group_exists(region, operation, group)
    _endpoint_is_reachable(operation, {**block(before, "resourcesVpcConfig"), **config})
    order = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
    new = optional_text(parameters, "accessConfig.authenticationMode")
    old = text(before, "accessConfig.authenticationMode")
    if new and order.index(new) < order.index(old):
        message = f"Unsupported authentication mode update from {old} to {new}"
        raise AwsError(message, operation, "InvalidParameterException")


def cluster_may_go(described: Properties) -> None:
    """A protected cluster stays."""
    if dig(described, "cluster.deletionProtection"):
        message = (
            "Cannot delete cluster with deletion protection enabled; disable it with "
            "UpdateClusterConfig first"
        )
        raise AwsError(message, "DeleteCluster", "InvalidRequestException")


def node_group(region: Region, parameters: Properties, described: Properties) -> None:
    """Role, subnets of the cluster's VPC, template, bounds, version, image and machine types."""
    operation = "CreateNodegroup"
    name = text(parameters, "nodegroupName")
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", name) is None:  # EKS API reference
        message = f"The nodegroup name {name!r} must begin with a letter or digit, at most 63 long"
        raise _invalid(message, operation)
    _role_exists(region, operation, text(parameters, "nodeRole"))
    node_role(region, text(parameters, "nodeRole"))
    config: Properties = {"subnetIds": parameters.get("subnets")}
    found = subnets_of(region, operation, config)
    vpc_id = text(described, "resourcesVpcConfig.vpcId")
    if any(text(item, "VpcId") != vpc_id for item in found):
        msg = f"Subnets must belong to the cluster's VPC {vpc_id}"
        raise _invalid(msg, operation)
    template_fits(region, operation, parameters)
    scaling(operation, parameters, {})
    version_fits(operation, parameters, described)
    zones = {text(item, "AvailabilityZone") for item in found}
    kinds = machine_types(parameters, template_data(region, parameters))
    _machines_fit(region, parameters, kinds, zones)


def scaling(operation: str, parameters: Properties, before: Properties) -> None:
    """Minimum, desired and maximum are in order; a maximum of 0 is no group."""
    config = {**block(before, "scalingConfig"), **block(parameters, "scalingConfig")}
    if not config:
        return
    low, wanted, high = (number(config, key) for key in ("minSize", "desiredSize", "maxSize"))
    if low > high:
        message = f"Minimum capacity {low} can't be greater than maximum capacity {high}"
    elif wanted < low:
        message = f"Minimum capacity {low} can't be greater than desired size {wanted}"
    elif wanted > high:
        message = f"desired capacity {wanted} can't be greater than max size {high}"
    else:
        return
    raise _invalid(message, operation)


def version_update(version: str, described: Properties) -> None:
    """A cluster moves one minor version up at a time, to one that EKS offers.

    EKS API reference, UpdateClusterVersion; words as remembered.
    """
    operation, old = "UpdateClusterVersion", text(described, "version")
    if version not in [item.minor for item in kubernetes_versions("aws")]:
        msg = f"unsupported Kubernetes version {version}"
        raise _invalid(msg, operation)
    if _minor(version) != _minor(old) + 1:
        msg = f"Unsupported Kubernetes minor version update from {old} to {version}"
        raise _invalid(msg, operation)


def version_fits(operation: str, parameters: Properties, described: Properties) -> None:
    """A node's version is the cluster's or a little older."""
    version = optional_text(parameters, "version")
    if not version:
        return
    ours, theirs = _minor(version), _minor(text(described, "version"))
    if not 0 <= theirs - ours <= KUBELET_SKEW:
        message = (
            f"Nodegroup Kubernetes version {version} is not supported by cluster version "
            f"{text(described, 'version')}"
        )
        raise _invalid(message, operation)


def subnets_of(region: Region, operation: str, config: Properties) -> list[Properties]:
    """Return the subnets that a configuration names; EKS has its own code for unknown ones."""
    ids: list[Value] = [*texts(config, "subnetIds")]
    try:
        return blocks(region.call("ec2", "describe_subnets", SubnetIds=ids), "Subnets")
    except AwsError as error:
        msg = f"The subnet ID does not exist: {error}"
        raise _invalid(msg, operation) from error


def zones_offering(region: Region, machine_type: str) -> set[str]:
    """Return the zones of the region that have a machine type."""
    wanted: list[Value] = [{"Name": "instance-type", "Values": [machine_type]}]
    offers = region.call(
        "ec2",
        "describe_instance_type_offerings",
        LocationType="availability-zone",
        Filters=wanted,
    )
    return {text(item, "Location") for item in blocks(offers, "InstanceTypeOfferings")}


def _machines_fit(
    region: Region, parameters: Properties, kinds: Sequence[str], zones: set[str]
) -> None:
    operation = "CreateNodegroup"
    image = optional_text(parameters, "amiType")
    for machine_type in kinds:
        architectures = _architectures(region, machine_type)
        if not architectures:
            message = f"The following supplied instance types do not exist: [{machine_type}]"
            raise _invalid(message, operation)
        if image and ("arm64" in architectures) != (ARM_IMAGES in image):
            message = f"[{machine_type}] is not a valid instance type for requested amiType {image}"
            raise _invalid(message, operation)
    _zones_sell(region, operation, kinds, zones)


def _zones_sell(region: Region, operation: str, kinds: Sequence[str], zones: set[str]) -> None:
    """Every zone of the group sells one of its types (eksctl-io/eksctl#6461 quotes the words).

    Seen for groups of one type. Whether EKS asks every type of a spot group in every zone is not
    known; one that is sold is enough for the Auto Scaling group.
    """
    sold = {kind: zones_offering(region, kind) for kind in kinds}
    for zone in sorted(zones):
        if kinds and not any(zone in offering for offering in sold.values()):
            choice = ", ".join(sorted(sold[kinds[0]]))
            message = (
                f"Your requested instance type ({kinds[0]}) is not supported in your "
                f"requested Availability Zone ({zone}). Please retry your request by not "
                f"specifying an Availability Zone or choosing {choice}."
            )
            raise AwsError(message, operation, "InvalidRequestException")


def _architectures(region: Region, machine_type: str) -> list[str]:
    wanted: list[Value] = [machine_type]
    try:
        reply = region.call("ec2", "describe_instance_types", InstanceTypes=wanted)
    except AwsError as error:
        if error.code in ("InvalidInstanceType", "ValidationException"):
            return []
        raise
    return texts(reply, "InstanceTypes.0.ProcessorInfo.SupportedArchitectures")


def _role_exists(region: Region, operation: str, arn: str) -> None:
    name = arn.rsplit("/", 1)[-1]
    try:
        known = text(region.call("iam", "get_role", RoleName=name), "Role.Arn")
    except AwsError as error:
        msg = f"The role with name {name} cannot be found."
        raise _invalid(msg, operation) from error
    if known != arn:
        msg = f"Role {arn} is not valid (the role's ARN is {known})"
        raise _invalid(msg, operation)


def _group_exists(region: Region, operation: str, group_id: str) -> None:
    try:
        region.call("ec2", "describe_security_groups", GroupIds=[group_id])
    except AwsError as error:
        msg = f"Security group(s) [{group_id}] do not exist"
        raise _invalid(msg, operation) from error


def _endpoint_is_reachable(operation: str, config: Properties) -> None:
    public = config.get("endpointPublicAccess", True)
    if not public and not config.get("endpointPrivateAccess", False):
        msg = "Private and public endpoint access cannot both be disabled"
        raise _invalid(msg, operation)
    for cidr in texts(config, "publicAccessCidrs"):
        try:
            network = ipaddress.ip_network(cidr)
        except ValueError as error:
            msg = f"The CIDR {cidr} is not valid: {error}"
            raise _invalid(msg, operation) from error
        if any(network.overlaps(private) for private in PRIVATE_RANGES) and network.prefixlen:
            message = f"The following CIDRs are invalid in publicAccessCidrs: [{cidr}]"
            raise _invalid(message, operation)


def _invalid(message: str, operation: str) -> AwsError:
    return AwsError(message, operation, "InvalidParameterException")


def _minor(version: str) -> int:
    return int(version.split(".")[1])

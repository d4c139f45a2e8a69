"""What controllers inside the cluster make in the account, outside of Pulumi's state.

Owns load balancers of Services and volumes of claims, and that the interfaces of machines follow
the nodes. All of it keeps subnets, security groups and the VPC from being deleted, and is in the
inventory. Does not own when (`infra/rehearsal/controllers`).

Source of names, tags and words: kubernetes/cloud-provider-aws, pkg/providers/v1 (`aws.go`,
`aws_loadbalancer.go`); kubernetes-sigs/aws-ebs-csi-driver, docs/tagging.md (read 2026-11).
"""

from collections.abc import Collection

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.eks_machines import add_interface, drop_interface, node_interfaces
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_ec2 import BALANCER_INTERFACE
from infra.rehearsal.aws.values import blocks, tag_list, tag_map, text
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.controllers.account import Balancer, ControllerError, Disk, Machine
from infra.rehearsal.controllers.dialect import AWS
from infra.wire import Properties, Value

PUBLIC_ROLE = "kubernetes.io/role/elb"
PRIVATE_ROLE = "kubernetes.io/role/internal-elb"
CLUSTER_TAG = "kubernetes.io/cluster/"
DISK_DRIVER = "aws-ebs-csi-driver"
CLAIM_TAG = "CSIVolumeName"
NAME_LIMIT = 32
"""Of a Classic Load Balancer."""


class SideEffects:
    """The account as the controllers of its one cluster use it."""

    dialect = AWS

    def __init__(self, account: Account, state: EksState) -> None:
        """Work on the account of that state."""
        self._account = account
        self._state = state

    def has_cluster(self) -> bool:
        """Say whether there is a cluster."""
        return bool(self._state.records)

    def has_disk_driver(self) -> bool:
        """Say whether the cluster has the add-on of the EBS CSI driver."""
        with self._account.lock:
            for region, cluster in self._state.records:
                try:
                    self._account.region(region).call(
                        "eks", "describe_addon", clusterName=cluster, addonName=DISK_DRIVER
                    )
                except (AwsError, NotSimulatedError):
                    return False
                return True
        return False

    def keep_interfaces(self, machines: Collection[Machine]) -> None:
        """Let there be one network interface for each machine, and none for any other."""
        with self._account.lock:
            for name, cluster in list(self._state.records):
                region = self._account.region(name)
                held = node_interfaces(region)
                wanted = {machine.name: machine for machine in machines}
                for node in held.keys() - wanted.keys():
                    drop_interface(region, held[node])
                for node in sorted(wanted.keys() - held.keys()):
                    self._add_interface(region, cluster, wanted[node])

    def balancer(self, wanted: Balancer) -> str:
        """Make a Classic Load Balancer, if there is none, and return its host name."""
        with self._account.lock:
            region, cluster = self._cluster()
            name = _balancer_name(wanted.uid)
            held = _balancer(region, name)
            if held:
                return text(held, "DNSName")
            try:
                return _make_balancer(region, cluster, name, wanted)
            except AwsError as error:
                message = f"failed to ensure load balancer: {error}"
                raise ControllerError(message) from error

    def drop_balancer(self, uid: str) -> None:
        """Remove a load balancer, then its interfaces, then its security group."""
        with self._account.lock:
            region = self._cluster()[0]
            name = _balancer_name(uid)
            region.call("elb", "delete_load_balancer", LoadBalancerName=name)
            for interface in _named(region, "network_interfaces", "description", _described(name)):
                drop_interface(region, text(interface, "NetworkInterfaceId"))
            for group in _named(region, "security_groups", "group-name", _group_name(name)):
                region.call("ec2", "delete_security_group", GroupId=text(group, "GroupId"))

    def disk(self, wanted: Disk) -> str:
        """Make a volume, if there is none for the claim, and return its id."""
        name = f"pvc-{wanted.uid}"
        namespace, _slash, claim = wanted.claim.partition("/")
        with self._account.lock:
            region, cluster = self._cluster()
            held = _named(region, "volumes", f"tag:{CLAIM_TAG}", name)
            if held:
                return text(held[0], "VolumeId")
            tags = {
                CLAIM_TAG: name,
                "Name": f"{cluster}-dynamic-{name}",
                "ebs.csi.aws.com/cluster": "true",
                f"{CLUSTER_TAG}{cluster}": "owned",
                "kubernetes.io/created-for/pvc/namespace": namespace,
                "kubernetes.io/created-for/pvc/name": claim,
            }
            try:
                made = region.call(
                    "ec2",
                    "create_volume",
                    AvailabilityZone=wanted.zone,
                    Size=wanted.gib,
                    VolumeType=wanted.kind,
                    Encrypted=wanted.encrypted,
                    TagSpecifications=_tags("volume", tags),
                )
            except AwsError as error:
                message = f"could not create volume {name!r}: {error}"
                raise ControllerError(message) from error
            return text(made, "VolumeId")

    def drop_disk(self, volume: str) -> None:
        """Remove a volume; one that is gone is fine."""
        with self._account.lock:
            try:
                self._cluster()[0].call("ec2", "delete_volume", VolumeId=volume)
            except AwsError as error:
                if not error.not_found:
                    raise

    def _cluster(self) -> tuple[Region, str]:
        """Return the one cluster; whoever calls has seen that there is one."""
        for region, cluster in self._state.records:
            return self._account.region(region), cluster
        message = "the cluster is gone, and its controllers with it"
        raise ControllerError(message)

    def _add_interface(self, region: Region, cluster: str, machine: Machine) -> None:
        overlay = self._state.records[region.name, cluster].node_groups.get(machine.group)
        if overlay is None or overlay["status"] == "DELETING":  # the node is about to go
            return
        reply = region.moto(
            "eks", "describe_nodegroup", {"clusterName": cluster, "nodegroupName": machine.group}
        )
        described = self._state.cluster(region, cluster, "DescribeCluster")
        add_interface(region, described, {**_group(reply), "zone": machine.zone}, machine.name)


def _make_balancer(region: Region, cluster: str, name: str, wanted: Balancer) -> str:
    described = region.call("eks", "describe_cluster", name=cluster)
    vpc = text(described, "cluster.resourcesVpcConfig.vpcId")
    subnets = role_subnets(region, vpc, cluster, PRIVATE_ROLE if wanted.internal else PUBLIC_ROLE)
    if not subnets:
        message = (
            "failed to ensure load balancer: could not find any suitable subnets for creating the "
            "ELB"
        )
        raise ControllerError(message)
    tags = {"kubernetes.io/service-name": wanted.service, f"{CLUSTER_TAG}{cluster}": "owned"}
    own: list[Value] = [_balancer_group(region, vpc, name, wanted.service, tags)]
    ids: list[Value] = [*subnets]
    scheme: Properties = {"Scheme": "internal"} if wanted.internal else {}
    made = region.call(
        "elb",
        "create_load_balancer",
        LoadBalancerName=name,
        Listeners=_listeners(wanted),
        Subnets=ids,
        SecurityGroups=own,
        Tags=tag_list(tags),
        **scheme,
    )
    for subnet in subnets:
        region.call(
            "ec2",
            "create_network_interface",
            SubnetId=subnet,
            Groups=own,
            Description=_described(name),
        )
    return text(made, "DNSName")


def _balancer_group(
    region: Region, vpc: str, balancer: str, service: str, tags: dict[str, str]
) -> str:
    name = _group_name(balancer)
    held = _named(region, "security_groups", "group-name", name)
    if held:
        return text(held[0], "GroupId")
    made = region.call(
        "ec2",
        "create_security_group",
        GroupName=name,
        Description=f"Security group for Kubernetes ELB {balancer} ({service})",
        VpcId=vpc,
        TagSpecifications=_tags("security-group", tags),
    )
    return text(made, "GroupId")


def role_subnets(region: Region, vpc: str, cluster: str, role: str) -> list[str]:
    """Return a subnet of each zone with the role's tag, and no tag of another cluster alone."""
    chosen: dict[str, str] = {}
    for subnet in _named(region, "subnets", "vpc-id", vpc):
        tags = tag_map(subnet.get("Tags"))
        clusters = [key for key in tags if key.startswith(CLUSTER_TAG)]
        if role in tags and (not clusters or f"{CLUSTER_TAG}{cluster}" in clusters):
            zone, subnet_id = text(subnet, "AvailabilityZone"), text(subnet, "SubnetId")
            chosen[zone] = min(subnet_id, chosen.get(zone, subnet_id))
    return sorted(chosen.values())


def _listeners(wanted: Balancer) -> list[Value]:
    return [
        {
            "Protocol": "TCP",
            "LoadBalancerPort": port,
            "InstanceProtocol": "TCP",
            "InstancePort": node_port,
        }
        for port, node_port in wanted.ports
    ]


def _balancer(region: Region, name: str) -> Properties | None:
    reply = region.call("elb", "describe_load_balancers")
    found = blocks(reply, "LoadBalancerDescriptions")
    return next((item for item in found if item.get("LoadBalancerName") == name), None)


def _named(region: Region, what: str, key: str, value: str) -> list[Properties]:
    """Return things of EC2 by one filter."""
    wanted: list[Value] = [{"Name": key, "Values": [value]}]
    reply = region.call("ec2", f"describe_{what}", Filters=wanted)
    return blocks(reply, "".join(word.capitalize() for word in what.split("_")))


def _group(reply: Properties) -> Properties:
    found = reply.get("nodegroup")
    return found if isinstance(found, dict) else {}


def _balancer_name(uid: str) -> str:
    return f"a{uid.replace('-', '')}"[:NAME_LIMIT]


def _group_name(balancer: str) -> str:
    return f"k8s-elb-{balancer}"


def _described(balancer: str) -> str:
    return f"{BALANCER_INTERFACE}{balancer}"


def _tags(kind: str, tags: dict[str, str]) -> list[Value]:
    return [{"ResourceType": kind, "Tags": tag_list(tags)}]

"""The launch template of a pool: what EKS leaves to it.

Owns root disk, metadata service, use of local disks, network adapters, placement, reservation, and
the tags of machines. Does not own image and subnets: EKS refuses both in a template that names
them for the group too (EKS user guide, "Customize managed nodes with launch templates").
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.node_pools_shape import NodeShape
from infra.spec.pools import ReservationKind, ReservationSpec

ROOT_DEVICE = "/dev/xvda"
"""Root disk of the Amazon Linux 2023 images, with and without the NVIDIA driver."""
_BOUNDARY = "tokenworks"
_RAID0 = f"""\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="{_BOUNDARY}"

--{_BOUNDARY}
Content-Type: application/node.eks.aws

---
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  instance:
    localStorage:
      strategy: RAID0

--{_BOUNDARY}--
"""


@dataclass(frozen=True, eq=False)
class Extras:
    """What only some pools have in their template."""

    adapter_groups: Sequence[pulumi.Input[str]] = ()
    """Security groups of a machine with Elastic Fabric Adapters; none without adapters."""
    placement_group: pulumi.Input[str] | None = None
    """Name of the group in which machines stand close together."""
    reservation: ReservationSpec | None = None
    """Reserved capacity that the machines use."""
    disk_key_arn: pulumi.Input[str] | None = None
    """KMS key of the root disk; the account's own key for EBS when absent."""

    @property
    def is_block(self) -> bool:
        """Whether the machines come from a Capacity Block."""
        kind = self.reservation.kind if self.reservation else None
        return kind is ReservationKind.CAPACITY_BLOCK


def user_data(shape: NodeShape) -> str | None:
    """Return the configuration that EKS merges with its own, in base64, or None.

    `nodeadm` then joins the local disks to one array, and kubelet, containerd and pod logs live on
    it (awslabs/amazon-eks-ami nodeadm/doc/api.md@01348c0, `LocalStorageOptions`).
    """
    return base64.b64encode(_RAID0.encode()).decode() if shape.raid0 else None


def template_arguments(
    shape: NodeShape, extras: Extras, machine_tags: Mapping[str, str], own_tags: Mapping[str, str]
) -> aws.ec2.LaunchTemplateArgs:
    """Return the arguments of a pool's launch template."""
    return aws.ec2.LaunchTemplateArgs(
        block_device_mappings=[_root_disk(shape, extras)],
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled",
            http_tokens="required",
            # One hop ends at the node: a pod cannot take on the node's role. The kubelet and
            # the VPC CNI's agent still can: they run in the node's own network namespace.
            http_put_response_hop_limit=1,
        ),
        user_data=user_data(shape),
        network_interfaces=_adapters(shape, extras.adapter_groups),
        placement=_placement(extras.placement_group),
        # Node groups and disks do not pass their tags on to machines.
        tag_specifications=[
            aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=machine_tags)
            for kind in ("instance", "volume", "network-interface")
        ],
        tags=own_tags,
        capacity_reservation_specification=_target(extras.reservation),
        # Of a Capacity Block, EKS wants type and market in the template (user guide, "Reserve GPUs
        # for MNG", awsdocs@0a7189e), and takes a type from one place only.
        instance_type=shape.machine.name if extras.is_block else None,
        instance_market_options=aws.ec2.LaunchTemplateInstanceMarketOptionsArgs(
            market_type="capacity-block"
        )
        if extras.is_block
        else None,
    )


def _root_disk(shape: NodeShape, extras: Extras) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgs:
    return aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
        device_name=ROOT_DEVICE,
        ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            volume_size=shape.disk_gib,
            volume_type="gp3",
            encrypted="true",
            kms_key_id=extras.disk_key_arn,
            delete_on_termination="true",
        ),
    )


def _adapters(
    shape: NodeShape, groups: Sequence[pulumi.Input[str]]
) -> list[aws.ec2.LaunchTemplateNetworkInterfaceArgs] | None:
    """Return one adapter for each network card.

    The first carries the node's address and is an adapter too: an adapter beside it would take an
    interface from the pods, and a p5.48xlarge has two. The others have no address, or that machine
    would take 32 of its subnet, and are the first device of their card (EC2 user guide, "Maximize
    network bandwidth on instances with multiple network cards", 2026; EKS user guide, "EFA and
    EFA-only interfaces", awsdocs@0743cb1: VPC CNI 1.18.5 and later).
    """
    if not groups:
        return None
    return [
        aws.ec2.LaunchTemplateNetworkInterfaceArgs(
            network_card_index=card,
            device_index=0,
            interface_type="efa" if card == 0 else "efa-only",
            security_groups=list(groups),
            delete_on_termination="true",
        )
        for card in range(shape.machine.efa_interfaces)
    ]


def _placement(
    group: pulumi.Input[str] | None,
) -> aws.ec2.LaunchTemplatePlacementArgs | None:
    return None if group is None else aws.ec2.LaunchTemplatePlacementArgs(group_name=group)


def _target(
    reservation: ReservationSpec | None,
) -> aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs | None:
    if reservation is None:
        return None
    target = aws.ec2.LaunchTemplateCapacityReservationSpecificationCapacityReservationTargetArgs(
        capacity_reservation_id=reservation.id
    )
    return aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs(
        capacity_reservation_target=target
    )

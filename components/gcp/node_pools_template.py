"""The settings that make a machine a node of a pool.

Owns machine, disks, accelerators with their driver, identity, hardening, reservation, and what only
one way of buying has. Does not own names, zones and bounds (`node_pools`).
Why the driver comes from GKE: without a version it installs none, and its own device plugin, which
is the one advertiser of GPUs here, then finds nothing.
"""

from dataclasses import dataclass

import pulumi_gcp as gcp

from components.gcp.handles import NodeHome
from components.gcp.node_pools_shape import NodeShape
from components.gcp.tags import labels
from components.handles import PlatformRef
from components.nodes import Capacity
from infra.catalog.notice import GKE_CRITICAL_PODS_SECONDS, GKE_SHUTDOWN_SECONDS
from infra.spec.pools import ReservationSpec

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
"""What a node may do is said by IAM alone. Scopes are the older way, and hold for machines only
(GKE documentation, "Access scopes in GKE", in a public copy, read 2026-11-26: set none of your own;
that this one is what an account of one's own gets is as remembered)."""
METADATA = "GKE_METADATA"
"""Pods ask GKE's metadata server, which knows their own identity and hides that of the node."""
IMAGE = "COS_CONTAINERD"
DRIVER = "LATEST"
"""vLLM 0.33 needs a driver from 580 on; GKE's `DEFAULT` lagged at 535 (rapidsai/deployment#656)."""
LONGEST_FLEX_START = "604800s"
"""Seven days, the most that flex-start sells (GKE documentation, "About flex-start", in a public
copy, read 2026-11-26)."""

n = gcp.container


@dataclass(frozen=True, eq=False)
class Extras:
    """What only some pools have."""

    reservation: ReservationSpec | None = None
    """Reserved capacity that on-demand machines use."""


def node_config(
    shape: NodeShape, capacity: Capacity, extras: Extras, at: NodeHome, platform: PlatformRef
) -> gcp.container.NodePoolNodeConfigArgs:
    """Return the settings of a pool's nodes."""
    return n.NodePoolNodeConfigArgs(
        machine_type=shape.machine.name,
        image_type=IMAGE,
        disk_type=shape.machine.boot_disks[0],
        disk_size_gb=shape.disk_gib,
        boot_disk_kms_key=at.disk_key.id,
        ephemeral_storage_local_ssd_config=_local_ssds(shape),
        guest_accelerators=_accelerators(shape),
        service_account=at.account.email,
        oauth_scopes=list(SCOPES),
        labels=shape.labels(capacity),
        taints=shape.taints(),
        resource_labels=labels(platform),
        workload_metadata_config=n.NodePoolNodeConfigWorkloadMetadataConfigArgs(mode=METADATA),
        metadata={"disable-legacy-endpoints": "true"},
        # The driver that GKE installs is signed by Google, so secure boot holds on GPU nodes too
        # (GoogleCloudPlatform/cluster-toolkit@01a7a3e, gke-node-pool: on by default, with GPUs).
        shielded_instance_config=n.NodePoolNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        kubelet_config=_kubelet(capacity),
        # Containers start while their image still streams in; from Artifact Registry only, where
        # the caches of public registries are too.
        gcfs_config=n.NodePoolNodeConfigGcfsConfigArgs(enabled=True),
        gvnic=n.NodePoolNodeConfigGvnicArgs(enabled=True),
        reservation_affinity=_reservation(capacity, extras.reservation),
        spot=True if capacity is Capacity.SPOT else None,
        flex_start=True if capacity is Capacity.FLEX_START else None,
        max_run_duration=LONGEST_FLEX_START if capacity is Capacity.FLEX_START else None,
    )


def _local_ssds(
    shape: NodeShape,
) -> gcp.container.NodePoolNodeConfigEphemeralStorageLocalSsdConfigArgs | None:
    """Put images, logs and scratch files on all local SSDs; GKE joins them to one volume."""
    if not shape.raid0:
        return None
    return n.NodePoolNodeConfigEphemeralStorageLocalSsdConfigArgs(
        local_ssd_count=shape.machine.nvme_disks
    )


def _accelerators(
    shape: NodeShape,
) -> list[gcp.container.NodePoolNodeConfigGuestAcceleratorArgs] | None:
    if shape.machine.accelerator is None:
        return None
    return [
        n.NodePoolNodeConfigGuestAcceleratorArgs(
            type=shape.machine.accelerator,
            count=shape.machine.gpu_count,
            gpu_driver_installation_config=(
                n.NodePoolNodeConfigGuestAcceleratorGpuDriverInstallationConfigArgs(
                    gpu_driver_version=DRIVER
                )
            ),
        )
    ]


def _kubelet(capacity: Capacity) -> gcp.container.NodePoolNodeConfigKubeletConfigArgs:
    """Close the kubelet's open port; give pods of spot nodes what there is of time to stop.

    That CPU limits hold is GKE's default, and yet said: a tool on the same provider that left it
    out switched it off (GoogleCloudPlatform/k8s-config-connector#12658, 2026-09-01).
    """
    spot = capacity is Capacity.SPOT  # GKE refuses both settings anywhere else
    return n.NodePoolNodeConfigKubeletConfigArgs(
        cpu_cfs_quota=True,
        insecure_kubelet_readonly_port_enabled="FALSE",
        shutdown_grace_period_seconds=GKE_SHUTDOWN_SECONDS if spot else None,
        shutdown_grace_period_critical_pods_seconds=(GKE_CRITICAL_PODS_SECONDS if spot else None),
    )


def _reservation(
    capacity: Capacity, reservation: ReservationSpec | None
) -> gcp.container.NodePoolNodeConfigReservationAffinityArgs | None:
    """Use the pool's reservation on demand; neither spot nor flex-start may use up anybody's.

    GKE refuses flex-start that does not say so (GoogleCloudPlatform/cluster-toolkit@01a7a3e).
    """
    affinity = n.NodePoolNodeConfigReservationAffinityArgs
    if capacity is not Capacity.ON_DEMAND:
        return affinity(consume_reservation_type="NO_RESERVATION")
    if reservation is None:
        return None
    return affinity(
        consume_reservation_type="SPECIFIC_RESERVATION",
        key="compute.googleapis.com/reservation-name",
        values=[reservation.id],
    )

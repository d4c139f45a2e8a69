"""The default StorageClass of a cluster.

Owns the class that a volume claim gets when it names none. Does not own the driver, which is an
add-on of the foundation on EKS and part of GKE, nor any volume.
Why our own: EKS brings at most `gp2`, unencrypted and without `allowVolumeExpansion`. GKE's
`standard-rwo` knows no key of ours, and its disks do not fit every machine. Of two defaults the API
server takes the newer one (Kubernetes, "Storage Classes", default StorageClass), which is ours.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from infra.spec.cloud import CloudProvider

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
KEY_OF_GKE_DISKS = "disk-encryption-kms-key"


@dataclass(frozen=True)
class Disks:
    """The disks of one cloud."""

    name: str
    """Name of the class."""
    driver: str
    """CSI driver that makes them."""
    parameters: dict[str, str]
    """What the driver is told."""


DISKS = {
    CloudProvider.AWS: Disks("gp3", "ebs.csi.aws.com", {"type": "gp3", "encrypted": "true"}),
    CloudProvider.GCP: Disks(
        "balanced",
        "pd.csi.storage.gke.io",
        {
            # Which disks a node can have follows from its machine: E2, N2, G2 and A2 take
            # Persistent Disks, A3 Ultra, A4 and G4 only Hyperdisks (Compute Engine, "Machine type
            # support" of Hyperdisk, 2026). The driver takes the one that the pod's node can have
            # (GKE 1.35.0-gke.2232000, "Automated disk type selection").
            "type": "dynamic",
            "pd-type": "pd-balanced",
            "hyperdisk-type": "hyperdisk-balanced",
            # And the pod stays on nodes that can have it (GKE 1.34.1-gke.2541000, the same page).
            "use-allowed-disk-topology": "true",
        },
    ),
}


class BlockStorage(pulumi.ComponentResource):
    """Encrypted disks for claims that ask for nothing else."""

    def __init__(
        self,
        name: str,
        *,
        cloud: CloudProvider,
        key: pulumi.Output[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the class. A cluster gets this once: there is one default.

        Args:
            name: name of the component.
            cloud: whose disks.
            key: key of Cloud KMS for the disks; Google's own when absent, as on AWS the account's.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:BlockStorage", name, None, opts)
        disks = DISKS[cloud]
        parameters: dict[str, pulumi.Input[str]] = {**disks.parameters}
        if key is not None:
            parameters[KEY_OF_GKE_DISKS] = key
        kubernetes.storage.v1.StorageClass(
            f"{name}-{disks.name}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=disks.name,
                labels={"app.kubernetes.io/part-of": "tokenworks"},
                annotations={DEFAULT_CLASS: "true"},
            ),
            provisioner=disks.driver,
            parameters=parameters,
            # A disk is of one zone: first the scheduler chooses the node.
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            # What the platform keeps on such disks can be made again. `Retain` would leave disks
            # that nobody owns and that bill on after `destroy`; data that must outlive its claim
            # deserves a class, or a snapshot, of its own.
            reclaim_policy="Delete",
            opts=pulumi.ResourceOptions(
                parent=self,
                # Parameters cannot be changed, and the name cannot be there twice.
                delete_before_replace=True,
            ),
        )
        self.register_outputs({"name": disks.name})

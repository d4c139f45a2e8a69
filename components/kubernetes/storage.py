"""The default StorageClass of a cluster on AWS.

Owns the class that a volume claim gets when it names none. Does not own the driver, which is an
add-on of the foundation, nor any volume.
Why our own: EKS brings at most `gp2`, unencrypted and without `allowVolumeExpansion`.
"""

import pulumi
import pulumi_kubernetes as kubernetes

NAME = "gp3"
DRIVER = "ebs.csi.aws.com"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


class BlockStorage(pulumi.ComponentResource):
    """Encrypted EBS volumes for claims that ask for nothing else."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Create the class. A cluster gets this once: there is one default."""
        super().__init__("tokenworks:kubernetes:BlockStorage", name, None, opts)
        kubernetes.storage.v1.StorageClass(
            f"{name}-gp3",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=NAME,
                labels={"app.kubernetes.io/part-of": "tokenworks"},
                annotations={DEFAULT_CLASS: "true"},
            ),
            provisioner=DRIVER,
            parameters={"type": "gp3", "encrypted": "true"},
            # An EBS volume is of one zone: first the scheduler chooses the node.
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
        self.register_outputs({"name": NAME})

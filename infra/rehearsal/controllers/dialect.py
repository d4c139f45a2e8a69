"""How the controllers of one cloud read and write objects of the cluster.

Owns what differs between the clouds: annotations, the name of the disk driver, which address a
Service gets. What differs in the account is behind `CloudAccount`.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """The words of one cloud."""

    elsewhere: str = ""
    """Annotation of Services whose load balancer another controller makes; none: there is none."""
    elsewhere_values: frozenset[str] = frozenset()
    """Values of that annotation that mean it."""
    internal: str
    """Annotation of Services whose load balancer has no public address."""
    internal_values: frozenset[str] | None
    """Values of that annotation that mean it; none: every value but `false`."""
    address: Literal["hostname", "ip"]
    """What stands in the status of a Service."""
    disk_driver: str
    """Name of the CSI driver."""
    default_disk: str
    """Type of disk of a StorageClass that does not say."""
    disk_key: str
    """Parameter of a StorageClass that names a key of the cloud's key service."""
    zone_key: str
    """Key of a volume's zone."""

    def is_elsewhere(self, annotations: dict[str, str]) -> bool:
        """Say whether another controller makes the load balancer of a Service."""
        return annotations.get(self.elsewhere, "") in self.elsewhere_values

    def is_internal(self, annotations: dict[str, str]) -> bool:
        """Say whether a Service of these annotations wants an internal load balancer."""
        value = annotations.get(self.internal, "false")
        return value != "false" if self.internal_values is None else value in self.internal_values


_AWS = "service.beta.kubernetes.io/aws-load-balancer-"
AWS = Dialect(
    elsewhere=f"{_AWS}type",
    elsewhere_values=frozenset({"external", "nlb-ip"}),
    internal=f"{_AWS}internal",
    internal_values=None,
    address="hostname",
    disk_driver="ebs.csi.aws.com",
    default_disk="gp3",
    disk_key="kmsKeyId",
    zone_key="topology.kubernetes.io/zone",
)
"""EKS user guide, "Route TCP and UDP traffic with Network Load Balancers" (without another
controller the legacy one makes Classic Load Balancers, 2026); kubernetes-sigs/aws-ebs-csi-driver,
parameters."""
GCP = Dialect(
    internal="networking.gke.io/load-balancer-type",
    internal_values=frozenset({"Internal"}),
    address="ip",
    disk_driver="pd.csi.storage.gke.io",
    default_disk="pd-standard",
    disk_key="disk-encryption-kms-key",
    zone_key="topology.gke.io/zone",
)
"""GKE documentation, "LoadBalancer Service parameters" (public copy of 2026); kubernetes-sigs/
gcp-compute-persistent-disk-csi-driver, README, "Plugin Features" and "Topology" (read 2026-11)."""

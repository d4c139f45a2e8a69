"""What a rehearsal does differently for each cloud, one object a cloud."""

from infra.rehearsal.clouds.choose import rehearsed_cloud
from infra.rehearsal.clouds.port import CloudDoor, RehearsedCloud

__all__ = ["CloudDoor", "RehearsedCloud", "rehearsed_cloud"]

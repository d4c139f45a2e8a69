"""What is written down of a kept rehearsal, for the command that destroys it later."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.rehearsal.clouds import rehearsed_cloud
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.leftovers import Thing
from infra.rehearsal.site import Site, SiteFolders
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec, cluster_name


@dataclass(frozen=True)
class StandingStack:
    """A stack that is up, as far as the way down needs it."""

    name: str
    """Name of the stack."""
    protected_cluster: str | None
    """Name of the cluster that this stack protects from being destroyed, or none."""

    @classmethod
    def of(cls, spec: StackSpec) -> "StandingStack":
        """Return what the way down needs of a stack."""
        owns = Layer.FOUNDATION in spec.layers and spec.cluster.deletion_protection
        protected = cluster_name(spec.platform_name) if owns else None
        return cls(spec.name, protected)


@dataclass(frozen=True)
class Kept:
    """A rehearsal that stays up. Complete: the stack file may change or go meanwhile."""

    site: Site
    engine: Path
    """The engine that built it."""
    stacks: tuple[StandingStack, ...]
    """In the order in which they stand on each other."""
    before: frozenset[Thing]
    """The cluster's objects before anything was built."""

    def save(self) -> None:
        """Write it down."""
        facts = {
            "providerPort": self.site.provider_port,
            "cloudPort": self.site.cloud_port,
            "engine": str(self.engine),
            "stacks": [asdict(stack) for stack in self.stacks],
            "cloud": self.site.cloud.provider,
            "region": self.site.region,
            "before": [asdict(thing) for thing in sorted(self.before)],
        }
        self.site.folders.kept.write_text(json.dumps(facts), encoding="utf-8")

    @classmethod
    def find(cls, folders: SiteFolders) -> "Kept | None":
        """Return what was written down there, or None. Says nothing about who still runs."""
        plane = ControlPlane.read(folders.control_plane)
        if plane is None or not folders.kept.is_file():
            return None
        facts = json.loads(folders.kept.read_text(encoding="utf-8"))
        return cls(
            site=Site(
                folders,
                rehearsed_cloud(CloudProvider(facts["cloud"])),
                facts["region"],
                plane,
                facts["providerPort"],
                facts["cloudPort"],
            ),
            engine=Path(facts["engine"]),
            stacks=tuple(StandingStack(**stack) for stack in facts["stacks"]),
            before=frozenset(Thing(**thing) for thing in facts["before"]),
        )

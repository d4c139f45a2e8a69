"""What a node pool has in Compute Engine: a template and an instance group for each of its zones.

Owns: making them, how many machines each is to have, and taking them away. How many of these run is
Compute Engine's to say (`compute/machines.py`), and nodes follow it.

Names of groups: hashicorp/terraform-provider-google#10366 (2021-10-21), `instanceGroupUrls`.
"""

from infra.rehearsal.gcp.api.compute.machines import BUYING, SCRATCH, Machines
from infra.rehearsal.gcp.api.container.state import cluster_of, short
from infra.rehearsal.gcp.api.names import COMPUTE, last
from infra.rehearsal.gcp.api.operations import Refusal
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.nodes.gcp import instance_group
from infra.rehearsal.nodes.groups import Capacity
from infra.replies import dig, number, optional_text, text, texts
from infra.wire import Properties, Value

_MODELS: dict[Capacity, str] = {capacity: model for model, capacity in BUYING.items()}


class PoolMachines:
    """The machines of node pools."""

    def __init__(self, project: Project, machines: Machines) -> None:
        """Work on Compute Engine of a project."""
        self._project = project
        self._machines = machines

    def add(self, pool_name: str, pool: Properties, cluster: Properties) -> None:
        """Make groups without machines in all zones of a pool, and note them in it."""
        urls: list[Value] = []
        for zone in texts(pool, "locations"):
            base = _base(pool_name, zone)
            self._call("instanceTemplates.insert", _template(base, pool, cluster))
            group: Properties = {
                "name": f"{base}-grp",
                "baseInstanceName": base,
                "instanceTemplate": base,
                "targetSize": 0,
            }
            self._call("instanceGroupManagers.insert", group, zone=zone)
            place = self._project.path("zones", zone, "instanceGroupManagers")
            urls.append(f"{COMPUTE}{place}/{base}-grp")
        pool["instanceGroupUrls"] = urls

    def resize(self, pool: Properties, count: int) -> None:
        """Ask for that many machines, spread over the zones; the first zones have one more."""
        groups = self.groups(pool)
        for index, (zone, group) in enumerate(groups):
            size = count // len(groups) + (index < count % len(groups))
            place: Properties = {"zone": zone, "instanceGroupManager": group}
            self._call("instanceGroupManagers.resize", None, **place, size=size)

    def grow(self, pool: Properties, count: int) -> None:
        """Ask for as many machines as are missing up to `count`, in zones that have room.

        GKE's autoscaler goes to the zones that can give a machine (GKE documentation, "About GKE
        cluster autoscaling", "Location policy", as remembered); of these the one with the fewest
        comes first.
        """
        room = self.zones_with_room(pool)
        for _missing in range(count - self.wanted(pool)):
            sizes = {
                (zone, group): number(self._group(zone, group), "targetSize")
                for zone, group in self.groups(pool)
                if zone in room
            }
            if not sizes:
                return
            zone, group = min(sizes, key=lambda place: sizes[place])
            place: Properties = {"zone": zone, "instanceGroupManager": group}
            size = sizes[zone, group] + 1
            self._call("instanceGroupManagers.resize", None, **place, size=size)

    def remove(self, pool: Properties) -> None:
        """Take the groups and templates away."""
        for zone, group in self.groups(pool):
            self._call("instanceGroupManagers.delete", None, zone=zone, instanceGroupManager=group)
            self._call("instanceTemplates.delete", None, instanceTemplate=group[: -len("-grp")])

    def wanted(self, pool: Properties) -> int:
        """Return how many machines the groups are to have."""
        return sum(
            number(self._group(zone, group), "targetSize") for zone, group in self.groups(pool)
        )

    def running(self, pool: Properties) -> int:
        """Return how many machines run, or are on their way."""
        return sum(self._machines.running(zone, group) for zone, group in self.groups(pool))

    def why_no_more(self, pool: Properties) -> tuple[str, Refusal] | None:
        """Return a group and why it gets no further machine; None if any group would."""
        found: tuple[str, Refusal] | None = None
        for zone, group in self.groups(pool):
            refusal = self._machines.waiting(zone, group)
            if refusal is None:
                return None
            found = found or (group, refusal)
        return found

    def zones_with_room(self, pool: Properties) -> list[str]:
        """Return the zones whose group would get another machine."""
        return [
            zone for zone, group in self.groups(pool) if self._machines.waiting(zone, group) is None
        ]

    def groups(self, pool: Properties) -> list[tuple[str, str]]:
        """Return zone and name of each group."""
        found: list[tuple[str, str]] = []
        for url in texts(pool, "instanceGroupUrls"):
            place, _collection, group = url.rsplit("/", 2)
            found.append((last(place), group))
        return found

    def _group(self, zone: str, group: str) -> Properties:
        name = self._project.path("zones", zone, "instanceGroupManagers", group)
        return self._project.store.get(name) or {"targetSize": 0}

    def _call(self, operation: str, body: Properties | None, **parameters: Value) -> Properties:
        return self._project.call(
            f"compute.{operation}", body, project=self._project.project, **parameters
        )


def capacity_of(pool: Properties) -> Capacity:
    """Return how the machines of a pool are bought."""
    if dig(pool, "config.flexStart"):
        return "flex-start"
    return "spot" if dig(pool, "config.spot") else "on-demand"


def local_ssds(pool: Properties) -> bool:
    """Say whether machines of a pool have local SSDs."""
    wanted = ("ephemeralStorageLocalSsdConfig", "localNvmeSsdBlockConfig")
    return any(dig(pool, f"config.{name}.localSsdCount") for name in wanted)


def _base(pool_name: str, zone: str) -> str:
    return instance_group(short(cluster_of(pool_name)), short(pool_name), zone)


def _template(base: str, pool: Properties, cluster: Properties) -> Properties:
    config = "config"
    disk: Properties = {
        "boot": True,
        "initializeParams": {
            "diskSizeGb": str(number(pool, f"{config}.diskSizeGb")),
            "diskType": text(pool, f"{config}.diskType"),
        },
    }
    network: Properties = {
        "network": COMPUTE + text(cluster, "networkConfig.network"),
        "subnetwork": COMPUTE + text(cluster, "networkConfig.subnetwork"),
    }
    account = optional_text(pool, f"{config}.serviceAccount")
    disks: list[Value] = [disk]
    if local_ssds(pool):
        disks.append({"type": SCRATCH, "interface": "NVME", "autoDelete": True})
    return {
        "name": base,
        "properties": {
            "machineType": text(pool, f"{config}.machineType"),
            "disks": disks,
            "networkInterfaces": [network],
            "scheduling": {"provisioningModel": _MODELS[capacity_of(pool)]},
            "serviceAccounts": [{"email": account}],
        },
    }

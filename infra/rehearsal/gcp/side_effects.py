"""What controllers of a cluster make in the project, outside of Pulumi's state.

Owns load balancers of Services and disks of claims, and that instances follow the nodes. All of it
keeps the network and the subnetwork from being deleted, and is in the inventory.
Does not own when (`infra/rehearsal/controllers`), nor how many machines there are.

Sources of names: firewall rules `k8s-fw-` before the balancer's name in hashicorp/terraform#14202
(2017-05-04), `-node-http-hc` in opstrace/opstrace#47 (2021-08-10); kubernetes/cloud-provider-gcp,
providers/gce (a balancer is `a` before the Service's uid); GKE documentation, "LoadBalancer
Services" (before 1.37 an external one stands on a target pool, as remembered);
kubernetes-sigs/gcp-compute-persistent-disk-csi-driver (`pvc-` before the claim's uid, and a disk's
full name as its handle).
"""

from collections.abc import Collection
from dataclasses import dataclass

from infra.rehearsal.controllers.account import Balancer, ControllerError, Disk, Machine
from infra.rehearsal.controllers.dialect import GCP
from infra.rehearsal.gcp.api.errors import HTTP, GoogleError, Reason
from infra.rehearsal.gcp.api.names import COMPUTE, last, region_of
from infra.rehearsal.gcp.api.project import Project
from infra.replies import blocks, dig, text
from infra.wire import Properties, Value

NAME_LIMIT = 32
"""cloud-provider-gcp cuts the names of load balancers there."""
PUBLIC = "k8s-fw-"
HEALTH = "-node-http-hc"
CLUSTER_LABEL = "goog-k8s-cluster-name"
GOOGLES_PROBES: tuple[str, ...] = ("35.191.0.0/16", "130.211.0.0/22")
"""Where Google's health checks of an internal balancer come from (Fortinet, "Load balancer routes",
FortiProxy 7.2 on Google Cloud, read 2026-11-26)."""


@dataclass(frozen=True)
class Home:
    """Where a cluster is."""

    name: str
    region: str
    network: str
    """Link."""
    subnetwork: str
    """Link."""


class SideEffects:
    """The project as the controllers of its one cluster use it."""

    dialect = GCP

    def __init__(self, project: Project) -> None:
        """Work on a project."""
        self._project = project

    def has_cluster(self) -> bool:
        """Say whether there is a cluster."""
        with self._project.lock:
            return any(self._clusters())

    def has_disk_driver(self) -> bool:
        """Say whether the cluster has the add-on of the Persistent Disk CSI driver."""
        with self._project.lock:
            driver = "addonsConfig.gcePersistentDiskCsiDriverConfig.enabled"
            return any(bool(dig(cluster, driver)) for cluster in self._clusters())

    def keep_interfaces(self, machines: Collection[Machine]) -> None:
        """Let there be one instance for each machine, and none for any other."""
        with self._project.lock:
            held = self._instances()
            wanted = {machine.name: machine for machine in machines}
            for name in held.keys() - wanted.keys():
                self._call("instances.delete", zone=held[name], instance=name)
            if any(self._clusters()):
                for name in sorted(wanted.keys() - held.keys()):
                    self._add_instance(wanted[name])

    def balancer(self, wanted: Balancer) -> str:
        """Make a load balancer, if there is none, and return its address."""
        with self._project.lock:
            home, name = self._home(), _balancer_name(wanted.uid)
            held = self._held(f"regions/{home.region}/forwardingRules/{name}")
            if held is None:
                try:
                    self._make_balancer(home, name, wanted)
                except GoogleError as error:
                    message = f"failed to ensure load balancer: {error}"
                    raise ControllerError(message) from error
                held = self._held(f"regions/{home.region}/forwardingRules/{name}") or {}
            return text(held, "IPAddress")

    def drop_balancer(self, uid: str) -> None:
        """Remove a load balancer: its rule, what it points at, its firewall rule, its check."""
        with self._project.lock:
            region, name = self._home().region, _balancer_name(uid)
            self._drop("forwardingRules", f"regions/{region}", name, region=region)
            self._drop("targetPools", f"regions/{region}", name, region=region)
            self._drop("regionBackendServices", f"regions/{region}", name, region=region)
            self._drop("firewalls", "global", f"{PUBLIC}{name}")
            self._drop("httpHealthChecks", "global", f"{name}{HEALTH}")
            self._drop("healthChecks", "global", f"{name}{HEALTH}")

    def disk(self, wanted: Disk) -> str:
        """Make a disk, if there is none for the claim, and return its full name."""
        name = f"pvc-{wanted.uid}"
        with self._project.lock:
            cluster = self._home().name
            full = self._project.path("zones", wanted.zone, "disks", name)
            if full in self._project.store:
                return full
            body: Properties = {
                "name": name,
                "sizeGb": str(wanted.gib),
                "type": f"{COMPUTE}projects/{self._project.project}/zones/{wanted.zone}/diskTypes/"
                f"{wanted.kind}",
                "description": f'{{"kubernetes.io/created-for/pvc/name":"{wanted.claim}"}}',
                "labels": {CLUSTER_LABEL: cluster},
            }
            if wanted.key:
                body["diskEncryptionKey"] = {"kmsKeyName": wanted.key}
            try:
                self._make("disks.insert", body, zone=wanted.zone)
            except GoogleError as error:
                message = f"could not create volume {name!r}: {error}"
                raise ControllerError(message) from error
            return full

    def drop_disk(self, volume: str) -> None:
        """Remove a disk; one that is gone is fine."""
        _projects, _project, _zones, zone, _disks, name = volume.split("/")
        with self._project.lock:
            self._drop("disks", f"zones/{zone}", name, zone=zone)

    def _make_balancer(self, home: Home, name: str, wanted: Balancer) -> None:
        """Make the parts in an order in which a repetition finds what is there already."""
        self._open(home, name, wanted)
        ports: list[Value] = [str(port) for port, _node_port in wanted.ports]
        rule: Properties = {
            "name": name,
            "description": f'{{"kubernetes.io/service-name":"{wanted.service}"}}',
            "IPProtocol": "TCP",
        }
        check: Properties = {"name": f"{name}{HEALTH}"}
        if wanted.internal:
            check |= {"type": "HTTP", "httpHealthCheck": {"requestPath": "/healthz"}}
            self._ensure("healthChecks", "global", check)
            backend: Properties = {
                "name": name,
                "loadBalancingScheme": "INTERNAL",
                "protocol": "TCP",
                "healthChecks": [check["name"]],
            }
            self._ensure("regionBackendServices", f"regions/{home.region}", backend, home.region)
            rule |= {
                "loadBalancingScheme": "INTERNAL",
                "backendService": name,
                "network": home.network,
                "subnetwork": home.subnetwork,
                "ports": ports,
            }
        else:
            self._ensure("httpHealthChecks", "global", {**check, "requestPath": "/healthz"})
            pool: Properties = {"name": name, "healthChecks": [check["name"]]}
            self._ensure("targetPools", f"regions/{home.region}", pool, home.region)
            numbers = [port for port, _node_port in wanted.ports]
            rule |= {"target": name, "portRange": f"{min(numbers)}-{max(numbers)}"}
        self._ensure("forwardingRules", f"regions/{home.region}", rule, home.region)

    def _open(self, home: Home, name: str, wanted: Balancer) -> None:
        ports: list[Value] = [str(port) for port, _node_port in wanted.ports]
        sources: list[Value] = [*GOOGLES_PROBES] if wanted.internal else ["0.0.0.0/0"]
        rule: Properties = {
            "name": f"{PUBLIC}{name}",
            "network": home.network,
            "allowed": [{"IPProtocol": "tcp", "ports": ports}],
            "sourceRanges": sources,
        }
        self._ensure("firewalls", "global", rule)

    def _add_instance(self, machine: Machine) -> None:
        home = self._home()
        body: Properties = {
            "name": machine.name,
            "labels": {CLUSTER_LABEL: home.name},
            "networkInterfaces": [{"network": home.network, "subnetwork": home.subnetwork}],
        }
        self._make("instances.insert", body, zone=machine.zone)

    def _instances(self) -> dict[str, str]:
        """Return the nodes' instances: name to zone."""
        found = self._project.store.named(self._project.path("zones/*/instances/*"))
        return {
            last(name): last(text(instance, "zone"))
            for name, instance in found
            if dig(instance, f"labels.{CLUSTER_LABEL}")
        }

    def _clusters(self) -> list[Properties]:
        found = self._project.store.named(self._project.path("locations/*/clusters/*"))
        return [cluster for _name, cluster in found]

    def _home(self) -> Home:
        """Return where the one cluster is; whoever calls has seen that there is one."""
        for cluster in self._clusters():
            place = text(cluster, "location")
            return Home(
                name=text(cluster, "name"),
                region=region_of(place) if place.count("-") > 1 else place,
                network=COMPUTE + text(cluster, "networkConfig.network"),
                subnetwork=COMPUTE + text(cluster, "networkConfig.subnetwork"),
            )
        message = "the cluster is gone, and its controllers with it"
        raise ControllerError(message)

    def _held(self, path: str) -> Properties | None:
        return self._project.store.get(self._project.path(path))

    def _ensure(self, collection: str, place: str, body: Properties, region: str = "") -> None:
        path = collection.removeprefix("region")
        held = f"{place}/{path[0].lower()}{path[1:]}/{text(body, 'name')}"
        if self._held(held) is None:
            where: Properties = {"region": region} if region else {}
            self._make(f"{collection}.insert", body, **where)

    def _drop(self, collection: str, place: str, name: str, **where: str) -> None:
        path = collection.removeprefix("region")
        if self._held(f"{place}/{path[0].lower()}{path[1:]}/{name}") is not None:
            part = {"regionBackendServices": "backendService"}.get(collection, collection[:-1])
            self._call(f"{collection}.delete", **where, **{part: name})

    def _make(self, method: str, body: Properties, **where: Value) -> None:
        """Make something, and look what its operation says.

        Raises:
            GoogleError: Google refuses, at once or later.
        """
        operation = self._call(method, body, **where)
        found = self._project.store.get(text(operation, "selfLink").removeprefix(COMPUTE)) or {}
        for error in blocks(found, "error.errors"):
            # As Kubernetes prints it: kubernetes/ingress-gce#2735 (2024-11-13).
            code = text(error, "code")
            message = f"{code} - {text(error, 'message')}"
            raise GoogleError(method, code, message, HTTP[Reason.QUOTA_EXCEEDED])

    def _call(
        self, method: str, body: Properties | None = None, /, **parameters: Value
    ) -> Properties:
        return self._project.call(
            f"compute.{method}", body, project=self._project.project, **parameters
        )


def _balancer_name(uid: str) -> str:
    return f"a{uid.replace('-', '')}"[:NAME_LIMIT]

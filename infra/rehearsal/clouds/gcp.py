"""A rehearsal on Google Cloud."""

import base64
import copy
import os
from collections.abc import Mapping, Sequence

from infra.destroy.found import Look
from infra.destroy.gcp.look import look_in
from infra.preflight.findings import Finding
from infra.preflight.gcp.network_checks import network_findings
from infra.rehearsal.clouds.port import HOST_KINDS, CloudDoor, RehearsedCloud
from infra.rehearsal.engine import EngineError, EngineSession
from infra.rehearsal.loopback_api import LoopbackGoogleApi
from infra.replies import blocks, dig, text, texts
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec
from infra.wire import Properties

CLUSTER = "gcp:container/cluster:Cluster"
CACHE = "gcp:memorystore/instance:Instance"
PROTECTION = "deletionProtectionEnabled"
CACHES = "memorystore.projects.locations.instances"
SECRETS = "secretmanager.projects.secrets"
NOWHERE = "127.0.0.1:1"
"""Where nothing listens."""


class RehearsedGcp(RehearsedCloud):
    """Google Cloud."""

    provider = CloudProvider.GCP
    account = "project"
    not_proven = (
        "network policies: here nothing enforces them; a real cluster has Dataplane V2 for it",
        "what Google makes behind our back, as the routes of a network",
    )

    def credentials(self, door: CloudDoor) -> dict[str, str]:
        """Return the token of the rehearsal's user."""
        return {
            "GOOGLE_OAUTH_ACCESS_TOKEN": door.state["accessToken"],
            "GOOGLE_PROJECT": door.state["project"],
            "GOOGLE_REGION": door.region,
            # Nothing may look for real credentials where they usually lie: the gcloud command's own
            # folder, a machine's metadata server.
            "CLOUDSDK_CONFIG": os.devnull,
            "NO_GCE_CHECK": "true",
            "GCE_METADATA_HOST": NOWHERE,
            "GCE_METADATA_IP": NOWHERE,
        }

    def lift_protection(
        self, stack: str, cluster: str, door: CloudDoor, session: EngineSession
    ) -> None:
        """Take it off the caches, and out of the state: GKE's API does not know it.

        Raises:
            CloudApiError: Memorystore does not lift its own.
            EngineError: the state has no such cluster.
        """
        state = copy.deepcopy(dict(session.export(stack)))
        found = [
            resource
            for resource in blocks(state, "deployment.resources")
            if resource.get("type") == CLUSTER and dig(resource, "outputs.name") == cluster
        ]
        if not found:
            message = f"{stack}: the state has no cluster {cluster}"
            raise EngineError(message)
        for resource in found:
            for part in ("inputs", "outputs"):
                held = resource[part]
                if isinstance(held, dict):
                    held["deletionProtection"] = False
        _lift_of_caches(state, door)
        session.replace_state(stack, state)

    def put_secret(self, door: CloudDoor, name: str, value: bytes) -> None:
        """Make the call of `gcloud secrets versions add`."""
        cloud = api(door)
        payload: Properties = {"payload": {"data": base64.b64encode(value).decode()}}
        parent = f"projects/{cloud.project}/secrets/{name}"
        cloud.call(f"{SECRETS}.addVersion", payload, parent=parent)

    def secret_values(self, door: CloudDoor) -> Mapping[str, bytes]:
        """Return every latest value in Secret Manager."""
        cloud = api(door)
        listed = cloud.call(f"{SECRETS}.list", parent=f"projects/{cloud.project}")
        paths = [text(one, "name") for one in blocks(listed, "secrets")]
        return {
            path.rpartition("/")[2]: _latest(cloud, path)
            for path in paths
            if blocks(cloud.call(f"{SECRETS}.versions.list", parent=path), "versions")
        }

    def host_targets(self, door: CloudDoor, domain: str) -> Mapping[str, Sequence[str]]:
        """Return what addresses in Cloud DNS are."""
        cloud = api(door)
        zones = blocks(cloud.call("dns.managedZones.list", project=cloud.project), "managedZones")
        listed = [
            cloud.call(
                "dns.resourceRecordSets.list",
                project=cloud.project,
                managedZone=text(zone, "name"),
            )
            for zone in zones
            if text(zone, "dnsName") == f"{domain}."
        ]
        return {
            text(found, "name").removesuffix("."): [
                item.removesuffix(".") for item in texts(found, "rrdatas")
            ]
            for one in listed
            for found in blocks(one, "rrsets")
            if text(found, "type") in HOST_KINDS
        }

    def look(self, door: CloudDoor) -> Look:
        """Return the look at what is left."""
        return look_in(api(door))

    def network_findings(self, door: CloudDoor, spec: StackSpec) -> list[Finding]:
        """Return what the preflight finds about the network that a stack names."""
        return network_findings(api(door), spec)


def _lift_of_caches(state: Properties, door: CloudDoor) -> None:
    """Let instances of Memorystore be deleted, as an `up` without protection would."""
    for resource in blocks(state, "deployment.resources"):
        protected = dig(resource, f"outputs.{PROTECTION}") is True
        if resource.get("type") == CACHE and protected:
            name = text(resource, "id")
            api(door).call(f"{CACHES}.patch", {PROTECTION: False}, name=name, updateMask=PROTECTION)


def _latest(cloud: LoopbackGoogleApi, path: str) -> bytes:
    found = cloud.call(f"{SECRETS}.versions.access", name=f"{path}/versions/latest")
    return base64.b64decode(text(found, "payload.data"))


def api(door: CloudDoor) -> LoopbackGoogleApi:
    """Return the API of the simulated project, as its owner has it."""
    return LoopbackGoogleApi(
        door.url, door.state["accessToken"], door.state["project"], door.region
    )

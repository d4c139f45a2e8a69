"""A cluster as GKE shows it: what it fills in, and how it is reached once it runs.

Source: container API, descriptions of Cluster in the discovery document.
Not simulated: that the DNS endpoint has a certificate of Google's: here it is the API server itself
on loopback, with the certificate of the cluster's own authority.
"""

import hashlib
from collections.abc import Sequence

from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.rehearsal.gcp.api.container.addresses import node_prefix, pods_of
from infra.rehearsal.gcp.api.container.state import link, location_of
from infra.rehearsal.gcp.api.names import COMPUTE, last
from infra.rehearsal.gcp.api.project import now
from infra.replies import block, dig, text, texts
from infra.wire import Properties, Value

HIDDEN = ("nodeRange",)
"""What the simulation remembers and GKE does not show."""
ZONES_OF_A_REGIONAL_CLUSTER = 3
"""Zones of a regional cluster that names none (container API, Cluster, `locations`)."""
NOT_KEPT = ("nodePools", "nodeConfig", "initialNodeCount")


def completed(  # noqa: PLR0913 - the parts of a cluster
    name: str,
    asked: Properties,
    subnetwork: Properties,
    ranges: tuple[Properties, Properties],
    *,
    zones: Sequence[str],
    version: str,
) -> Properties:
    """Return a cluster as GKE makes it.

    Args:
        name: its full name.
        asked: what the call says.
        subnetwork: of its nodes.
        ranges: for pods, and for Services.
        zones: of its region.
        version: of Kubernetes.
    """
    pods, services = (text(one, "ipCidrRange") for one in ranges)
    location = location_of(name)
    network = text(subnetwork, "network").removeprefix(COMPUTE)
    place = text(subnetwork, "selfLink").removeprefix(COMPUTE)
    own: list[Value] = [*(texts(asked, "locations") or zones[:ZONES_OF_A_REGIONAL_CLUSTER])]
    kept = {key: value for key, value in asked.items() if key not in NOT_KEPT}
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {
        "loggingService": "logging.googleapis.com/kubernetes",
        "monitoringService": "monitoring.googleapis.com/kubernetes",
        "shieldedNodes": {"enabled": True},
        "legacyAbac": {},
        "releaseChannel": {"channel": "REGULAR"},
        "databaseEncryption": {"state": "DECRYPTED"},
        **kept,
        "id": digest,
        "selfLink": link(name),
        "location": location,
        "zone": location,
        "locations": own,
        "network": last(network),
        "subnetwork": last(place),
        "networkConfig": {
            **block(asked, "networkConfig"),
            "network": network,
            "subnetwork": place,
        },
        "ipAllocationPolicy": {
            "stackType": "IPV4",
            **block(asked, "ipAllocationPolicy"),
            "useIpAliases": True,
            "clusterIpv4Cidr": pods,
            "clusterIpv4CidrBlock": pods,
            "servicesIpv4Cidr": services,
            "servicesIpv4CidrBlock": services,
        },
        "clusterIpv4Cidr": pods,
        "servicesIpv4Cidr": services,
        "nodeIpv4CidrSize": node_prefix(pods_of(asked)),
        "nodeRange": text(subnetwork, "ipCidrRange"),
        "initialClusterVersion": version,
        "currentMasterVersion": version,
        "currentNodeVersion": version,
        "createTime": now(),
        "status": "PROVISIONING",
        "labelFingerprint": digest[:8],
        "etag": "e1",
    }


def shown(
    cluster: Properties, pools: Sequence[Properties], running: int, plane: ControlPlane | None
) -> Properties:
    """Return a cluster as GKE shows it.

    Args:
        cluster: as it is kept.
        pools: its node pools.
        running: its machines.
        plane: the API server, once the cluster runs.
    """
    found = {key: value for key, value in cluster.items() if key not in HIDDEN}
    urls: list[Value] = [url for pool in pools for url in texts(pool, "instanceGroupUrls")]
    found |= {"nodePools": [*pools], "instanceGroupUrls": urls, "currentNodeCount": running}
    if pools:
        found["nodeConfig"] = pools[0]["config"]
        found["initialNodeCount"] = pools[0]["initialNodeCount"]
    encryption = block(cluster, "databaseEncryption")
    if encryption.get("state") == "ENCRYPTED":
        found["databaseEncryption"] = {**encryption, "currentState": "CURRENT_STATE_ENCRYPTED"}
    if plane is None:
        return found
    address = plane.endpoint.removeprefix("https://")
    found["endpoint"] = address
    authority: Value = plane.certificate_authority
    found["masterAuth"] = {**block(cluster, "masterAuth"), "clusterCaCertificate": authority}
    endpoints = block(cluster, "controlPlaneEndpointsConfig")
    found["controlPlaneEndpointsConfig"] = {
        **endpoints,
        "dnsEndpointConfig": {**block(endpoints, "dnsEndpointConfig"), "endpoint": address},
        "ipEndpointsConfig": {
            "enabled": True,
            **block(endpoints, "ipEndpointsConfig"),
            "privateEndpoint": address,
            "publicEndpoint": address,
        },
    }
    private = block(cluster, "privateClusterConfig")
    if private:
        closed = dig(private, "enablePrivateEndpoint")
        addresses: Properties = {"privateEndpoint": address}
        found["privateClusterConfig"] = {
            **private,
            **addresses,
            **({} if closed else {"publicEndpoint": address}),
        }
    return found

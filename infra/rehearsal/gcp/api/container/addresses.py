"""Ranges of a cluster: where pods and Services get their addresses, and how many nodes that allows.

A node takes a block of the pods' range that has at least twice as many addresses as the node may
run pods: a /24 for 110 (container API v1, revision 20261027, `podCidrOverprovisionConfig`).

Sources of words: fabianlee/gcp-gke-clusters-ingress#2 (2024-04-19) for a range that is not there,
gruntwork-io/terraform-google-gke#118 (2021-03-17) for one range for both,
rancher/rancher#32413 (2021-04-27) for one for Services that is too wide,
hashicorp/terraform-cdk#1964 (2022-07-14) for one that is used up. No record was found of those for
a network or a subnetwork that is not there.
"""

import hashlib
import ipaddress

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.gcp.api.errors import Reason
from infra.rehearsal.gcp.api.names import COMPUTE, full_name, last
from infra.rehearsal.gcp.api.project import Request
from infra.replies import block, blocks, optional_text, text
from infra.wire import Properties

DEFAULT_PODS = 110
ADDRESS_BITS = 32
WIDEST_SERVICES = 16
OF_GKES_CHOICE = ("clusterIpv4CidrBlock", "servicesIpv4CidrBlock", "createSubnetwork")
"""Fields of a policy that let GKE make ranges. For these alone pods need a /21 ("Cluster CIDR range
is greater than maximum (22 > 21)", rancher/rancher#36254, 2022-01-25; nareddyt's command in
GoogleCloudPlatform/oss-test-infra#1650, 2022-06-13): a named range of /24 is taken
(GoogleCloudPlatform/gcpdiag@18877ad, test-data/gke1/gke1.tf, a cluster of a real project)."""


def subnetwork_of(request: Request, cluster: Properties, region: str) -> Properties:
    """Return the subnetwork that a cluster asks for.

    Raises:
        GoogleError: it is not there, or not in the network that the cluster asks for.
    """
    project, store = request.project.project, request.project.store
    network = full_name(optional_text(cluster, "network") or "default", project, "global/networks")
    if network not in store:
        message = f'Project "{project}" has no network named "{last(network)}".'
        raise request.refusal(Reason.BAD_REQUEST, message)
    asked = optional_text(cluster, "subnetwork") or last(network)
    name = full_name(asked, project, f"regions/{region}/subnetworks")
    found = store.get(name)
    if found is None or found["network"] != COMPUTE + network:
        message = (
            f'Subnetwork "{last(name)}" does not exist in region "{region}" of network '
            f'"{last(network)}".'
        )
        raise request.refusal(Reason.BAD_REQUEST, message)
    return found


def ranges_of(
    request: Request, cluster: Properties, subnetwork: Properties
) -> tuple[Properties, Properties]:
    """Return the secondary ranges for pods and for Services.

    Raises:
        GoogleError: one is not there, both are one, or that for Services is too wide.
        NotSimulatedError: GKE is to make them.
    """
    policy = block(cluster, "ipAllocationPolicy")
    of_gkes_choice = [field for field in OF_GKES_CHOICE if policy.get(field)]
    if of_gkes_choice:
        message = f"not simulated: ranges that GKE makes ({', '.join(of_gkes_choice)})"
        raise NotSimulatedError(message)
    pods, services = (
        optional_text(policy, field)
        for field in ("clusterSecondaryRangeName", "servicesSecondaryRangeName")
    )
    if pods and pods == services:
        message = (
            f"Pod secondary range name ({pods}) should not be the same as service secondary range "
            "name."
        )
        raise request.refusal(Reason.BAD_REQUEST, message)
    found = (
        _range(request, subnetwork, pods, "Pod"),
        _range(request, subnetwork, services, "Services"),
    )
    prefix = ipaddress.ip_network(text(found[1], "ipCidrRange")).prefixlen
    if prefix < WIDEST_SERVICES:
        message = f"Services CIDR range is smaller than minimum ({prefix} < {WIDEST_SERVICES})."
        raise request.refusal(Reason.BAD_REQUEST, message)
    return found


def _range(request: Request, subnetwork: Properties, name: str, kind: str) -> Properties:
    for secondary in blocks(subnetwork, "secondaryIpRanges"):
        if secondary["rangeName"] == name:
            return secondary
    message = (
        f'{kind} secondary range "{name}" not found in network "{subnetwork["network"]}", '
        f'subnetwork "{subnetwork["name"]}".'
    )
    raise request.refusal(Reason.BAD_REQUEST, message)


def node_prefix(pods: int) -> int:
    """Return the size of the block that a node of so many pods takes of the pods' range."""
    return ADDRESS_BITS - (2 * pods - 1).bit_length()


def nodes_at_most(cidr: str, pods: int) -> int:
    """Return how many nodes of so many pods a range is enough for."""
    spare = node_prefix(pods) - ipaddress.ip_network(cidr).prefixlen
    return 2**spare if spare >= 0 else 0


def pods_of(thing: Properties, default: int = DEFAULT_PODS) -> int:
    """Return the pods of a node that a cluster or pool asks for."""
    for field in ("maxPodsConstraint", "defaultMaxPodsConstraint"):
        if field in thing:
            return int(str(block(thing, field).get("maxPodsPerNode", default)))
    return default


def exhausted(cluster: Properties, instance: str) -> str:
    """Return what becomes of a node that finds no block in the pods' range."""
    subnetwork = text(cluster, "networkConfig.subnetwork")
    policy = block(cluster, "ipAllocationPolicy")
    range_name = text(policy, "clusterSecondaryRangeName")
    digest = hashlib.sha256(f"{subnetwork}/{range_name}".encode()).hexdigest()[:16]
    return (
        f"[IP_SPACE_EXHAUSTED]: Instance '{instance}' creation failed: IP space of "
        f"'{subnetwork}-{range_name}-{digest}' is exhausted."
    )

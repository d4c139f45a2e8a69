"""A network that exists already, as the same handle that our own network gives.

Owns what is asked about it: that network and subnetwork are there, and the range of nodes.
Does not own anything in it: nothing is created, labelled or changed. Whether it can carry a
platform (a way out, Private Google Access, room in the secondary ranges) is checked before `up`.
"""

import pulumi
import pulumi_gcp as gcp

from components.gcp.handles import NetworkRef
from components.handles import PlatformRef
from infra.spec.network import NetworkSpec


class ForeignNetworkError(ValueError):
    """A stack that does not name all of somebody else's network."""


def foreign_network(spec: NetworkSpec, provider: gcp.Provider, platform: PlatformRef) -> NetworkRef:
    """Return the handle of the network that a stack file names.

    Raises:
        ForeignNetworkError: the stack does not name network, subnetwork and both secondary ranges.
    """
    if (
        spec.vpc_id is None
        or len(spec.private_subnet_ids) != 1
        or spec.pod_range is None
        or spec.service_range is None
    ):
        message = (
            "network: must name vpcId, one of privateSubnetIds, podRange and serviceRange, got "
            f"{spec.vpc_id!r}, {list(spec.private_subnet_ids)}, {spec.pod_range!r} and "
            f"{spec.service_range!r}; name all four, or let the stack make a network"
        )
        raise ForeignNetworkError(message)
    ask = pulumi.InvokeOutputOptions(provider=provider)
    network = gcp.compute.get_network_output(name=spec.vpc_id, opts=ask)
    subnetwork = gcp.compute.get_subnetwork_output(
        name=spec.private_subnet_ids[0], region=platform.region, opts=ask
    )
    return NetworkRef(
        network=network.name,
        subnetwork=subnetwork.name.apply(_present),
        pod_range=pulumi.Output.from_input(spec.pod_range),
        service_range=pulumi.Output.from_input(spec.service_range),
        cidr=subnetwork.ip_cidr_range,
        egress=(),
    )


def _present(name: str | None) -> str:
    """Return the name that every subnetwork that was found has."""
    if name is None:
        message = "subnetwork: no name, got None; does it exist in the region?"
        raise ForeignNetworkError(message)
    return name

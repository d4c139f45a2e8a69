"""A network that exists already, as the same handle that our own network gives.

Owns what is asked about it: its range, and the zone of each subnet.
Does not own anything in it: nothing is created, tagged or changed. Whether it can carry a platform
(a way out, free addresses, tags for load balancers, an endpoint of S3) is checked before `up`.
"""

import pulumi
import pulumi_aws as aws

from components.aws.handles import NetworkRef
from infra.spec.network import NetworkSpec


class ForeignNetworkError(ValueError):
    """A stack that names no network of somebody else's."""


def foreign_network(spec: NetworkSpec, provider: aws.Provider) -> NetworkRef:
    """Return the handle of the network that a stack file names.

    Raises:
        ForeignNetworkError: the stack names none.
    """
    if spec.vpc_id is None:
        message = "network.vpcId: must be an id, got none; name a VPC, or let the stack make one"
        raise ForeignNetworkError(message)
    ask = pulumi.InvokeOutputOptions(provider=provider)
    vpc = aws.ec2.get_vpc_output(id=spec.vpc_id, opts=ask)
    private = [aws.ec2.get_subnet_output(id=item, opts=ask) for item in spec.private_subnet_ids]
    return NetworkRef(
        vpc_id=vpc.id,
        public_subnet_ids=tuple(pulumi.Output.from_input(item) for item in spec.public_subnet_ids),
        private_subnet_ids=tuple(subnet.id for subnet in private),
        private_zones=tuple(subnet.availability_zone for subnet in private),
        cidr=vpc.cidr_block,
        egress=(),
    )

"""What a kill inside a create can be seen by, on each cloud.

Owns the types whose creates are killed, what the inventory calls them, how two of one thing are
told there, and who looks for them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from infra.aws_api import AwsApi
from infra.google_api import GoogleApi
from infra.recovery.aws.finders import FINDERS as AWS_FINDERS
from infra.recovery.candidates import Account
from infra.recovery.gcp.finders import FINDERS as GCP_FINDERS
from infra.rehearsal.clouds import CloudDoor, aws, gcp

REFUSALS = (
    *("AlreadyExists", "AlreadyOwnedByYou", "ResourceInUse", "AlreadyAssociated", "Conflict"),
    *("alreadyExists", "ALREADY_EXISTS", "already exists", "conflicts with existing subnetwork"),
)
"""How the clouds say that a thing is there already."""
DRAWN = re.compile(r"-[0-9a-f]{7}$")
"""What the provider appends to a name."""


@dataclass(frozen=True)
class World:
    """One cloud."""

    stack: str
    kinds: Mapping[str, str]
    """Type to its kind in the inventory."""
    account: Callable[[CloudDoor], Account[AwsApi] | Account[GoogleApi]]
    """Where to look for what a create made."""
    last_number: int
    """Creates between one kill and the next, at most: ten kills must fit into the stack."""

    def several(self, things: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
        """Return what an inventory has more than one of, by kind and by name less what is drawn."""
        counted = Counter(
            (thing["kind"], DRAWN.sub("", thing["name"] or thing["id"]))
            for thing in things
            if thing["kind"] in self.kinds.values()
        )
        return sorted(what for what, count in counted.items() if count > 1)


WORLDS: Mapping[str, World] = {
    # Types that AWS itself puts, not creates (settings of a bucket, attachments of a policy), come
    # back the same when they are put twice, and are left out; so are Pod Identity associations, of
    # which add-ons make some by themselves.
    "aws": World(
        "aws-dev",
        {
            "aws:cloudwatch/logGroup:LogGroup": "log group",
            "aws:ec2/eip:Eip": "elastic IP",
            "aws:ec2/internetGateway:InternetGateway": "internet gateway",
            "aws:ec2/launchTemplate:LaunchTemplate": "launch template",
            "aws:ec2/natGateway:NatGateway": "NAT gateway",
            "aws:ec2/routeTable:RouteTable": "route table",
            "aws:ec2/subnet:Subnet": "subnet",
            "aws:ec2/vpc:Vpc": "vpc",
            "aws:ec2/vpcEndpoint:VpcEndpoint": "VPC endpoint",
            "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": "image cache rule",
            "aws:ecr/repository:Repository": "image repository",
            "aws:eks/addon:Addon": "add-on",
            "aws:eks/cluster:Cluster": "cluster",
            "aws:eks/nodeGroup:NodeGroup": "node group",
            "aws:iam/role:Role": "IAM role",
            "aws:kms/alias:Alias": "KMS alias",
            "aws:kms/key:Key": "KMS key",
            "aws:s3/bucket:Bucket": "bucket",
            "aws:secretsmanager/secret:Secret": "secret",
        },
        lambda door: Account(aws.api(door), AWS_FINDERS),
        last_number=4,
    ),
    # Grants come back the same when they are put twice, and the provider takes a log bucket of the
    # name for its own; NAT gateways are parts of a router, and key rings are in no inventory.
    "gcp": World(
        "gcp-dev",
        {
            "gcp:artifactregistry/repository:Repository": "image repository",
            "gcp:compute/network:Network": "network",
            "gcp:compute/router:Router": "router",
            "gcp:compute/subnetwork:Subnetwork": "subnetwork",
            "gcp:container/cluster:Cluster": "cluster",
            "gcp:container/nodePool:NodePool": "node pool",
            "gcp:kms/cryptoKey:CryptoKey": "KMS key",
            "gcp:logging/projectExclusion:ProjectExclusion": "log exclusion",
            "gcp:logging/projectSink:ProjectSink": "log sink",
            "gcp:projects/iAMCustomRole:IAMCustomRole": "IAM role",
            "gcp:secretmanager/secret:Secret": "secret",
            "gcp:serviceaccount/account:Account": "service account",
            "gcp:storage/bucket:Bucket": "bucket",
        },
        lambda door: Account(gcp.api(door), GCP_FINDERS),
        last_number=2,
    ),
}

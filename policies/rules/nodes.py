"""Nodes: their metadata service and their addresses.

Their disks are in `encryption`.
"""

from collections.abc import Iterator

from policies.judge import judge, must_be, must_switch, said
from policies.rule import Family, Finding, Level, ResourceRule, Subject, Unjudged, Violation
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, as_bool, as_number

LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SUBNET = "aws:ec2/subnet:Subnet"
NODE_POOL = "gcp:container/nodePool:NodePool"
_HOPS = "metadataOptions.httpPutResponseHopLimit"


def _imdsv2(subject: Subject, _: Scene) -> Iterator[Finding]:
    tokens = subject.at("metadataOptions.httpTokens")
    if tokens is UNKNOWN:
        yield Unjudged("metadataOptions.httpTokens")
    elif tokens != "required":
        got = "nothing" if tokens is MISSING else repr(tokens)
        yield Violation(
            f"metadataOptions.httpTokens is {got}: any program on the node may take the node's "
            "role through one forged request. Write `required`."
        )


def _hops(subject: Subject, _: Scene) -> Iterator[Finding]:
    value = subject.at(_HOPS)
    hops = as_number(value)
    message = (
        f"`{_HOPS}` is {said(value)}: an answer that may take two hops reaches pods, which then "
        "hold the node's role. Write `1`; pods have Pod Identity."
    )
    yield from judge(value, _HOPS, right=hops == 1, message=message)


def _public_interface(subject: Subject, _: Scene) -> Iterator[Finding]:
    for path, value in subject.each("networkInterfaces[].associatePublicIpAddress"):
        message = (
            f"`{path}` is {said(value)}: the node can be reached from the internet. Write "
            "`false`; nodes go out through the NAT gateway."
        )
        yield from judge(value, path, right=as_bool(value) is False, message=message)


RULES = (
    ResourceRule(
        name="nodes-require-imdsv2",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="IMDSv1 gives the node's credentials to any server-side request forgery.",
        types=(LAUNCH_TEMPLATE,),
        check=_imdsv2,
    ),
    ResourceRule(
        name="nodes-keep-metadata-from-pods",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="With a hop limit of 2, which AMIs of Amazon Linux 2023 bring when the template is "
        "silent, every pod can take the node's role (EKS best practices guide, "
        '"Restrict access to the instance profile assigned to the worker node", 2026).',
        types=(LAUNCH_TEMPLATE,),
        check=_hops,
    ),
    ResourceRule(
        name="gke-nodes-have-the-metadata-server",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Only the metadata server of GKE keeps the node's service account from pods; a pool "
        "that is silent may have Compute Engine's (GKE documentation, \"About Workload "
        'Identity Federation for GKE", 2026).',
        types=(NODE_POOL,),
        check=must_be(
            "nodeConfig.workloadMetadataConfig.mode",
            "GKE_METADATA",
            since="every pod on the node can take the node's service account",
        ),
    ),
    ResourceRule(
        name="gke-nodes-close-legacy-metadata",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="The old endpoints answer without the header that a forged request cannot set; GKE "
        'closes them where a pool is silent since 1.12 (GKE documentation, "Harden your '
        "cluster's security\", 2026).",
        types=(NODE_POOL,),
        check=must_switch(
            "nodeConfig.metadata.disable-legacy-endpoints",
            on=True,
            default=True,
            since="one forged request takes the node's service account",
        ),
    ),
    ResourceRule(
        name="nodes-have-no-public-address",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Nothing has to reach a node from the internet. A template that is silent leaves it "
        "to the subnet, which has a rule of its own.",
        types=(LAUNCH_TEMPLATE,),
        check=_public_interface,
    ),
    ResourceRule(
        name="subnets-give-no-public-address",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Whatever starts in such a subnet can be reached from the internet. AWS's default "
        'is off (EC2 API reference, "ModifySubnetAttribute", 2026).',
        types=(SUBNET,),
        check=must_switch(
            "mapPublicIpOnLaunch",
            on=False,
            default=False,
            since="whatever starts in the subnet can be reached from the internet",
        ),
    ),
    ResourceRule(
        name="gke-nodes-have-no-public-address",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Nothing has to reach a node from the internet, and without this setting a pool "
        'follows its cluster, whose default is public (GKE documentation, "About network '
        'isolation in GKE", 2026).',
        types=(NODE_POOL,),
        check=must_switch(
            "networkConfig.enablePrivateNodes",
            on=True,
            since="the nodes may have public addresses",
        ),
    ),
)

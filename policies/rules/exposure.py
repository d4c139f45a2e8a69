"""What the internet can reach: API servers, security groups and firewalls, buckets, Services.

Nodes' own addresses are in `nodes`, routes of a gateway in `routes`.
"""

from collections.abc import Iterator

from policies.addresses import is_world
from policies.judge import items, judge, must_be, pick, said
from policies.rule import Family, Finding, Level, ResourceRule, Subject, Unjudged, Violation
from policies.rules.encryption import EKS, GCS, GKE
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, Plain, as_bool, at

SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
SECURITY_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
FIREWALL = "gcp:compute/firewall:Firewall"
S3_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
S3_ACLS = ("aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2")
SERVICE = "kubernetes:core/v1:Service"
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_INTERNAL = {
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
    "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
    "networking.gke.io/load-balancer-type": "internal",
    "cloud.google.com/load-balancer-type": "internal",
}
"""Annotations that keep a load balancer inside (AWS Load Balancer Controller, "Annotations";
GKE documentation, "LoadBalancer Service parameters", 2026)."""
_PORTS = "the ports are open to everybody"
_NARROW = "Name the ranges of those who need it."


def _ranges(holder: Plain, path: str) -> list[Plain]:
    """Return the ranges at a path; what is no list is one odd range."""
    found = at(holder, path)
    if found is MISSING:
        return []
    return found if isinstance(found, list) else [found]


def _open(ranges: list[Plain], what: str, consequence: str) -> Iterator[Finding]:
    if UNKNOWN in ranges:
        yield Unjudged(what)
    wide = [str(one) for one in ranges if one is not UNKNOWN and is_world(one)]
    if wide:
        yield Violation(f"`{what}` holds {', '.join(wide)}: {consequence}. {_NARROW}")


def _eks_api(subject: Subject, _: Scene) -> Iterator[Finding]:
    public = subject.at("vpcConfig.endpointPublicAccess")
    if as_bool(public) is False:
        return
    what = "vpcConfig.publicAccessCidrs"
    ranges = _ranges(dict(subject.properties), what)
    if not ranges:
        message = f"`{what}` is not there: everybody can ask the API server. {_NARROW}"
        yield from judge(UNKNOWN if public is UNKNOWN else None, what, right=False, message=message)
    yield from _open(ranges, what, "everybody can ask the API server")


def _gke_api(subject: Subject, _: Scene) -> Iterator[Finding]:
    private = subject.at("privateClusterConfig.enablePrivateEndpoint")
    if as_bool(private) is True:
        return
    where = "masterAuthorizedNetworksConfig"
    if subject.at(where) is UNKNOWN:
        yield Unjudged(where)
    elif not isinstance(subject.at(where), dict):
        message = f"`{where}` is not there: everybody can ask the API server. {_NARROW}"
        yield from judge(
            UNKNOWN if private is UNKNOWN else None, where, right=False, message=message
        )
    for path, cidr in subject.each(f"{where}.cidrBlocks[].cidrBlock"):
        yield from _open([cidr], path, "everybody can ask the API server")
    cloud = f"{where}.gcpPublicCidrsAccessEnabled"
    yield from judge(
        subject.at(cloud),
        cloud,
        right=as_bool(subject.at(cloud)) is not True,
        message=f"`{cloud}` is true: every machine of every customer of Google Cloud can ask the "
        "API server. Write `false`.",
    )


def _security_group(subject: Subject, _: Scene) -> Iterator[Finding]:
    holder = dict(subject.properties)
    for index, rule in enumerate(items(holder, "ingress")):
        for key in ("cidrBlocks", "ipv6CidrBlocks"):
            what = f"ingress[{index}].{key}"
            yield from _open(_ranges(rule, key), what, _PORTS)


def _security_group_rule(subject: Subject, _: Scene) -> Iterator[Finding]:
    if subject.at("type") == "egress":
        return
    for key in ("cidrBlocks", "ipv6CidrBlocks"):
        yield from _open(_ranges(dict(subject.properties), key), key, _PORTS)


def _ingress_rule(subject: Subject, _: Scene) -> Iterator[Finding]:
    for key in ("cidrIpv4", "cidrIpv6"):
        yield from _open(_ranges(dict(subject.properties), key), key, _PORTS)


def _firewall(subject: Subject, _: Scene) -> Iterator[Finding]:
    holder = dict(subject.properties)
    lets_in = items(holder, "allows") or items(holder, "allow")
    if (
        not lets_in
        or subject.at("direction") == "EGRESS"
        or as_bool(subject.at("disabled")) is True
    ):
        return
    named = [subject.at(key) for key in ("sourceTags", "sourceServiceAccounts")]
    ranges = _ranges(holder, "sourceRanges")
    if not ranges and all(one is MISSING for one in named):
        yield Violation(f"`sourceRanges` is not there: {_PORTS}. {_NARROW}")
    yield from _open(ranges, "sourceRanges", _PORTS)


def _s3_block(subject: Subject, _: Scene) -> Iterator[Finding]:
    for path in _BLOCKS:
        value = subject.at(path)
        message = (
            f"`{path}` is {said(value)}: one wrong policy or ACL makes the bucket public. "
            "Write `true`."
        )
        yield from judge(value, path, right=as_bool(value) is True, message=message)


def _s3_acl(subject: Subject, _: Scene) -> Iterator[Finding]:
    acl = subject.at("acl")
    private = acl is MISSING or (isinstance(acl, str) and "public" not in acl)
    message = f"`acl` is {said(acl)}: everybody can read the bucket. Take the ACL away."
    right = private and acl != "authenticated-read"
    yield from judge(acl, "acl", right=right, message=message)


def _service(subject: Subject, _: Scene) -> Iterator[Finding]:
    kind = subject.at("spec.type")
    if kind is UNKNOWN:
        yield Unjudged("spec.type")
    if kind != "LoadBalancer":
        return
    annotations = subject.at("metadata.annotations")
    said_internal = {key: pick(annotations, key) for key in _INTERNAL}
    if any(str(said_internal[key]).lower() == word for key, word in _INTERNAL.items()):
        return
    ranges = _ranges(dict(subject.properties), "spec.loadBalancerSourceRanges")
    if UNKNOWN in said_internal.values():
        yield Unjudged("metadata.annotations")
    elif not ranges:
        yield Violation(
            "a Service of type LoadBalancer that is neither internal nor has "
            "`loadBalancerSourceRanges`: everybody reaches its pods, past the gateway and its "
            "keys. Write `ClusterIP` and a route, or annotate it as internal."
        )
    yield from _open(ranges, "spec.loadBalancerSourceRanges", "everybody reaches its pods")


RULES = (
    ResourceRule(
        name="eks-api-is-not-open",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why='EKS lets every address ask where a cluster is silent (EKS user guide, "Cluster '
        'API server endpoint", 2026); a stolen token then works from anywhere.',
        types=(EKS,),
        check=_eks_api,
    ),
    ResourceRule(
        name="gke-api-is-not-open",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="GKE lets every address ask where a cluster names no authorized networks (GKE "
        'documentation, "About network isolation in GKE", 2026); a stolen token then '
        "works from anywhere.",
        types=(GKE,),
        check=_gke_api,
    ),
    ResourceRule(
        name="security-groups-are-not-open",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="What listens behind a group that is open to everybody is attacked within "
        "minutes. Without a rule a group lets nothing in.",
        types=(SECURITY_GROUP,),
        check=_security_group,
    ),
    ResourceRule(
        name="security-group-rules-are-not-open",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="What listens behind a group that is open to everybody is attacked within minutes.",
        types=(SECURITY_GROUP_RULE,),
        check=_security_group_rule,
    ),
    ResourceRule(
        name="ingress-rules-are-not-open",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="What listens behind a group that is open to everybody is attacked within minutes.",
        types=(INGRESS_RULE,),
        check=_ingress_rule,
    ),
    ResourceRule(
        name="firewalls-are-not-open",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="A firewall that allows and names no source allows everybody (Compute Engine "
        "API, `firewalls`, `sourceRanges`, 2026).",
        types=(FIREWALL,),
        check=_firewall,
    ),
    ResourceRule(
        name="s3-blocks-public-access",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why='Buckets are blocked by themselves since 2023-04 (S3 user guide, "Blocking '
        'public access"); a block that is written down and leaves one of the four out '
        "opens it again.",
        types=(S3_BLOCK,),
        check=_s3_block,
    ),
    ResourceRule(
        name="s3-acls-are-not-public",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Weights may be under a licence, and downloads are paid for by the owner.",
        types=S3_ACLS,
        check=_s3_acl,
    ),
    ResourceRule(
        name="gcs-prevents-public-access",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="A bucket that is silent does as its organization says, which may be nothing "
        '(Cloud Storage documentation, "Public access prevention", 2026).',
        types=(GCS,),
        check=must_be(
            "publicAccessPrevention", "enforced", since="one wrong grant makes the bucket public"
        ),
    ),
    ResourceRule(
        name="services-are-not-public",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="A load balancer of a Service goes past the gateway, its keys, its limits and its log.",
        types=(SERVICE,),
        check=_service,
    ),
)

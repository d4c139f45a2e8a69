"""Cases of the rules in `policies.rules.exposure`."""

from policies.rules.encryption import EKS, GCS, GKE
from policies.rules.exposure import (
    FIREWALL,
    INGRESS_RULE,
    S3_ACLS,
    S3_BLOCK,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    SERVICE,
)
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

WORLD = "0.0.0.0/0"
OFFICE = "203.0.113.0/24"
INSIDE = "10.0.0.0/16"
SSH: Json = [{"protocol": "tcp", "ports": ["22"]}]


def _eks(**settings: Json) -> tuple[Thing, ...]:
    return one(EKS, vpcConfig=settings)


def _gke(*ranges: Json, **settings: Json) -> tuple[Thing, ...]:
    networks: Json = {"cidrBlocks": [{"cidrBlock": one} for one in ranges], **settings}
    return one(GKE, masterAuthorizedNetworksConfig=networks)


def _block(**settings: Json) -> tuple[Thing, ...]:
    rest: dict[str, Json] = {
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
    }
    return one(S3_BLOCK, **rest, **settings)


def _balancer(annotations: Json = None, **spec: Json) -> tuple[Thing, ...]:
    return one(
        SERVICE, metadata={"annotations": annotations}, spec={"type": "LoadBalancer", **spec}
    )


CASES = (
    Cases(
        rule="eks-api-is-not-open",
        compliant=(
            *_eks(endpointPublicAccess=True, publicAccessCidrs=[OFFICE]),
            *_eks(endpointPublicAccess=False),
        ),
        violating=_eks(endpointPublicAccess=True, publicAccessCidrs=[OFFICE, "128.0.0.0/1"]),
        missing=_eks(),
        missing_is=Verdict.VIOLATION,
        unknown=_eks(endpointPublicAccess=True, publicAccessCidrs=[UNKNOWN]),
        odd=_eks(endpointPublicAccess=True, publicAccessCidrs={"office": OFFICE}),
    ),
    Cases(
        rule="gke-api-is-not-open",
        compliant=(
            *_gke(OFFICE, gcpPublicCidrsAccessEnabled=False),
            *one(GKE, privateClusterConfig={"enablePrivateEndpoint": True}),
        ),
        violating=_gke(OFFICE, WORLD),
        missing=one(GKE),
        missing_is=Verdict.VIOLATION,
        unknown=_gke(OFFICE, gcpPublicCidrsAccessEnabled=UNKNOWN),
        odd=_gke(5),
    ),
    Cases(
        rule="security-groups-are-not-open",
        compliant=one(SECURITY_GROUP, ingress=[{"cidrBlocks": [INSIDE]}]),
        violating=one(SECURITY_GROUP, ingress=[{"ipv6CidrBlocks": ["::/0"]}]),
        missing=one(SECURITY_GROUP),
        missing_is=Verdict.FINE,
        unknown=one(SECURITY_GROUP, ingress=UNKNOWN),
        odd=one(SECURITY_GROUP, ingress=[{"cidrBlocks": WORLD}]),
    ),
    Cases(
        rule="security-group-rules-are-not-open",
        compliant=(
            *one(SECURITY_GROUP_RULE, type="ingress", cidrBlocks=[INSIDE]),
            *one(SECURITY_GROUP_RULE, type="egress", cidrBlocks=[WORLD]),
        ),
        violating=one(SECURITY_GROUP_RULE, type="ingress", cidrBlocks=[WORLD]),
        missing=one(SECURITY_GROUP_RULE, type="ingress", sourceSecurityGroupId="sg-1"),
        missing_is=Verdict.FINE,
        unknown=one(SECURITY_GROUP_RULE, type="ingress", cidrBlocks=[UNKNOWN]),
        odd=one(SECURITY_GROUP_RULE, type="ingress", cidrBlocks=[{"range": INSIDE}]),
    ),
    Cases(
        rule="ingress-rules-are-not-open",
        compliant=one(INGRESS_RULE, cidrIpv4=INSIDE),
        violating=one(INGRESS_RULE, cidrIpv6="::/0"),
        missing=one(INGRESS_RULE, referencedSecurityGroupId="sg-1"),
        missing_is=Verdict.FINE,
        unknown=one(INGRESS_RULE, cidrIpv4=UNKNOWN),
        odd=one(INGRESS_RULE, cidrIpv4=[INSIDE, WORLD]),
    ),
    Cases(
        rule="firewalls-are-not-open",
        compliant=(
            *one(FIREWALL, allows=SSH, sourceRanges=["35.235.240.0/20"]),
            *one(FIREWALL, denies=SSH, sourceRanges=[WORLD]),
            *one(FIREWALL, allows=SSH, direction="EGRESS"),
            *one(FIREWALL, allows=SSH, sourceTags=["bastion"]),
        ),
        violating=one(FIREWALL, allows=SSH, sourceRanges=[WORLD]),
        missing=one(FIREWALL, allows=SSH),
        missing_is=Verdict.VIOLATION,
        unknown=one(FIREWALL, allows=UNKNOWN, sourceRanges=UNKNOWN),
        odd=one(FIREWALL, allows=SSH, sourceRanges=5),
    ),
    Cases(
        rule="s3-blocks-public-access",
        compliant=_block(restrictPublicBuckets=True),
        violating=_block(restrictPublicBuckets=False),
        missing=_block(),
        missing_is=Verdict.VIOLATION,
        unknown=_block(restrictPublicBuckets=UNKNOWN),
        odd=_block(restrictPublicBuckets="mostly"),
    ),
    Cases(
        rule="s3-acls-are-not-public",
        compliant=one(S3_ACLS[0], acl="private"),
        violating=one(S3_ACLS[0], acl="public-read"),
        missing=one(S3_ACLS[0]),
        missing_is=Verdict.FINE,
        unknown=one(S3_ACLS[0], acl=UNKNOWN),
        odd=one(S3_ACLS[0], acl=["private"]),
    ),
    Cases(
        rule="gcs-prevents-public-access",
        compliant=one(GCS, publicAccessPrevention="enforced"),
        violating=one(GCS, publicAccessPrevention="inherited"),
        missing=one(GCS),
        missing_is=Verdict.VIOLATION,
        unknown=one(GCS, publicAccessPrevention=UNKNOWN),
        odd=one(GCS, publicAccessPrevention=True),
    ),
    Cases(
        rule="services-are-not-public",
        compliant=(
            *one(SERVICE, spec={"type": "ClusterIP"}),
            *_balancer({"networking.gke.io/load-balancer-type": "Internal"}),
            *_balancer({"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}),
            *_balancer(loadBalancerSourceRanges=[OFFICE]),
        ),
        violating=_balancer(loadBalancerSourceRanges=[WORLD]),
        missing=_balancer(),
        missing_is=Verdict.VIOLATION,
        unknown=_balancer({"networking.gke.io/load-balancer-type": UNKNOWN}),
        odd=_balancer(["internal"]),
    ),
)

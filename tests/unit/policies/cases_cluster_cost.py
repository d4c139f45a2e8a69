"""Cases of the rules in `policies.rules.cluster_cost`."""

from policies.rules.cluster_cost import EKS, ENDPOINT, NAT, SUBNET_GCP
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

GATEWAY = Thing(type=NAT, properties={"subnetId": UNKNOWN}, name="nat-1")


def an_endpoint(service: Json, **others: Json) -> Thing:
    """Return a VPC endpoint."""
    return Thing(type=ENDPOINT, properties={"serviceName": service, **others}, name="s3")


def expiring(when: Json) -> tuple[Thing, ...]:
    """Return the cluster of a preview that says when it ends."""
    return one(EKS, tags={"tokenworks.dev/expires": when})


STANDARD: Json = {"supportType": "STANDARD"}

CASES = (
    Cases(
        rule="no-extended-support",
        compliant=one(EKS, version="1.35", upgradePolicy=STANDARD),
        violating=one(EKS, version="1.32", upgradePolicy=STANDARD),
        missing=one(EKS, version="1.35"),
        missing_is=Verdict.VIOLATION,
        unknown=one(EKS, version=UNKNOWN, upgradePolicy=STANDARD),
        odd=one(EKS, version=1.35, upgradePolicy=STANDARD),
    ),
    Cases(
        rule="weights-not-through-nat",
        compliant=(GATEWAY, an_endpoint("com.amazonaws.us-east-1.s3", routeTableIds=[UNKNOWN])),
        violating=(GATEWAY, an_endpoint("com.amazonaws.us-east-1.ecr.api")),
        missing=(GATEWAY, an_endpoint("com.amazonaws.us-east-1.s3")),
        missing_is=Verdict.VIOLATION,
        unknown=(GATEWAY, an_endpoint(UNKNOWN)),
        odd=(GATEWAY, an_endpoint(["com.amazonaws.us-east-1.s3"])),
    ),
    Cases(
        rule="private-google-access",
        stack="gcp-prod",
        compliant=one(SUBNET_GCP, privateIpGoogleAccess=True),
        violating=one(SUBNET_GCP, privateIpGoogleAccess=False),
        missing=one(SUBNET_GCP),
        missing_is=Verdict.VIOLATION,
        unknown=one(SUBNET_GCP, privateIpGoogleAccess=UNKNOWN),
        odd=one(SUBNET_GCP, privateIpGoogleAccess="true"),
    ),
    Cases(
        rule="previews-end-by-themselves",
        stack="aws-pr-7",
        compliant=expiring("2026-11-29"),
        violating=expiring("2026-11-30"),
        missing=one(EKS, version="1.35"),
        missing_is=Verdict.VIOLATION,
        unknown=expiring(UNKNOWN),
        odd=expiring(20261127),
    ),
)

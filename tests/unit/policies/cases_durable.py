"""Cases of the rules in `policies.rules.durable`."""

from policies.pools import EKS_GROUP, GKE_POOL, POOL_LABEL
from policies.rules.durable import RELEASE
from policies.rules.encryption import EKS, GCS, GKE
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

BUCKET = "aws:s3/bucket:Bucket"
ZONES = ("us-central1-a", "us-central1-b", "us-central1-c")


def _subnets(pool: str, subnets: Json) -> tuple[Thing, ...]:
    return one(EKS_GROUP, labels={POOL_LABEL: pool}, subnetIds=subnets)


def _gpu_group(image: Json) -> Thing:
    properties: dict[str, Json] = {
        "amiType": image,
        "instanceTypes": ["g6.xlarge"],
        "scalingConfig": {"minSize": 0, "maxSize": 1},
    }
    return Thing(type=EKS_GROUP, properties=properties, name="gpus")


def _chart(name: Json) -> Thing:
    return Thing(type=RELEASE, properties={"chart": name}, name=f"chart-{name}")


AL2023, PLUGIN = "AL2023_x86_64_NVIDIA", "nvidia-device-plugin"
CASES = (
    Cases(
        rule="system-nodes-span-zones",
        compliant=_subnets("system", ["a", UNKNOWN, UNKNOWN]),
        violating=_subnets("system", ["a", "b", "b"]),
        missing=_subnets("system", None),
        missing_is=Verdict.VIOLATION,
        unknown=_subnets("system", UNKNOWN),
        odd=_subnets("system", "a, b, c"),
    ),
    Cases(
        rule="gpu-nodes-span-zones",
        compliant=one(GKE_POOL, location="us-central1", nodeLocations=list(ZONES[:2])),
        violating=one(GKE_POOL, location="us-central1", nodeLocations=list(ZONES[:1])),
        missing=one(GKE_POOL, location="us-central1"),  # then those of the cluster
        missing_is=Verdict.FINE,
        unknown=one(GKE_POOL, location="us-central1", nodeLocations=UNKNOWN),
        odd=one(GKE_POOL, location="us-central1", nodeLocations="us-central1-a"),
    ),
    Cases(
        rule="gke-control-planes-are-regional",
        compliant=one(GKE, location="us-central1"),
        violating=one(GKE, location="us-central1-a"),
        missing=one(GKE),
        missing_is=Verdict.VIOLATION,
        unknown=one(GKE, location=UNKNOWN),
        odd=one(GKE, location=["us-central1"]),
    ),
    Cases(
        rule="one-gpu-advertiser",
        compliant=(_gpu_group(AL2023), _chart(PLUGIN)),
        violating=(_gpu_group("BOTTLEROCKET_x86_64_NVIDIA"), _chart(PLUGIN)),
        missing=(_gpu_group(AL2023),),
        missing_is=Verdict.VIOLATION,
        unknown=(_gpu_group(AL2023), _chart(UNKNOWN)),
        odd=(_gpu_group(AL2023), _chart([PLUGIN])),
    ),
    Cases(
        rule="stateful-resources-are-protected",
        compliant=(Thing(type=BUCKET, properties={}, protect=True),),
        violating=(Thing(type=BUCKET, properties={}, protect=False),),
        missing=one(BUCKET),
        missing_is=Verdict.VIOLATION,
        # An option of the resource is always known; no property stands in for it.
        unknown=one(BUCKET, bucket=UNKNOWN),
        unknown_is=Verdict.VIOLATION,
        odd=one(BUCKET, protect=True),
    ),
    Cases(
        rule="clusters-refuse-deletion",
        compliant=one(EKS, deletionProtection=True),
        violating=one(EKS, deletionProtection=False),
        missing=one(EKS),
        missing_is=Verdict.VIOLATION,
        unknown=one(EKS, deletionProtection=UNKNOWN),
        odd=one(EKS, deletionProtection="perhaps"),
    ),
    Cases(
        rule="buckets-keep-their-objects",
        compliant=one(GCS, forceDestroy=False),
        violating=one(GCS, forceDestroy=True),
        missing=one(GCS),
        missing_is=Verdict.FINE,
        unknown=one(GCS, forceDestroy=UNKNOWN),
        odd=one(GCS, forceDestroy="perhaps"),
    ),
)

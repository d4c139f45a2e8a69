"""Cases of the rules in `policies.rules.caches`."""

from policies.rules.caches import ELASTICACHE, MEMORYSTORE
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

KEY = "arn:aws:kms:us-east-1:123456789012:key/one"
GOOGLE_KEY = "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k"
TLS: dict[str, Json] = {"transitEncryptionEnabled": True, "transitEncryptionMode": "required"}
ZONES: dict[str, Json] = {"automaticFailoverEnabled": True, "multiAzEnabled": True}


def _google(**properties: Json) -> tuple[Thing, ...]:
    return one(MEMORYSTORE, **properties)


CASES = (
    Cases(
        rule="caches-encrypt-in-transit",
        compliant=(
            *one(ELASTICACHE, **TLS),
            *_google(transitEncryptionMode="SERVER_AUTHENTICATION"),
        ),
        violating=one(ELASTICACHE, **TLS | {"transitEncryptionMode": "preferred"}),
        missing=_google(),
        missing_is=Verdict.VIOLATION,
        unknown=one(ELASTICACHE, **TLS | {"transitEncryptionEnabled": UNKNOWN}),
        odd=_google(transitEncryptionMode=["SERVER_AUTHENTICATION"]),
    ),
    Cases(
        rule="caches-ask-who-comes",
        compliant=(
            *one(ELASTICACHE, userGroupIds=["users"]),
            *_google(authorizationMode="IAM_AUTH"),
        ),
        violating=_google(authorizationMode="AUTH_DISABLED"),
        missing=one(ELASTICACHE),
        missing_is=Verdict.VIOLATION,
        unknown=one(ELASTICACHE, userGroupIds=[], authToken=UNKNOWN),
        odd=one(ELASTICACHE, userGroupIds="users"),
    ),
    Cases(
        rule="caches-are-encrypted",
        compliant=one(ELASTICACHE, atRestEncryptionEnabled=True),
        violating=one(ELASTICACHE, atRestEncryptionEnabled=False),
        missing=one(ELASTICACHE),
        missing_is=Verdict.VIOLATION,
        unknown=one(ELASTICACHE, atRestEncryptionEnabled=UNKNOWN),
        odd=one(ELASTICACHE, atRestEncryptionEnabled=["yes"]),
    ),
    Cases(
        rule="caches-have-a-key-of-their-own",
        compliant=(*one(ELASTICACHE, kmsKeyId=KEY), *_google(kmsKey=GOOGLE_KEY)),
        violating=_google(kmsKey=""),
        missing=one(ELASTICACHE),
        missing_is=Verdict.VIOLATION,
        unknown=one(ELASTICACHE, kmsKeyId=UNKNOWN),
        odd=one(ELASTICACHE, kmsKeyId=[KEY]),
    ),
    Cases(
        rule="caches-outlive-a-zone",
        compliant=(*one(ELASTICACHE, **ZONES), *_google(replicaCount=1)),
        violating=_google(replicaCount=1, zoneDistributionConfig={"mode": "SINGLE_ZONE"}),
        missing=one(ELASTICACHE),
        missing_is=Verdict.VIOLATION,
        unknown=one(ELASTICACHE, **ZONES | {"multiAzEnabled": UNKNOWN}),
        odd=_google(replicaCount="many"),
    ),
)

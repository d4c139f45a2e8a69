"""Cases of the rules in `policies.rules.encryption`."""

from policies.rules.encryption import (
    ARTIFACTS,
    ECR,
    EKS,
    GCS,
    GKE,
    LOG_BUCKET,
    LOG_GROUP,
    S3_ENCRYPTION,
    STORAGE_CLASS,
    VOLUME,
)
from policies.rules.nodes import LAUNCH_TEMPLATE, NODE_POOL
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

KEY = "arn:aws:kms:us-east-1:123456789012:key/one"
GOOGLE_KEY = "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k"
EBS = "ebs.csi.aws.com"


def _disk(**ebs: Json) -> tuple[Thing, ...]:
    return one(LAUNCH_TEMPLATE, blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": ebs}])


def _secrets(key: Json = KEY, *, covers: str = "secrets") -> tuple[Thing, ...]:
    return one(EKS, encryptionConfig={"provider": {"keyArn": key}, "resources": [covers]})


def _s3(algorithm: Json) -> tuple[Thing, ...]:
    rule: Json = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}
    return one(S3_ENCRYPTION, rules=[rule])


CASES = (
    Cases(
        rule="node-disks-are-encrypted",
        compliant=_disk(encrypted="true"),
        violating=_disk(encrypted="false"),
        missing=one(LAUNCH_TEMPLATE, blockDeviceMappings=[{"virtualName": "ephemeral0"}]),
        missing_is=Verdict.VIOLATION,
        unknown=one(LAUNCH_TEMPLATE, blockDeviceMappings=UNKNOWN),
        odd=one(LAUNCH_TEMPLATE, blockDeviceMappings={"ebs": {"encrypted": "true"}}),
    ),
    Cases(
        rule="volumes-are-encrypted",
        compliant=one(VOLUME, encrypted=True),
        violating=one(VOLUME, encrypted=False),
        missing=one(VOLUME),
        missing_is=Verdict.VIOLATION,
        unknown=one(VOLUME, encrypted=UNKNOWN),
        odd=one(VOLUME, encrypted={"by": "me"}),
    ),
    Cases(
        rule="storage-classes-encrypt",
        compliant=(
            *one(STORAGE_CLASS, provisioner=EBS, parameters={"encrypted": "true"}),
            *one(STORAGE_CLASS, provisioner="pd.csi.storage.gke.io", parameters={}),
        ),
        violating=one(STORAGE_CLASS, provisioner=EBS, parameters={"encrypted": "false"}),
        missing=one(STORAGE_CLASS, provisioner=EBS),
        missing_is=Verdict.VIOLATION,
        unknown=one(STORAGE_CLASS, provisioner=UNKNOWN, parameters={"encrypted": "false"}),
        odd=one(STORAGE_CLASS, provisioner=EBS, parameters=["encrypted"]),
    ),
    Cases(
        rule="eks-secrets-have-a-key-of-their-own",
        compliant=_secrets(),
        violating=_secrets(covers="nothing"),
        missing=one(EKS),
        missing_is=Verdict.VIOLATION,
        unknown=_secrets(key=UNKNOWN),
        odd=_secrets(key=5),
    ),
    Cases(
        rule="gke-secrets-have-a-key-of-their-own",
        compliant=one(GKE, databaseEncryption={"state": "ENCRYPTED", "keyName": GOOGLE_KEY}),
        violating=one(GKE, databaseEncryption={"state": "DECRYPTED", "keyName": GOOGLE_KEY}),
        missing=one(GKE, databaseEncryption={"state": "ENCRYPTED"}),
        missing_is=Verdict.VIOLATION,
        unknown=one(GKE, databaseEncryption={"state": "ENCRYPTED", "keyName": UNKNOWN}),
        odd=one(GKE, databaseEncryption="ENCRYPTED"),
    ),
    Cases(
        rule="gke-disks-have-a-key-of-their-own",
        compliant=one(NODE_POOL, nodeConfig={"bootDiskKmsKey": GOOGLE_KEY}),
        violating=one(NODE_POOL, nodeConfig={"bootDiskKmsKey": ""}),
        missing=one(NODE_POOL, nodeConfig={}),
        missing_is=Verdict.VIOLATION,
        unknown=one(NODE_POOL, nodeConfig={"bootDiskKmsKey": UNKNOWN}),
        odd=one(NODE_POOL, nodeConfig={"bootDiskKmsKey": [GOOGLE_KEY]}),
    ),
    Cases(
        rule="s3-has-a-key-of-its-own",
        compliant=_s3("aws:kms"),
        violating=_s3("AES256"),
        missing=one(S3_ENCRYPTION),
        missing_is=Verdict.FINE,
        unknown=_s3(UNKNOWN),
        odd=_s3(["aws:kms"]),
    ),
    Cases(
        rule="gcs-has-a-key-of-its-own",
        compliant=one(GCS, encryption={"defaultKmsKeyName": GOOGLE_KEY}),
        violating=one(GCS, encryption={"defaultKmsKeyName": ""}),
        missing=one(GCS),
        missing_is=Verdict.VIOLATION,
        unknown=one(GCS, encryption={"defaultKmsKeyName": UNKNOWN}),
        odd=one(GCS, encryption=True),
    ),
    Cases(
        rule="ecr-has-a-key-of-its-own",
        compliant=one(ECR, encryptionConfigurations=[{"encryptionType": "KMS"}]),
        violating=one(ECR, encryptionConfigurations=[{"encryptionType": "AES256"}]),
        missing=one(ECR),
        missing_is=Verdict.VIOLATION,
        unknown=one(ECR, encryptionConfigurations=[{"encryptionType": UNKNOWN}]),
        odd=one(ECR, encryptionConfigurations="KMS"),
    ),
    Cases(
        rule="artifact-registry-has-a-key-of-its-own",
        compliant=one(ARTIFACTS, kmsKeyName=GOOGLE_KEY),
        violating=one(ARTIFACTS, kmsKeyName=""),
        missing=one(ARTIFACTS),
        missing_is=Verdict.VIOLATION,
        unknown=one(ARTIFACTS, kmsKeyName=UNKNOWN),
        odd=one(ARTIFACTS, kmsKeyName=1),
    ),
    Cases(
        rule="log-groups-have-a-key-of-their-own",
        compliant=one(LOG_GROUP, kmsKeyId=KEY),
        violating=one(LOG_GROUP, kmsKeyId=""),
        missing=one(LOG_GROUP),
        missing_is=Verdict.VIOLATION,
        unknown=one(LOG_GROUP, kmsKeyId=UNKNOWN),
        odd=one(LOG_GROUP, kmsKeyId={"key": KEY}),
    ),
    Cases(
        rule="log-buckets-have-a-key-of-their-own",
        compliant=one(LOG_BUCKET, cmekSettings={"kmsKeyName": GOOGLE_KEY}),
        violating=one(LOG_BUCKET, cmekSettings={"kmsKeyName": ""}),
        missing=one(LOG_BUCKET),
        missing_is=Verdict.VIOLATION,
        unknown=one(LOG_BUCKET, cmekSettings=UNKNOWN),
        odd=one(LOG_BUCKET, cmekSettings=[GOOGLE_KEY]),
    ),
)

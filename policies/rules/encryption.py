"""What lies on disks, in buckets, registries and logs: encrypted, and with whose key.

Stopping is for what would lie there plain, and for the secrets of a cluster. Where the cloud
encrypts by itself, a key of one's own is advice: it lets the owner shut the data for good.
"""

from collections.abc import Iterator

from policies.judge import items, judge, must_be_there, must_switch, said
from policies.rule import Family, Finding, Level, ResourceRule, Subject, Unjudged, Violation
from policies.rules.nodes import LAUNCH_TEMPLATE, NODE_POOL
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, Plain, as_bool, at

VOLUME = "aws:ebs/volume:Volume"
EKS = "aws:eks/cluster:Cluster"
GKE = "gcp:container/cluster:Cluster"
S3_ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
GCS = "gcp:storage/bucket:Bucket"
ECR = "aws:ecr/repository:Repository"
ARTIFACTS = "gcp:artifactregistry/repository:Repository"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
LOG_BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"
_KMS = ("aws:kms", "aws:kms:dsse")
_EBS_DEFAULT = (
    "EBS encrypts only where the account says so or the volume does (EBS user guide, "
    '"Amazon EBS encryption", 2026).'
)
_OWN = "Name a key of the stack's own: who may use it is then yours to say, and to take back."


def _node_disks(subject: Subject, _: Scene) -> Iterator[Finding]:
    disks = [
        disk for disk in items(dict(subject.properties), "blockDeviceMappings") if _is_ebs(disk)
    ]
    if not disks:
        yield Violation(
            "the template names no disk: the one of the image is made as the account's default "
            "says, which is plain. Write `blockDeviceMappings` with `ebs.encrypted: true`."
        )
    for index, disk in enumerate(disks):
        what = f"blockDeviceMappings[{index}].ebs.encrypted"
        value = at(disk, "ebs.encrypted")
        message = f"`{what}` is {said(value)}: the node's disk is plain. Write `true`."
        yield from judge(value, what, right=as_bool(value) is True, message=message)


def _is_ebs(mapping: Plain) -> bool:
    # One with `virtualName` or `noDevice` is no volume.
    return mapping is UNKNOWN or at(mapping, "ebs") is not MISSING


def _storage_class(subject: Subject, _: Scene) -> Iterator[Finding]:
    provisioner = subject.at("provisioner")
    if provisioner is UNKNOWN:
        yield Unjudged("provisioner")
    elif provisioner == "ebs.csi.aws.com":
        yield from must_switch(
            "parameters.encrypted", on=True, since="volumes of the class are plain"
        )(subject, _)


def _eks_secrets(subject: Subject, _: Scene) -> Iterator[Finding]:
    resources = items(dict(subject.properties), "encryptionConfig.resources")
    covers = "secrets" in resources
    yield from judge(
        UNKNOWN if UNKNOWN in resources and not covers else None,
        "encryptionConfig.resources",
        right=covers,
        message="`encryptionConfig` does not cover `secrets`: they are sealed with a key of "
        "AWS's. Write `resources: [secrets]` and a key of the stack's own.",
    )
    if covers:
        key = "encryptionConfig.provider.keyArn"
        yield from must_be_there(key, "there is no key to seal secrets with", _OWN)(subject, _)


def _gke_secrets(subject: Subject, _: Scene) -> Iterator[Finding]:
    state = subject.at("databaseEncryption.state")
    message = (
        f"`databaseEncryption.state` is {said(state)}: secrets are sealed with a key of Google's. "
        "Write `ENCRYPTED` and a key of the stack's own."
    )
    yield from judge(state, "databaseEncryption.state", right=state == "ENCRYPTED", message=message)
    if state == "ENCRYPTED":
        key = "databaseEncryption.keyName"
        yield from must_be_there(key, "there is no key to seal secrets with", _OWN)(subject, _)


def _s3(subject: Subject, _: Scene) -> Iterator[Finding]:
    for path, value in subject.each("rules[].applyServerSideEncryptionByDefault.sseAlgorithm"):
        message = f"`{path}` is {said(value)}: objects are sealed with a key of AWS's. {_OWN}"
        yield from judge(value, path, right=value in _KMS, message=message)


def _ecr(subject: Subject, _: Scene) -> Iterator[Finding]:
    kinds = list(subject.each("encryptionConfigurations[].encryptionType"))
    for path, value in kinds or [("encryptionConfigurations", MISSING)]:
        message = f"`{path}` is {said(value)}: images are sealed with a key of AWS's. {_OWN}"
        yield from judge(value, path, right=value in ("KMS", "KMS_DSSE"), message=message)


RULES = (
    ResourceRule(
        name="node-disks-are-encrypted",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why=f"A node's disk holds images, logs and weights. {_EBS_DEFAULT}",
        types=(LAUNCH_TEMPLATE,),
        check=_node_disks,
    ),
    ResourceRule(
        name="volumes-are-encrypted",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why=_EBS_DEFAULT,
        types=(VOLUME,),
        check=must_switch("encrypted", on=True, since="the volume is plain"),
    ),
    ResourceRule(
        name="storage-classes-encrypt",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why=f"{_EBS_DEFAULT} Disks of Google Cloud are always encrypted.",
        types=(STORAGE_CLASS,),
        check=_storage_class,
    ),
    ResourceRule(
        name="eks-secrets-have-a-key-of-their-own",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Secrets of a cluster open everything else. EKS seals them by itself since 1.28, with "
        'a key that nobody but AWS can shut (EKS user guide, "Default envelope encryption", 2026).',
        types=(EKS,),
        check=_eks_secrets,
    ),
    ResourceRule(
        name="gke-secrets-have-a-key-of-their-own",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Secrets of a cluster open everything else. GKE's default seals the disk alone, with "
        'a key of Google\'s (GKE documentation, "Encrypt secrets at the application layer", 2026).',
        types=(GKE,),
        check=_gke_secrets,
    ),
    ResourceRule(
        name="gke-disks-have-a-key-of-their-own",
        family=Family.SECURITY,
        level=Level.ADVISORY,
        why="Google encrypts every disk, with a key of its own where none is named.",
        types=(NODE_POOL,),
        check=must_be_there("nodeConfig.bootDiskKmsKey", "disks have a key of Google's", _OWN),
    ),
    ResourceRule(
        name="s3-has-a-key-of-its-own",
        family=Family.SECURITY,
        level=Level.ADVISORY,
        why="S3 encrypts every object since 2023-01, with a key of its own where none is named "
        '(S3 user guide, "Protecting data with encryption", 2026).',
        types=(S3_ENCRYPTION,),
        check=_s3,
    ),
    ResourceRule(
        name="gcs-has-a-key-of-its-own",
        family=Family.SECURITY,
        level=Level.ADVISORY,
        why="Cloud Storage encrypts every object, with a key of its own where none is named.",
        types=(GCS,),
        check=must_be_there("encryption.defaultKmsKeyName", "objects have a key of Google's", _OWN),
    ),
    ResourceRule(
        name="ecr-has-a-key-of-its-own",
        family=Family.SECURITY,
        level=Level.ADVISORY,
        why="ECR encrypts every image, with a key of its own where none is named; the choice is "
        'made once, with the repository (ECR user guide, "Encryption at rest", 2026).',
        types=(ECR,),
        check=_ecr,
    ),
    ResourceRule(
        name="artifact-registry-has-a-key-of-its-own",
        family=Family.SECURITY,
        level=Level.ADVISORY,
        why="Artifact Registry encrypts every image, with a key of its own where none is named.",
        types=(ARTIFACTS,),
        check=must_be_there("kmsKeyName", "images have a key of Google's", _OWN),
    ),
    ResourceRule(
        name="log-groups-have-a-key-of-their-own",
        family=Family.SECURITY,
        level=Level.ADVISORY,
        why="Logs of a control plane name who did what. CloudWatch encrypts every group, with a "
        "key of its own where none is named.",
        types=(LOG_GROUP,),
        check=must_be_there("kmsKeyId", "logs have a key of AWS's", _OWN),
    ),
    ResourceRule(
        name="log-buckets-have-a-key-of-their-own",
        family=Family.SECURITY,
        level=Level.ADVISORY,
        why="Logs of a control plane name who did what. Cloud Logging encrypts every bucket, with "
        "a key of its own where none is named.",
        types=(LOG_BUCKET,),
        check=must_be_there("cmekSettings.kmsKeyName", "logs have a key of Google's", _OWN),
    ),
)

"""Which resources hold what nobody can make again, and which ones buy or use GPUs."""

from infra.graph.model import Resource
from infra.wire import Value

STATEFUL = frozenset(
    {
        "aws:amp/workspace:Workspace",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:dynamodb/table:Table",
        "aws:ebs/volume:Volume",
        "aws:ec2/eip:Eip",  # an address that others wrote down
        "aws:ec2/vpc:Vpc",
        "aws:ecr/repository:Repository",
        "aws:efs/fileSystem:FileSystem",
        "aws:eks/cluster:Cluster",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:elasticache/serverlessCache:ServerlessCache",
        "aws:kms/key:Key",
        "aws:rds/instance:Instance",
        "aws:route53/zone:Zone",
        "aws:s3/bucket:Bucket",
        "aws:secretsmanager/secret:Secret",
        "gcp:artifactregistry/repository:Repository",
        "gcp:compute/address:Address",
        "gcp:compute/disk:Disk",
        "gcp:compute/network:Network",
        "gcp:container/cluster:Cluster",
        "gcp:dns/managedZone:ManagedZone",
        "gcp:kms/cryptoKey:CryptoKey",
        "gcp:kms/keyRing:KeyRing",
        "gcp:logging/projectBucketConfig:ProjectBucketConfig",
        "gcp:memorystore/instance:Instance",
        "gcp:redis/instance:Instance",
        "gcp:secretmanager/secret:Secret",
        "gcp:sql/databaseInstance:DatabaseInstance",
        "gcp:storage/bucket:Bucket",
        "kubernetes:apps/v1:StatefulSet",
        "kubernetes:core/v1:Namespace",  # what is in it goes with it
        "kubernetes:core/v1:PersistentVolume",
        "kubernetes:core/v1:PersistentVolumeClaim",
    }
)
NODES = ("NodeGroup", "NodePool")
ROLLING = ("version", "releaseVersion", "launchTemplate.version", "nodeConfig")
"""Of these, an update goes over all nodes (EKS `UpdateNodegroupVersion`, GKE upgrades of pools)."""
CONTROL_PLANES = {
    "aws:eks/cluster:Cluster": "version",
    "gcp:container/cluster:Cluster": "minMasterVersion",
}
"""Type to the property whose update puts another Kubernetes on the control plane."""
GPU_POOL = "GpuNodePool"
"""Component that buys GPU nodes, on either cloud."""
_GPU_WORDS = ("nvidia.com/gpu", "guestAccelerators")
_WORKLOADS = (
    *("CronJob", "DaemonSet", "Deployment", "Job", "LeaderWorkerSet", "NodeGroup", "NodePool"),
    *("Pod", "StatefulSet"),
)


def is_stateful(resource: Resource) -> bool:
    """Say whether what it holds is lost with it. What the program protects counts too."""
    return resource.protect or resource.type in STATEFUL


def is_gpu(resource: Resource) -> bool:
    """Say whether it buys nodes with GPUs, or runs on them."""
    if resource.short_type in NODES and f":{GPU_POOL}$" in resource.urn:
        return True
    return resource.short_type in _WORKLOADS and _names_gpus(resource.inputs)


def _names_gpus(value: Value) -> bool:
    if isinstance(value, dict):
        return any(word in value for word in _GPU_WORDS) or any(map(_names_gpus, value.values()))
    if isinstance(value, list):
        return any(map(_names_gpus, value))
    return False

"""How long a name may be, and what happens when it does not fit.

Owns the name limits of the systems that we create things in.
Does not own truncation: a shortened name can collide, so a name that does not fit is an error.
Why budgets: most physical names are the logical name plus a suffix that the provider draws, so that
a replacement can be created before the old thing is deleted. The suffix must fit too.
"""

import hashlib
from dataclasses import dataclass

AWS_SUFFIX = 8
"""Characters that pulumi-aws appends to a logical name: `-` and seven hex digits (7.51.1)."""
GCP_SUFFIX = 8
"""The same of pulumi-gcp (pulumi/pulumi-gcp@ed6078a, provider/resources.go)."""


@dataclass(frozen=True)
class NameBudget:
    """Room for a logical name."""

    what: str
    """The thing that is named, for the error message."""
    limit: int
    """Characters that the system accepts."""
    suffix: int = 0
    """Characters that are appended to the logical name."""

    @property
    def room(self) -> int:
        """Characters left for the logical name."""
        return self.limit - self.suffix


EKS_CLUSTER = NameBudget("EKS cluster", 100)
"""eks:CreateCluster, `name`: 1 to 100 characters (API reference, 2026)."""
EKS_NODE_GROUP = NameBudget("EKS node group", 63, AWS_SUFFIX)
"""eks:CreateNodegroup: node group names have at most 63 characters (user guide, 2026)."""
IAM_ROLE = NameBudget("IAM role", 64, AWS_SUFFIX)
"""iam:CreateRole, `RoleName`: 1 to 64 characters (API reference, 2026)."""
IAM_ROLE_POLICY = NameBudget("IAM inline policy", 128, AWS_SUFFIX)
"""iam:PutRolePolicy, `PolicyName`: 1 to 128 characters (API reference, 2026)."""
KMS_ALIAS = NameBudget("KMS alias", 256)
"""kms:CreateAlias, `AliasName`: 1 to 256 characters with `alias/` (API reference, 2026)."""
S3_BUCKET = NameBudget("S3 bucket", 63, AWS_SUFFIX)
"""S3 user guide, "General purpose bucket naming rules": 3 to 63 characters (2026)."""
ECR_REPOSITORY = NameBudget("ECR repository", 256)
"""ecr:CreateRepository, `repositoryName`: 2 to 256 characters (API reference, 2026)."""
ECR_CACHE_PREFIX = NameBudget("ECR pull-through cache prefix", 30)
"""ecr:CreatePullThroughCacheRule, `ecrRepositoryPrefix`: 2 to 30 characters (botocore 1.44)."""
SECRETS_MANAGER_SECRET = NameBudget("secret of Secrets Manager", 512)
"""secretsmanager:CreateSecret, `Name`: 1 to 512 characters (API reference, 2026)."""
SECRET_MANAGER_SECRET = NameBudget("secret of Secret Manager", 255)
"""secretmanager.projects.secrets.create, `secretId`: up to 255 characters (discovery document)."""
SECURITY_GROUP = NameBudget("EC2 security group", 255, AWS_SUFFIX)
"""ec2:CreateSecurityGroup, `GroupName`: up to 255 characters (API reference, 2026)."""
LAUNCH_TEMPLATE = NameBudget("EC2 launch template", 128, AWS_SUFFIX)
"""ec2:CreateLaunchTemplate, `LaunchTemplateName`: 3 to 128 characters (API reference, 2026)."""
PLACEMENT_GROUP = NameBudget("EC2 placement group", 255, AWS_SUFFIX)
"""ec2:CreatePlacementGroup, `GroupName`: up to 255 characters (API reference, 2026)."""
ELASTICACHE_GROUP = NameBudget("ElastiCache replication group", 40)
"""elasticache:CreateReplicationGroup, `ReplicationGroupId`: 1 to 40 characters (API reference,
2026)."""
ELASTICACHE_USER = NameBudget("ElastiCache user or user group", 40)
"""elasticache:CreateUser, `UserId`: 1 to 40 characters (user guide, RBAC, 2026)."""
ELASTICACHE_PART = NameBudget("ElastiCache subnet or parameter group", 255, AWS_SUFFIX)
"""elasticache:CreateCacheParameterGroup, `CacheParameterGroupName`: 1 to 255 characters, lower case
(API reference, 2026)."""
METRIC_ALARM = NameBudget("CloudWatch alarm", 255, AWS_SUFFIX)
"""cloudwatch:PutMetricAlarm, `AlarmName`: 1 to 255 characters (API reference, 2026)."""
BUDGET = NameBudget("budget of AWS", 100, AWS_SUFFIX)
"""budgets:CreateBudget, `BudgetName`: 1 to 100 characters (botocore 1.44)."""
GOOGLE_BUDGET = NameBudget("budget of Google Cloud", 60)
"""billingbudgets.billingAccounts.budgets.create, `displayName`: up to 60 characters (discovery
document)."""
GKE_CLUSTER = NameBudget("GKE cluster", 40)
"""container.projects.locations.clusters.create, `name`: up to 40 characters (discovery document of
google-api-python-client 2.202.0)."""
GKE_NODE_POOL = NameBudget("GKE node pool", 40, GCP_SUFFIX)
"""GKE refuses longer ones, as it does for clusters
(hashicorp/terraform-provider-google: `name_prefix` of a node pool has 31, for the 9 that
it draws)."""
COMPUTE_RESOURCE = NameBudget("Compute Engine resource", 63, GCP_SUFFIX)
"""compute.networks.insert, `name`: 1 to 63 characters (RFC 1035), as of all of Compute Engine."""
SERVICE_ACCOUNT = NameBudget("Google service account", 30)
"""iam.projects.serviceAccounts.create, `accountId`: 6 to 30 characters (discovery document)."""
CUSTOM_ROLE = NameBudget("IAM custom role", 64)
"""iam.projects.roles.create, `roleId`: 3 to 64 characters (IAM documentation, 2026)."""
KMS_RESOURCE = NameBudget("Cloud KMS key or key ring", 63, GCP_SUFFIX)
"""cloudkms.projects.locations.keyRings.create, `keyRingId`: 1 to 63 characters (discovery
document)."""
MEMORYSTORE_INSTANCE = NameBudget("Memorystore instance", 63)
"""memorystore.projects.locations.instances.create, `instanceId`: 4 to 63 characters (pulumi-gcp
10.2.0)."""
ALERT_POLICY = NameBudget("alert policy", 512)
"""monitoring.projects.alertPolicies.create, `displayName`: up to 512 characters (discovery
document)."""
GCS_BUCKET = NameBudget("Cloud Storage bucket", 63, GCP_SUFFIX)
"""Cloud Storage documentation, "Bucket names": 3 to 63 characters without dots (2026)."""
ARTIFACT_REPOSITORY = NameBudget("Artifact Registry repository", 63)
"""Artifact Registry documentation, "Create standard repositories": up to 63 characters (2026)."""
LOG_BUCKET = NameBudget("log bucket", 100)
"""logging.projects.locations.buckets.create, `bucketId`: up to 100 characters (discovery
document)."""
MANAGED_ZONE = NameBudget("zone of Cloud DNS", 63, GCP_SUFFIX)
"""dns.managedZones.create, `name`: 1 to 63 characters (discovery document)."""
HELM_RELEASE = NameBudget("Helm release", 53)
"""Helm cuts room for suffixes from the 63 of a DNS label (helm.sh, chart template guide)."""
DNS_LABEL = NameBudget("Kubernetes object", 63)
"""RFC 1123 label, which Services and namespaces must be."""
CONFIG_MAP = NameBudget("ConfigMap", 253)
"""RFC 1123 subdomain, which a ConfigMap's name must be (Kubernetes documentation, 2026)."""
SECRET = NameBudget("Secret", 253)
"""The same of a Secret's."""


class NameTooLongError(ValueError):
    """A name that the system which receives it would refuse."""


def fit(name: str, budget: NameBudget) -> str:
    """Return `name` if it fits, else raise `NameTooLongError`."""
    if len(name) <= budget.room:
        return name
    message = (
        f"{budget.what} name: too long, got {name!r} with {len(name)} characters; "
        f"at most {budget.room} fit ({budget.limit} less {budget.suffix} for the random suffix): "
        "shorten the name of the stack, pool or model in it"
    )
    raise NameTooLongError(message)


def digest(text: str) -> str:
    """Return eight characters that stand for a text, where a limit leaves no room for the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def service_account_id(purpose: str, platform: str) -> str:
    """Return the id of a platform's Google service account, `tokenworks-nodes-1a2b3c4d`.

    Fixed: whoever is let into the cluster is known by it, before and after this stack is up. Of 30
    characters the name of a stack may use up all; its digest keeps two platforms apart.
    """
    return fit(f"tokenworks-{purpose}-{digest(platform)}", SERVICE_ACCOUNT)


def service_account_email(purpose: str, platform: str, project: str) -> str:
    """Return the e-mail of a platform's Google service account, by which IAM and GKE know it."""
    return f"{service_account_id(purpose, platform)}@{project}.iam.gserviceaccount.com"

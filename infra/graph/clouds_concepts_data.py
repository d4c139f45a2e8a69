"""Rows of `clouds_concepts`: what a platform keeps, and who may come in."""

from infra.graph.concept import Concept

DATA = (
    Concept(
        "bucket of weights",
        (
            "s3.Bucket",
            "s3.BucketVersioning",
            "s3.BucketServerSideEncryptionConfiguration",
            "s3.BucketPublicAccessBlock",
            "s3.BucketOwnershipControls",
            "s3.BucketPolicy",
            "s3.BucketLifecycleConfiguration",
        ),
        ("storage.Bucket",),
        "One resource for each setting on AWS, one for all on Google Cloud.",
    ),
    Concept(
        "identity of pods",
        ("eks.PodIdentityAssociation", "iam.Role", "iam.RolePolicy"),
        (
            "storage.BucketIAMMember",
            "secretmanager.SecretIamMember",
            "container.Cluster workloadIdentityConfig",
        ),
        "A role for a service account on AWS; on Google Cloud the grant names the pods' own "
        "identity, which a cluster does not tell apart from another of the same project.",
    ),
    Concept(
        "secrets",
        ("secretsmanager.Secret",),
        ("secretmanager.Secret",),
        "Under the platform's key on AWS; under Google's own on Google Cloud, where a key of ours "
        "would need an agent that a project has only once somebody asked for it.",
    ),
    Concept(
        "images",
        ("ecr.Repository", "ecr.LifecyclePolicy"),
        ("artifactregistry.Repository", "artifactregistry.RepositoryIamMember"),
        "One repository for each image on AWS; one for all on Google Cloud, with its readers on "
        "it.",
    ),
    Concept(
        "caches of public registries",
        ("ecr.PullThroughCacheRule",),
        ("artifactregistry.Repository remoteRepositoryConfig",),
        "A rule on AWS, which makes repositories on demand; a repository on Google Cloud, where "
        "Docker Hub needs no account of ours.",
    ),
)
CACHE = (
    Concept(
        "cache",
        (
            "elasticache.ReplicationGroup",
            "elasticache.ParameterGroup",
            "elasticache.SubnetGroup",
        ),
        ("memorystore.Instance", "networkconnectivity.ServiceConnectionPolicy"),
        "ElastiCache stands in the private subnets and has its settings in a group of parameters; "
        "Memorystore has them on the instance, and an address in the network by a policy of it.",
    ),
    Concept(
        "users of the cache",
        ("elasticache.User", "elasticache.UserGroup"),
        ("memorystore.Instance authorizationMode",),
        "A user with rules, whose password is a token of IAM, on AWS; on Google Cloud IAM alone "
        "says who connects, and whoever does may do everything that Memorystore lets anybody do.",
    ),
    Concept(
        "alarms",
        ("cloudwatch.MetricAlarm",),
        ("monitoring.AlertPolicy",),
        "One for each node and metric on AWS; one for each instance and metric on Google Cloud, "
        "which has metrics of a whole instance.",
    ),
    Concept(
        "budget of the month",
        ("budgets.Budget",),
        ("billing.Budget", "monitoring.NotificationChannel"),
        "In the account on AWS, which writes to addresses; on Google Cloud in the billing account "
        "that pays for the project, and it writes to channels of the project.",
    ),
    Concept(
        "unusual days of the bill",
        ("costexplorer.AnomalyMonitor", "costexplorer.AnomalySubscription"),
        (),
        "Google Cloud looks for them by itself in every project, and tells whoever administers the "
        "billing account.",
    ),
)
WAY_IN = (
    Concept(
        "load balancer of the gateway",
        ("chart aws-load-balancer-controller",),
        (),
        "A Service asks for it on both: on AWS of a controller of ours, with rights; on Google "
        "Cloud of the cluster's own.",
    ),
    Concept(
        "zone of the gateway's domain",
        ("route53.Zone",),
        ("dns.ManagedZone", "dns.DnsManagedZoneIamMember"),
        "Who may write into it is a statement of the pods' role on AWS, with the names of the "
        "records in it; on Google Cloud a grant on the zone, which cannot name records. Cloud DNS "
        "signs the zone; Route 53 would need a key in us-east-1.",
    ),
)

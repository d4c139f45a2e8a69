"""What the AWS provider calls for each type of resource that a stack has.

Owns the table: a type that a stack gains must get a row (a test compares). Names are those of the
IAM service authorization reference, 2026; that these calls are all that the provider makes was seen
on no real account, so a first `up` with the role may name one more.
"""

from collections.abc import Mapping

from infra.bootstrap.aws.places import (
    ALARMS,
    ANOMALIES,
    ANYWHERE,
    BUDGETS,
    CACHES,
    CLUSTER,
    IMAGES,
    KEYS,
    LOGS,
    METRICS,
    REGION,
    ROLES,
    SECRETS,
    STORES,
    ZONES,
    Place,
)

CHANGES: Mapping[str, tuple[Place, tuple[str, ...]]] = {
    "aws:amp/workspace:Workspace": (
        METRICS,
        ("aps:DeleteWorkspace", "aps:TagResource", "aps:UntagResource", "aps:UpdateWorkspaceAlias"),
    ),
    "aws:autoscaling/tag:Tag": (
        REGION,
        ("autoscaling:CreateOrUpdateTags", "autoscaling:DeleteTags"),
    ),
    "aws:budgets/budget:Budget": (
        BUDGETS,
        ("budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"),
    ),
    "aws:cloudwatch/logGroup:LogGroup": (
        LOGS,
        (
            *("logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy"),
            *("logs:DeleteRetentionPolicy", "logs:AssociateKmsKey", "logs:DisassociateKmsKey"),
            *("logs:TagResource", "logs:UntagResource"),
        ),
    ),
    "aws:cloudwatch/logStream:LogStream": (LOGS, ("logs:CreateLogStream", "logs:DeleteLogStream")),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        ALARMS,
        (
            *("cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"),
            *("cloudwatch:TagResource", "cloudwatch:UntagResource"),
        ),
    ),
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": (
        ANOMALIES,
        (
            *("ce:UpdateAnomalyMonitor", "ce:DeleteAnomalyMonitor"),
            *("ce:TagResource", "ce:UntagResource"),
        ),
    ),
    "aws:costexplorer/anomalySubscription:AnomalySubscription": (
        ANOMALIES,
        ("ce:UpdateAnomalySubscription", "ce:DeleteAnomalySubscription"),
    ),
    "aws:ec2/eip:Eip": (
        REGION,
        (
            *("ec2:AllocateAddress", "ec2:ReleaseAddress", "ec2:DisassociateAddress"),
            *("ec2:CreateTags", "ec2:DeleteTags"),
        ),
    ),
    "aws:ec2/flowLog:FlowLog": (REGION, ("ec2:CreateFlowLogs", "ec2:DeleteFlowLogs")),
    "aws:ec2/internetGateway:InternetGateway": (
        REGION,
        (
            *("ec2:CreateInternetGateway", "ec2:DeleteInternetGateway"),
            *("ec2:AttachInternetGateway", "ec2:DetachInternetGateway"),
        ),
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        REGION,
        (
            *("ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion"),
            *("ec2:ModifyLaunchTemplate", "ec2:DeleteLaunchTemplate", "ec2:RunInstances"),
        ),
    ),
    "aws:ec2/natGateway:NatGateway": (REGION, ("ec2:CreateNatGateway", "ec2:DeleteNatGateway")),
    "aws:ec2/placementGroup:PlacementGroup": (
        REGION,
        ("ec2:CreatePlacementGroup", "ec2:DeletePlacementGroup"),
    ),
    "aws:ec2/route:Route": (
        REGION,
        ("ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:DeleteRoute"),
    ),
    "aws:ec2/routeTable:RouteTable": (REGION, ("ec2:CreateRouteTable", "ec2:DeleteRouteTable")),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (
        REGION,
        (
            *("ec2:AssociateRouteTable", "ec2:DisassociateRouteTable"),
            "ec2:ReplaceRouteTableAssociation",
        ),
    ),
    "aws:ec2/securityGroup:SecurityGroup": (
        REGION,
        (
            *("ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup"),
            *("ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"),
            *("ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"),
        ),
    ),
    "aws:ec2/subnet:Subnet": (
        REGION,
        ("ec2:CreateSubnet", "ec2:DeleteSubnet", "ec2:ModifySubnetAttribute"),
    ),
    "aws:ec2/vpc:Vpc": (REGION, ("ec2:CreateVpc", "ec2:DeleteVpc", "ec2:ModifyVpcAttribute")),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (
        REGION,
        ("ec2:CreateVpcEndpoint", "ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"),
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": (
        IMAGES,
        ("ecr:PutLifecyclePolicy", "ecr:DeleteLifecyclePolicy"),
    ),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": (
        REGION,
        (
            *("ecr:CreatePullThroughCacheRule", "ecr:DeletePullThroughCacheRule"),
            "ecr:UpdatePullThroughCacheRule",
        ),
    ),
    "aws:ecr/repository:Repository": (
        IMAGES,
        (
            *("ecr:CreateRepository", "ecr:DeleteRepository", "ecr:BatchDeleteImage"),
            *("ecr:PutImageTagMutability", "ecr:PutImageScanningConfiguration"),
            *("ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy"),
            *("ecr:TagResource", "ecr:UntagResource"),
        ),
    ),
    "aws:eks/accessEntry:AccessEntry": (
        CLUSTER,
        ("eks:CreateAccessEntry", "eks:UpdateAccessEntry", "eks:DeleteAccessEntry"),
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (
        CLUSTER,
        ("eks:AssociateAccessPolicy", "eks:DisassociateAccessPolicy"),
    ),
    "aws:eks/addon:Addon": (CLUSTER, ("eks:CreateAddon", "eks:UpdateAddon", "eks:DeleteAddon")),
    "aws:eks/cluster:Cluster": (
        CLUSTER,
        (
            *("eks:CreateCluster", "eks:DeleteCluster", "eks:UpdateClusterConfig"),
            *("eks:UpdateClusterVersion", "eks:TagResource", "eks:UntagResource"),
        ),
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        CLUSTER,
        (
            *("eks:CreateNodegroup", "eks:DeleteNodegroup"),
            *("eks:UpdateNodegroupConfig", "eks:UpdateNodegroupVersion"),
        ),
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (
        CLUSTER,
        (
            *("eks:CreatePodIdentityAssociation", "eks:UpdatePodIdentityAssociation"),
            "eks:DeletePodIdentityAssociation",
        ),
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": (
        CACHES,
        (
            *("elasticache:CreateCacheParameterGroup", "elasticache:DeleteCacheParameterGroup"),
            *("elasticache:ModifyCacheParameterGroup", "elasticache:ResetCacheParameterGroup"),
            *("elasticache:AddTagsToResource", "elasticache:RemoveTagsFromResource"),
        ),
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        CACHES,
        (
            *("elasticache:CreateReplicationGroup", "elasticache:DeleteReplicationGroup"),
            *("elasticache:ModifyReplicationGroup", "elasticache:IncreaseReplicaCount"),
            *("elasticache:DecreaseReplicaCount", "elasticache:CreateSnapshot"),
        ),
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": (
        CACHES,
        (
            *("elasticache:CreateCacheSubnetGroup", "elasticache:DeleteCacheSubnetGroup"),
            "elasticache:ModifyCacheSubnetGroup",
        ),
    ),
    "aws:elasticache/user:User": (
        CACHES,
        ("elasticache:CreateUser", "elasticache:DeleteUser", "elasticache:ModifyUser"),
    ),
    "aws:elasticache/userGroup:UserGroup": (
        CACHES,
        (
            *("elasticache:CreateUserGroup", "elasticache:DeleteUserGroup"),
            "elasticache:ModifyUserGroup",
        ),
    ),
    "aws:iam/role:Role": (
        ROLES,
        (
            *("iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole", "iam:UpdateRoleDescription"),
            *("iam:UpdateAssumeRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:PassRole"),
        ),
    ),
    "aws:iam/rolePolicy:RolePolicy": (ROLES, ("iam:PutRolePolicy", "iam:DeleteRolePolicy")),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (
        ROLES,
        ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
    ),
    "aws:kms/alias:Alias": (
        KEYS,
        ("kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"),
    ),
    "aws:kms/key:Key": (
        KEYS,
        (
            *("kms:PutKeyPolicy", "kms:EnableKeyRotation", "kms:ScheduleKeyDeletion"),
            *("kms:UpdateKeyDescription", "kms:TagResource", "kms:UntagResource"),
            *("kms:CreateGrant", "kms:DisableKey", "kms:EnableKey"),
            *("kms:GenerateDataKey", "kms:Decrypt"),
        ),
    ),
    "aws:route53/zone:Zone": (
        ZONES,
        (
            *("route53:DeleteHostedZone", "route53:UpdateHostedZoneComment"),
            *("route53:ChangeTagsForResource", "route53:ChangeResourceRecordSets"),
        ),
    ),
    "aws:s3/bucket:Bucket": (
        STORES,
        (
            *("s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketTagging", "s3:DeleteObject"),
            *("s3:DeleteObjectVersion", "s3:ListBucketVersions"),
        ),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        STORES,
        ("s3:PutLifecycleConfiguration",),
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (
        STORES,
        ("s3:PutBucketOwnershipControls",),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": (STORES, ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy")),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (
        STORES,
        ("s3:PutBucketPublicAccessBlock",),
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        STORES,
        ("s3:PutEncryptionConfiguration",),
    ),
    "aws:s3/bucketVersioning:BucketVersioning": (STORES, ("s3:PutBucketVersioning",)),
    "aws:secretsmanager/secret:Secret": (
        SECRETS,
        (
            *("secretsmanager:CreateSecret", "secretsmanager:DeleteSecret"),
            *("secretsmanager:UpdateSecret", "secretsmanager:RestoreSecret"),
            *("secretsmanager:PutResourcePolicy", "secretsmanager:DeleteResourcePolicy"),
            *("secretsmanager:TagResource", "secretsmanager:UntagResource"),
        ),
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (
        REGION,
        ("ec2:ModifySecurityGroupRules",),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        REGION,
        ("ec2:ModifySecurityGroupRules",),
    ),
}
"""Type of a resource to where it is, and what makes, changes and destroys it."""
NEW: tuple[str, ...] = (
    *("ce:CreateAnomalyMonitor", "ce:CreateAnomalySubscription"),
    *("aps:CreateWorkspace", "kms:CreateKey", "route53:CreateHostedZone"),
)
"""Calls that make something whose name nobody knows before it is there."""
READS: Mapping[Place, tuple[str, ...]] = {
    ANYWHERE: (
        *("aps:ListWorkspaces", "autoscaling:DescribeAutoScalingGroups"),
        *("autoscaling:DescribeTags", "cloudwatch:DescribeAlarms"),
        *("ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute"),
        *("ec2:DescribeAvailabilityZones", "ec2:DescribeFlowLogs", "ec2:DescribeImages"),
        *("ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes"),
        *("ec2:DescribeInternetGateways", "ec2:DescribeLaunchTemplates"),
        *("ec2:DescribeLaunchTemplateVersions", "ec2:DescribeManagedPrefixLists"),
        *("ec2:DescribeNatGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces"),
        *("ec2:DescribePlacementGroups", "ec2:DescribePrefixLists", "ec2:DescribeRouteTables"),
        *("ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSubnets"),
        *("ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs"),
        *("ecr:DescribePullThroughCacheRules", "eks:DescribeAddonVersions"),
        *("kms:ListAliases", "logs:DescribeLogGroups", "route53:ListHostedZones"),
        *("route53:GetChange", "sts:GetCallerIdentity"),
    ),
    ALARMS: ("cloudwatch:ListTagsForResource",),
    METRICS: ("aps:DescribeWorkspace", "aps:ListTagsForResource"),
    ANOMALIES: (
        *("ce:GetAnomalyMonitors", "ce:GetAnomalySubscriptions", "ce:ListTagsForResource"),
    ),
    BUDGETS: ("budgets:ListTagsForResource", "budgets:ViewBudget"),
    CACHES: (
        *("elasticache:DescribeCacheClusters", "elasticache:DescribeCacheParameterGroups"),
        *("elasticache:DescribeCacheParameters", "elasticache:DescribeCacheSubnetGroups"),
        *("elasticache:DescribeReplicationGroups", "elasticache:DescribeUserGroups"),
        *("elasticache:DescribeUsers", "elasticache:ListTagsForResource"),
    ),
    CLUSTER: (
        *("eks:DescribeAccessEntry", "eks:DescribeAddon", "eks:DescribeAddonConfiguration"),
        *("eks:DescribeCluster", "eks:DescribeNodegroup", "eks:DescribePodIdentityAssociation"),
        *("eks:DescribeUpdate", "eks:ListAssociatedAccessPolicies", "eks:ListTagsForResource"),
        *("eks:ListPodIdentityAssociations",),
    ),
    IMAGES: (
        *("ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy"),
        "ecr:ListTagsForResource",
    ),
    KEYS: (
        *("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"),
        "kms:ListResourceTags",
    ),
    LOGS: ("logs:DescribeLogStreams", "logs:ListTagsForResource"),
    ROLES: (
        *("iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"),
        *("iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:ListRoleTags"),
    ),
    SECRETS: ("secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"),
    STORES: (
        *("s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS"),
        *("s3:GetBucketLocation", "s3:GetBucketLogging", "s3:GetBucketObjectLockConfiguration"),
        *("s3:GetBucketOwnershipControls", "s3:GetBucketPolicy"),
        *("s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment", "s3:GetBucketTagging"),
        *("s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration"),
        *("s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket"),
    ),
    ZONES: ("route53:GetHostedZone", "route53:ListResourceRecordSets"),
}
"""Where to what a preview and a refresh read there."""

"""How the parts of a foundation on AWS are changed or destroyed: the calls that do it.

Owns the table, for tests that ask who may. A type that a foundation gains must get a row.
Names are those of the IAM service authorization reference (2026); all but a few are API operations
of the same name, and a test compares them.
"""

from collections.abc import Mapping

_BUCKET = (
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:DeleteBucket",
    "s3:PutBucketAcl",
)

ALTERING: Mapping[str, tuple[str, ...]] = {
    "aws:amp/workspace:Workspace": (
        "aps:DeleteWorkspace",
        "aps:RemoteWrite",
        "aps:UpdateWorkspaceAlias",
    ),
    "aws:autoscaling/tag:Tag": (
        "autoscaling:CreateOrUpdateTags",
        "autoscaling:DeleteAutoScalingGroup",
        "autoscaling:SetDesiredCapacity",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
        "autoscaling:UpdateAutoScalingGroup",
    ),
    "aws:budgets/budget:Budget": ("budgets:ModifyBudget",),
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": (
        "ce:CreateAnomalyMonitor",
        "ce:DeleteAnomalyMonitor",
        "ce:UpdateAnomalyMonitor",
    ),
    "aws:costexplorer/anomalySubscription:AnomalySubscription": (
        "ce:CreateAnomalySubscription",
        "ce:DeleteAnomalySubscription",
        "ce:UpdateAnomalySubscription",
    ),
    "aws:cloudwatch/logGroup:LogGroup": (
        "logs:DeleteLogGroup",
        "logs:DeleteLogStream",
        "logs:PutLogEvents",
        "logs:PutRetentionPolicy",
        "logs:DisassociateKmsKey",
    ),
    "aws:cloudwatch/logStream:LogStream": ("logs:DeleteLogStream", "logs:PutLogEvents"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DisableAlarmActions",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:SetAlarmState",
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": (
        "elasticache:DeleteCacheParameterGroup",
        "elasticache:ModifyCacheParameterGroup",
        "elasticache:ResetCacheParameterGroup",
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "elasticache:CreateSnapshot",
        "elasticache:DecreaseReplicaCount",
        "elasticache:DeleteReplicationGroup",
        "elasticache:IncreaseReplicaCount",
        "elasticache:ModifyReplicationGroup",
        "elasticache:RebootCacheCluster",
        "elasticache:TestFailover",
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": (
        "elasticache:DeleteCacheSubnetGroup",
        "elasticache:ModifyCacheSubnetGroup",
    ),
    "aws:elasticache/user:User": (
        "elasticache:CreateUser",
        "elasticache:DeleteUser",
        "elasticache:ModifyUser",
    ),
    "aws:elasticache/userGroup:UserGroup": (
        "elasticache:DeleteUserGroup",
        "elasticache:ModifyUserGroup",
    ),
    "aws:ec2/eip:Eip": ("ec2:DisassociateAddress", "ec2:ReleaseAddress"),
    "aws:ec2/flowLog:FlowLog": ("ec2:DeleteFlowLogs",),
    "aws:ec2/internetGateway:InternetGateway": (
        "ec2:DeleteInternetGateway",
        "ec2:DetachInternetGateway",
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        "ec2:CreateLaunchTemplateVersion",
        "ec2:DeleteLaunchTemplate",
        "ec2:ModifyLaunchTemplate",
        "ec2:RunInstances",
        "ec2:TerminateInstances",
    ),
    "aws:ec2/natGateway:NatGateway": ("ec2:DeleteNatGateway",),
    "aws:ec2/placementGroup:PlacementGroup": ("ec2:DeletePlacementGroup",),
    "aws:ec2/route:Route": ("ec2:CreateRoute", "ec2:DeleteRoute", "ec2:ReplaceRoute"),
    "aws:ec2/routeTable:RouteTable": ("ec2:DeleteRouteTable",),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (
        "ec2:DisassociateRouteTable",
        "ec2:ReplaceRouteTableAssociation",
    ),
    "aws:ec2/securityGroup:SecurityGroup": (
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:DeleteSecurityGroup",
        "ec2:RevokeSecurityGroupIngress",
    ),
    "aws:ec2/subnet:Subnet": ("ec2:DeleteSubnet", "ec2:ModifySubnetAttribute"),
    "aws:ec2/vpc:Vpc": ("ec2:DeleteVpc", "ec2:ModifyVpcAttribute"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": (
        "ecr:DeleteLifecyclePolicy",
        "ecr:PutLifecyclePolicy",
    ),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": (
        "ecr:CreatePullThroughCacheRule",
        "ecr:DeletePullThroughCacheRule",
    ),
    "aws:ecr/repository:Repository": (
        "ecr:BatchDeleteImage",
        "ecr:CompleteLayerUpload",
        "ecr:CreateRepository",
        "ecr:DeleteRepository",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:PutImageTagMutability",
        "ecr:SetRepositoryPolicy",
        "ecr:UploadLayerPart",
    ),
    "aws:eks/accessEntry:AccessEntry": (
        "eks:CreateAccessEntry",
        "eks:DeleteAccessEntry",
        "eks:UpdateAccessEntry",
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (
        "eks:AssociateAccessPolicy",
        "eks:DisassociateAccessPolicy",
    ),
    "aws:eks/addon:Addon": ("eks:CreateAddon", "eks:DeleteAddon", "eks:UpdateAddon"),
    "aws:eks/cluster:Cluster": (
        "eks:DeleteCluster",
        "eks:UpdateClusterConfig",
        "eks:UpdateClusterVersion",
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        "eks:CreateNodegroup",
        "eks:DeleteNodegroup",
        "eks:UpdateNodegroupConfig",
        "eks:UpdateNodegroupVersion",
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (
        "eks:CreatePodIdentityAssociation",
        "eks:DeletePodIdentityAssociation",
        "eks:UpdatePodIdentityAssociation",
    ),
    "aws:iam/role:Role": (
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:PassRole",
        "iam:UpdateAssumeRolePolicy",
        "sts:AssumeRole",
    ),
    "aws:iam/rolePolicy:RolePolicy": ("iam:DeleteRolePolicy", "iam:PutRolePolicy"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("iam:DetachRolePolicy",),
    "aws:kms/alias:Alias": ("kms:DeleteAlias", "kms:UpdateAlias"),
    "aws:kms/key:Key": (
        "kms:CreateGrant",
        "kms:DisableKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
    ),
    "aws:route53/zone:Zone": (
        "route53:AssociateVPCWithHostedZone",
        "route53:CreateHostedZone",
        "route53:DeleteHostedZone",
        "route53:UpdateHostedZoneComment",
    ),
    "aws:secretsmanager/secret:Secret": (
        "secretsmanager:CreateSecret",
        "secretsmanager:DeleteResourcePolicy",
        "secretsmanager:DeleteSecret",
        "secretsmanager:PutResourcePolicy",
        "secretsmanager:PutSecretValue",
        "secretsmanager:RestoreSecret",
        "secretsmanager:UpdateSecret",
    ),
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        "s3:PutLifecycleConfiguration",
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ("s3:PutBucketOwnershipControls",),
    "aws:s3/bucketPolicy:BucketPolicy": ("s3:DeleteBucketPolicy", "s3:PutBucketPolicy"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "s3:PutEncryptionConfiguration",
    ),
    "aws:s3/bucketVersioning:BucketVersioning": ("s3:PutBucketVersioning",),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("ec2:RevokeSecurityGroupEgress",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        "ec2:ModifySecurityGroupRules",
        "ec2:RevokeSecurityGroupIngress",
    ),
}
"""Type of a resource to the actions that change or destroy one."""

NO_OPERATION_OF_THAT_NAME: Mapping[str, str] = {
    "aps:RemoteWrite": "Prometheus' own protocol, at the address of a workspace",
    "budgets:ModifyBudget": "every operation that changes a budget or whom it tells",
    "iam:PassRole": "a permission alone, asked when a role is handed to a service",
    "s3:DeleteObjectVersion": "operation DeleteObject, with a version",
    "s3:PutBucketPublicAccessBlock": "operation PutPublicAccessBlock",
    "s3:PutEncryptionConfiguration": "operation PutBucketEncryption",
    "s3:PutLifecycleConfiguration": "operation PutBucketLifecycleConfiguration",
}
"""Actions that are no API operation, and what asks for them."""

REAL_ARNS = (
    "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:1:autoScalingGroupName/eks-l4",
    "arn:aws:ec2:{region}:{account}:instance/i-1",
    "arn:aws:ec2:{region}:{account}:security-group/sg-1",
    "arn:aws:eks:{region}:{account}:cluster/{cluster}",
    "arn:aws:eks:{region}:{account}:nodegroup/{cluster}/l4/1",
    "arn:aws:eks:{region}:{account}:addon/{cluster}/vpc-cni/1",
    "arn:aws:eks:{region}:{account}:access-entry/{cluster}/role/{account}/admin/1",
    "arn:aws:eks:{region}:{account}:podidentityassociation/{cluster}/a-1",
    "arn:aws:logs:{region}:{account}:log-group:/aws/eks/{cluster}/cluster:*",
)
"""The forms of ARNs that a recorded graph does not give (same reference)."""

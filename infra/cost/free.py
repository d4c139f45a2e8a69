"""What costs nothing by itself, and why. A type neither here nor priced is unpriced by name."""

from collections.abc import Mapping

_ACCESS = "rights and identities are free"
_WIRING = "a network's own parts are free; what passes through is billed at gateways and endpoints"
_SETTING = "a setting of something that is billed itself"
_NODES = "runs on nodes, which are billed by the hour"
_RULES = "an object of the cluster that makes nothing in the cloud"

FREE: Mapping[str, str] = {
    "aws:autoscaling/tag:Tag": "tags are free",
    "aws:ec2/flowLog:FlowLog": "billed as logs of its log group",
    "aws:ec2/internetGateway:InternetGateway": _WIRING,
    "aws:ec2/launchTemplate:LaunchTemplate": "its disks are billed with the nodes that it makes",
    "aws:ec2/placementGroup:PlacementGroup": "placement is free",
    "aws:ec2/route:Route": _WIRING,
    "aws:ec2/routeTable:RouteTable": _WIRING,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _WIRING,
    "aws:ec2/securityGroup:SecurityGroup": _WIRING,
    "aws:ec2/subnet:Subnet": _WIRING,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _SETTING,
    "aws:eks/accessEntry:AccessEntry": _ACCESS,
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": _ACCESS,
    "aws:eks/addon:Addon": "add-ons of EKS are free; they run on nodes",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": _ACCESS,
    "aws:iam/role:Role": _ACCESS,
    "aws:iam/rolePolicy:RolePolicy": _ACCESS,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _ACCESS,
    "aws:kms/alias:Alias": _SETTING,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _SETTING,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _SETTING,
    "aws:s3/bucketPolicy:BucketPolicy": _SETTING,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _SETTING,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        _SETTING
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _SETTING,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _WIRING,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _WIRING,
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": _ACCESS,
    "gcp:compute/firewall:Firewall": _WIRING,
    "gcp:compute/resourcePolicy:ResourcePolicy": "placement is free",
    "gcp:compute/router:Router": _WIRING,
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": _ACCESS,
    "gcp:kms/keyRing:KeyRing": "keys are billed, not their ring",
    "gcp:logging/projectExclusion:ProjectExclusion": _SETTING,
    "gcp:logging/projectSink:ProjectSink": _SETTING,
    "gcp:projects/iAMCustomRole:IAMCustomRole": _ACCESS,
    "gcp:projects/iAMMember:IAMMember": _ACCESS,
    "gcp:serviceaccount/account:Account": _ACCESS,
    "gcp:serviceaccount/iAMMember:IAMMember": _ACCESS,
    "gcp:storage/bucketIAMMember:BucketIAMMember": _ACCESS,
    "kubernetes:apps/v1:DaemonSet": _NODES,
    "kubernetes:apps/v1:Deployment": _NODES,
    "kubernetes:core/v1:ConfigMap": _RULES,
    "kubernetes:core/v1:Namespace": _RULES,
    "kubernetes:core/v1:ResourceQuota": _RULES,
    "kubernetes:core/v1:Secret": _RULES,
    "kubernetes:core/v1:ServiceAccount": _RULES,
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": _RULES,
    "kubernetes:policy/v1:PodDisruptionBudget": _RULES,
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": _RULES,
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": _RULES,
    "kubernetes:rbac.authorization.k8s.io/v1:Role": _RULES,
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": _RULES,
    "kubernetes:scheduling.k8s.io/v1:PriorityClass": _RULES,
    "kubernetes:storage.k8s.io/v1:StorageClass": "volumes are billed, not their class",
    "pulumi:pulumi:Stack": "the engine's own",
    "pulumi:pulumi:StackReference": "the engine's own",
    "pulumi:providers:aws": "the engine's own",
    "pulumi:providers:gcp": "the engine's own",
    "pulumi:providers:kubernetes": "the engine's own",
}

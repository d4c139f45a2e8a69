"""What most tests need before their own step: networks, roles, clusters, groups."""

import json
from dataclasses import dataclass, field, replace

import pytest

from infra.preflight.aws import catalogue
from infra.rehearsal.aws.account import Account
from infra.wire import Properties, Value
from tests.unit.rehearsal.aws.harness import TRUST_EC2, TRUST_EKS, Engine, FakeApi
from tests.unit.rehearsal.cloud.wire import Made, PartlyError, RefusedError

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ADDRESS = "aws:ec2/eip:Eip"
NAT = "aws:ec2/natGateway:NatGateway"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POLICY = "aws:iam/policy:Policy"
INLINE = "aws:iam/rolePolicy:RolePolicy"
PROFILE = "aws:iam/instanceProfile:InstanceProfile"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
WORKSPACE = "aws:amp/workspace:Workspace"
STREAM = "aws:cloudwatch/logStream:LogStream"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
BUCKET = "aws:s3/bucket:Bucket"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BUCKET_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
SECRET = "aws:secretsmanager/secret:Secret"
ZONE = "aws:route53/zone:Zone"
REPOSITORY = "aws:ecr/repository:Repository"
IMAGE_LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
CACHE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
CACHE_SUBNETS = "aws:elasticache/subnetGroup:SubnetGroup"
CACHE_PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup"
CACHE_USER = "aws:elasticache/user:User"
CACHE_USERS = "aws:elasticache/userGroup:UserGroup"
CACHE_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
SCALING_TAG = "aws:autoscaling/tag:Tag"
PLACEMENT = "aws:ec2/placementGroup:PlacementGroup"
ENTRY = "aws:eks/accessEntry:AccessEntry"
ADDON = "aws:eks/addon:Addon"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
GRANT = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
MANAGED = "arn:aws:iam::aws:policy/"
NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKS_CNI_Policy",
)


@dataclass
class Network:
    """A VPC and its subnets."""

    vpc: Made
    subnets: list[Made]

    @property
    def subnet_ids(self) -> list[Value]:
        """Ids of the subnets."""
        return [subnet.physical_id for subnet in self.subnets]


@dataclass
class Scene:
    """Makes things and remembers them for deletion."""

    engine: Engine
    api: FakeApi
    made: list[Made] = field(default_factory=list)

    def make(self, kind: str, **inputs: Value) -> Made:
        """Create a thing."""
        thing = self.engine.create(kind, inputs)
        self.made.append(thing)
        return thing

    def drop(self, thing: Made) -> None:
        """Delete a thing now."""
        self.engine.delete(thing)
        self.made = [item for item in self.made if item is not thing]

    def clear(self) -> None:
        """Delete everything, last first; nodes leave with their groups."""
        self.api.ready.clear()
        self.api.waiting.clear()
        self.api.edited.clear()
        for thing in reversed(self.made):
            self.engine.delete(thing)
        self.made = []

    def network(self, zones: str = "ab") -> Network:
        """A VPC with a subnet in each zone."""
        vpc = self.make(VPC, cidrBlock="10.0.0.0/16")
        subnets = [
            self.make(
                SUBNET,
                vpcId=vpc.physical_id,
                cidrBlock=f"10.0.{number}.0/24",
                availabilityZone=f"us-east-1{zone}",
            )
            for number, zone in enumerate(zones)
        ]
        return Network(vpc, subnets)

    def role(self) -> Made:
        """A role for EKS that may do nothing."""
        return self.make(ROLE, assumeRolePolicy=TRUST_EKS)

    def role_with(self, trust: str, *policies: str) -> Made:
        """A role that has policies of AWS."""
        role = self.make(ROLE, assumeRolePolicy=trust)
        for policy in policies:
            self.make(ATTACHMENT, role=role.physical_id, policyArn=MANAGED + policy)
        return role

    def cluster_role(self) -> Made:
        """A role that EKS takes for a cluster."""
        return self.role_with(TRUST_EKS, "AmazonEKSClusterPolicy")

    def node_role(self) -> Made:
        """A role whose nodes join and are healthy."""
        return self.role_with(TRUST_EC2, *NODE_POLICIES)

    def pod_role(self, service: str = "pods.eks.amazonaws.com", *actions: str) -> Made:
        """A role that a service may assume; by default one for pods."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": list(actions or ("sts:AssumeRole", "sts:TagSession")),
        }
        document = {"Version": "2012-10-17", "Statement": [statement]}
        return self.make(ROLE, assumeRolePolicy=json.dumps(document))

    def cluster(self, network: Network, **inputs: Value) -> Made:
        """A cluster whose administrators are access entries."""
        defaults: Properties = {
            "name": "tokenworks-dev",
            "version": "1.35",
            "vpcConfig": {"subnetIds": network.subnet_ids},
            "accessConfig": {"authenticationMode": "API"},
        }
        if "roleArn" not in inputs:
            defaults["roleArn"] = self.cluster_role()["arn"]
        return self.make(CLUSTER, **(defaults | inputs))

    def node_group_inputs(self, cluster: Made, network: Network) -> Properties:
        """Inputs of a group of no nodes."""
        return {
            "clusterName": cluster["name"],
            "nodeRoleArn": self.node_role()["arn"],
            "subnetIds": network.subnet_ids,
            "instanceTypes": ["g6.xlarge"],
            "amiType": "AL2023_x86_64_NVIDIA",
            "scalingConfig": {"minSize": 0, "desiredSize": 0, "maxSize": 2},
        }


@dataclass(frozen=True)
class AccountFacts:
    """The facts of the account, which a test may change."""

    account: Account

    def have(self, quota: catalogue.Quota, value: int) -> None:
        """Set a quota."""
        quotas = {**self.account.facts.quotas, quota.code: value}
        self.account.facts = replace(self.account.facts, quotas=quotas)

    def sold(self, machine_type: str, *zones: str) -> None:
        """Say which zones sell a machine type."""
        self.account.facts = replace(self.account.facts, offerings={machine_type: zones})


def refused(scene: Scene, kind: str, **inputs: Value) -> str:
    """Return what a person reads when a thing is refused before it exists."""
    with pytest.raises(RefusedError) as error:
        scene.make(kind, **inputs)
    assert not isinstance(error.value, PartlyError)
    return str(error.value)


def kept(scene: Scene, thing: Made) -> str:
    """Return what a person reads when a thing cannot be deleted."""
    with pytest.raises(RefusedError) as error:
        scene.engine.delete(thing)
    return str(error.value)

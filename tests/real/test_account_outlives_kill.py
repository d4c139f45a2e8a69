"""SIGKILL for the simulated AWS: started again, it has the same things, with the same ids."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from infra.aws_api import listed, pages
from infra.cloud_error import CloudApiError
from infra.rehearsal.cloud.recording import timeless
from infra.rehearsal.clouds import aws
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.loopback_api import LoopbackAwsApi
from infra.replies import texts
from tests.support.simulated_cloud import REGION, Daemon
from tests.unit.rehearsal.aws.harness import TRUST_EKS, Engine, FakeApi
from tests.unit.rehearsal.aws.scene import (
    ADDON,
    ALIAS,
    ATTACHMENT,
    BUCKET,
    CACHE,
    ENDPOINT,
    ENTRY,
    GRANT,
    GROUP,
    IDENTITY,
    KEY,
    NODES,
    REPOSITORY,
    ROLE,
    TEMPLATE,
    VERSIONING,
    Network,
    Scene,
)

pytestmark = pytest.mark.real

ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
LISTS = (
    ("ec2", "DescribeVpcs", "Vpcs"),
    ("ec2", "DescribeSubnets", "Subnets"),
    ("ec2", "DescribeRouteTables", "RouteTables"),
    ("ec2", "DescribeSecurityGroups", "SecurityGroups"),
    ("ec2", "DescribeNetworkAcls", "NetworkAcls"),
    ("ec2", "DescribeLaunchTemplates", "LaunchTemplates"),
    ("ec2", "DescribeTags", "Tags"),
    ("ec2", "DescribeVpcEndpoints", "VpcEndpoints"),
    ("ec2", "DescribeNetworkInterfaces", "NetworkInterfaces"),
    ("ecr", "DescribeRepositories", "repositories"),
    ("ecr", "DescribePullThroughCacheRules", "pullThroughCacheRules"),
    ("s3", "ListBuckets", "Buckets"),
    ("kms", "ListKeys", "Keys"),
    ("kms", "ListAliases", "Aliases"),
    ("iam", "ListRoles", "Roles"),
    ("iam", "ListUsers", "Users"),
    ("logs", "DescribeLogGroups", "logGroups"),
)
NODES_SECONDS = 30.0
NODE_GROUP = "nodes-of-the-kill-test"


class Account(Daemon):
    """The simulated AWS, and all that can be seen in it."""

    @property
    def api(self) -> LoopbackAwsApi:
        """Its API, as an operator has it."""
        return aws.api(self.door)

    @property
    def written(self) -> int:
        return self.journal.stat().st_size

    def world(self) -> dict[str, object]:
        """Return all that can be seen, without times."""
        seen: dict[str, object] = {
            operation: listed(self.api, service, operation, at) for service, operation, at in LISTS
        }
        for cluster in texts(self.api.call("eks", "ListClusters"), "clusters"):
            seen |= self._inside(cluster)
        return {
            what: timeless(json.loads(json.dumps(found)))
            for what, found in (seen | {"key": self.api.secret_access_key}).items()
        }

    def _inside(self, cluster: str) -> dict[str, object]:
        api, at = self.api, {"clusterName": cluster}
        seen: dict[str, object] = {"cluster": api.call("eks", "DescribeCluster", name=cluster)}
        entries = texts(api.call("eks", "ListAccessEntries", clusterName=cluster), "accessEntries")
        for entry in entries:
            for operation in ("DescribeAccessEntry", "ListAssociatedAccessPolicies"):
                reply = api.call("eks", operation, clusterName=cluster, principalArn=entry)
                seen[f"{operation} {entry}"] = reply
        groups = [
            group
            for page in pages(api, "eks", "ListNodegroups", clusterName=cluster)
            for group in texts(page, "nodegroups")
        ]
        for group in groups:
            seen[group] = api.call("eks", "DescribeNodegroup", **at, nodegroupName=group)
        return seen


@pytest.fixture
def daemon(tmp_path: Path, control_plane: ControlPlane) -> Iterator[Account]:
    """A simulated AWS whose clusters are the tests' API server."""
    made = Account(tmp_path, control_plane)
    made.start()
    yield made
    made.kill()


def _fill(scene: Scene) -> None:
    network = scene.network()
    cluster = scene.cluster(network)
    template = scene.make(TEMPLATE, tags={"Name": "a template"})
    scene.make(
        NODES,
        **scene.node_group_inputs(cluster, network),
        nodeGroupName=NODE_GROUP,
        launchTemplate={"id": template.physical_id, "version": "1"},
        tags={"Name": "a group"},
    )
    role = scene.role()
    policy = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    scene.make(ATTACHMENT, role=role["name"], policyArn=policy)
    entry = {"clusterName": cluster["name"], "principalArn": role["arn"]}
    scene.make(ENTRY, **entry)
    scene.make(GRANT, **entry, policyArn=ADMIN, accessScope={"type": "cluster"})
    scene.make(
        IDENTITY,
        clusterName=cluster["name"],
        namespace="models",
        serviceAccount="model-server",
        roleArn=scene.pod_role()["arn"],
    )
    scene.make(ADDON, clusterName=cluster["name"], addonName="vpc-cni")
    scene.drop(scene.make(ROLE, assumeRolePolicy=TRUST_EKS))
    _fill_around(scene, network)


def _fill_around(scene: Scene, network: Network) -> None:
    """What stands beside the cluster, most of it from gap code of its own."""
    key = scene.make(KEY, enableKeyRotation=True, tags={"Name": "a key"})
    scene.make(ALIAS, name="alias/of-the-kill-test", targetKeyId=key.physical_id)
    bucket = scene.make(BUCKET, bucket="tokenworks-kill-test", tags={"Name": "a bucket"})
    scene.make(VERSIONING, bucket=bucket.physical_id, versioningConfiguration={"status": "Enabled"})
    scene.make(REPOSITORY, name="kill-test/model-server", tags={"Name": "images"})
    scene.make(CACHE, ecrRepositoryPrefix="quay", upstreamRegistryUrl="quay.io")
    group = scene.make(GROUP, vpcId=network.vpc.physical_id)
    scene.make(
        ENDPOINT,
        vpcId=network.vpc.physical_id,
        serviceName=f"com.amazonaws.{REGION}.ecr.api",
        vpcEndpointType="Interface",
        subnetIds=network.subnet_ids,
        securityGroupIds=[group.physical_id],
        privateDnsEnabled=False,
    )


def test_a_killed_account_comes_back_the_same_and_can_be_taken_down(daemon: Account) -> None:
    empty = daemon.world()
    engine = Engine(daemon.provider_port)
    scene = Scene(engine, FakeApi("eks"))
    _fill(scene)
    name = next(made["name"] for made in scene.made if "iam/role:" in made.urn)
    with pytest.raises(CloudApiError, match="EntityAlreadyExists"):
        daemon.api.call("iam", "CreateRole", RoleName=name, AssumeRolePolicyDocument=TRUST_EKS)
    before, written = daemon.world(), daemon.written
    engine.close()

    for _ in range(2):
        daemon.kill()
        daemon.start()

        assert daemon.world() == before
        assert daemon.written == written  # a read is not written

    scene.engine = Engine(daemon.provider_port)
    scene.engine.wait_seconds = NODES_SECONDS
    scene.clear()
    scene.engine.close()
    assert daemon.world()["DescribeVpcs"] == empty["DescribeVpcs"]
    inventory = urllib3.request("GET", f"{daemon.api.url}/inventory", retries=False)
    assert inventory.json() == []

"""Names that are taken, properties that are unknown or of another type: what the user reads."""

import json

import pytest

from infra.wire import Properties
from tests.unit.rehearsal.aws.harness import TRUST_EKS
from tests.unit.rehearsal.aws.scene import (
    GROUP,
    LOGS,
    NODES,
    POLICY,
    PROFILE,
    ROLE,
    TEMPLATE,
    VPC,
    Network,
    Scene,
    refused,
)
from tests.unit.rehearsal.cloud.wire import RefusedError

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})


# Duplicate names


@pytest.mark.parametrize(
    ("kind", "inputs", "code", "words"),
    [
        (
            ROLE,
            {"assumeRolePolicy": TRUST_EKS},
            "CreateRole: EntityAlreadyExists",
            "Role with name twin already exists.",
        ),
        (
            POLICY,
            {"policy": ALLOW},
            "CreatePolicy: EntityAlreadyExists",
            "A policy called twin already exists. Duplicate names are not allowed.",
        ),
        (
            PROFILE,
            {},
            "CreateInstanceProfile: EntityAlreadyExists",
            "Instance Profile twin already exists.",
        ),
        (
            LOGS,
            {},
            "CreateLogGroup: ResourceAlreadyExistsException",
            "The specified log group already exists",
        ),
        (
            TEMPLATE,
            {},
            "CreateLaunchTemplate: InvalidLaunchTemplateName.AlreadyExistsException",
            "Launch template name already in use.",
        ),
    ],
    ids=["role", "policy", "instance profile", "log group", "launch template"],
)
def test_a_second_thing_of_a_name(
    scene: Scene, kind: str, inputs: Properties, code: str, words: str
) -> None:
    scene.make(kind, **inputs, name="twin")

    assert refused(scene, kind, **inputs, name="twin") == f"{code}: {words}"


def test_a_second_security_group_of_a_name_in_one_vpc_and_not_in_another(
    scene: Scene, network: Network
) -> None:
    vpc = network.vpc.physical_id
    scene.make(GROUP, vpcId=vpc, name="twin")

    assert refused(scene, GROUP, vpcId=vpc, name="twin") == (
        "CreateSecurityGroup: InvalidGroup.Duplicate: The security group 'twin' already exists"
    )
    scene.make(GROUP, vpcId=scene.make(VPC, cidrBlock="10.1.0.0/16").physical_id, name="twin")


def test_a_second_cluster_and_a_second_node_group_of_a_name(
    scene: Scene, network: Network, group: Properties
) -> None:
    with pytest.raises(RefusedError) as error:
        scene.cluster(network)
    assert str(error.value) == (
        "CreateCluster: ResourceInUseException: Cluster already exists with name: tokenworks-dev"
    )

    scene.make(NODES, **group, nodeGroupName="twin")
    assert refused(scene, NODES, **group, nodeGroupName="twin") == (
        "CreateNodegroup: ResourceInUseException: NodeGroup already exists with name twin and "
        "cluster name tokenworks-dev"
    )


# Names and types of properties


@pytest.mark.parametrize(
    ("kind", "inputs", "said"),
    [
        (VPC, {"cidrBlok": "10.0.0.0/16"}, "cidrBlok: no such property"),
        (VPC, {"cidrBlock": 10}, "cidrBlock: must be a string, got a number"),
        (VPC, {"tags": [{"key": "a"}]}, "tags: must be a map, got a list"),
        (VPC, {"tags": {"a": 1}}, "tags.a: must be a string, got a number"),
        (VPC, {"enableDnsSupport": "true"}, "enableDnsSupport: must be a boolean, got a string"),
        (
            LOGS,
            {"retentionInDays": 1.5},
            "retentionInDays: must be a whole number, got a number",
        ),
        (LOGS, {"retentionInDays": True}, "retentionInDays: must be a whole number, got a boolean"),
        (
            TEMPLATE,
            {"blockDeviceMappings": {"deviceName": "/dev/xvda"}},
            "blockDeviceMappings: must be a list, got a map",
        ),
        (
            TEMPLATE,
            {"metadataOptions": [{"httpTokens": "required"}]},
            "metadataOptions: must be a map, got a list",
        ),
        (
            TEMPLATE,
            {"blockDeviceMappings": [{"ebs": {"volumeSize": "100"}}]},
            "blockDeviceMappings.ebs.volumeSize: must be a whole number, got a string",
        ),
    ],
)
def test_a_property_that_is_unknown_or_of_another_type(
    scene: Scene, kind: str, inputs: Properties, said: str
) -> None:
    assert refused(scene, kind, **inputs) == said


def test_a_value_of_a_wrong_type_is_not_shown(scene: Scene) -> None:
    assert "hunter2" not in refused(scene, LOGS, retentionInDays="hunter2")

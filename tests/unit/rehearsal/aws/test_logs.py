"""Flow logs of the simulated AWS, and log groups that a key of ours encrypts."""

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.rehearsal.aws.harness import TRUST_EKS
from tests.unit.rehearsal.aws.scene import FLOW_LOG, KEY, LOGS, ROLE, STREAM, Network, Scene
from tests.unit.rehearsal.cloud.wire import Made, RefusedError

if TYPE_CHECKING:
    from infra.wire import Properties

GROUP_NAME = "/aws/vpc/tokenworks-dev/flow-logs"
GROUP_ARN = f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP_NAME}"
SOURCE = {
    "StringEquals": {"aws:SourceAccount": "123456789012"},
    "ArnLike": {"aws:SourceArn": "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*"},
}


def _trust(source: dict) -> str:
    document = json.loads(TRUST_EKS)
    statement = document["Statement"][0]
    statement |= {"Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Condition": source}
    statement["Action"] = "sts:AssumeRole"
    return json.dumps(document)


def _flow_log(scene: Scene, network: Network, role_arn: object) -> Made:
    group = scene.make(LOGS)
    inputs: Properties = {
        "vpcId": network.vpc.physical_id,
        "trafficType": "ALL",
        "logDestinationType": "cloud-watch-logs",
        "logDestination": group["arn"],
        "iamRoleArn": str(role_arn),
        "tags": {"Name": "flows"},
    }
    return scene.make(FLOW_LOG, **inputs)


def test_a_flow_log_comes_back_as_it_was_declared(scene: Scene, network: Network) -> None:
    role = scene.make(ROLE, assumeRolePolicy=_trust(SOURCE))

    made = _flow_log(scene, network, role["arn"])

    assert made["vpcId"] == network.vpc.physical_id
    assert made["iamRoleArn"] == role["arn"]
    assert made["tagsAll"] == {"Name": "flows"}
    assert scene.engine.read(made) == made
    assert list(scene.engine.diff(made, trafficType="REJECT").replaces) == ["trafficType"]
    scene.drop(made)
    assert scene.engine.read(made) is None


def test_a_role_that_does_not_trust_flow_logs_of_this_account_is_refused(
    scene: Scene, network: Network
) -> None:
    foreign = {"StringEquals": {"aws:SourceAccount": "210987654321"}}
    roles = [
        "arn:aws:iam::123456789012:role/nobody",
        scene.make(ROLE, assumeRolePolicy=TRUST_EKS)["arn"],
        scene.make(ROLE, assumeRolePolicy=_trust(foreign))["arn"],
    ]

    for role in roles:
        with pytest.raises(
            RefusedError,
            match=r"^CreateFlowLogs: InvalidParameter: Unable to assume given IAM role",
        ):
            _flow_log(scene, network, role)


def test_the_same_flow_log_again_exists_already(scene: Scene, network: Network) -> None:
    role = scene.make(ROLE, assumeRolePolicy=_trust(SOURCE))
    made = _flow_log(scene, network, role["arn"])
    inputs = {key: item for key, item in made.inputs.items() if not key.startswith("__")}

    with pytest.raises(RefusedError, match=r"^CreateFlowLogs: FlowLogAlreadyExists: "):
        scene.make(FLOW_LOG, **inputs)


def test_a_flow_log_is_of_one_thing(scene: Scene) -> None:
    _inputs, failures = scene.engine.check(FLOW_LOG, {"trafficType": "ALL"})

    assert any("one of vpcId, subnetId, eniId must be given" in failure for failure in failures)


def _key(scene: Scene, group_arn: str) -> Made:
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    logs = {"Service": "logs.us-east-1.amazonaws.com"}
    actions = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]
    statements = [
        {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"},
        {
            "Effect": "Allow",
            "Principal": logs,
            "Action": actions,
            "Resource": "*",
            "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group_arn}},
        },
    ]
    return scene.make(KEY, policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))


def test_a_log_group_is_encrypted_with_a_key_that_serves_it(scene: Scene) -> None:
    key = _key(scene, GROUP_ARN)

    group = scene.make(LOGS, name=GROUP_NAME, kmsKeyId=key["arn"])

    assert group["kmsKeyId"] == key["arn"]
    assert scene.engine.read(group) == group


def test_a_stream_is_of_one_group_and_goes_by_its_name_alone(scene: Scene) -> None:
    group = scene.make(LOGS, name=GROUP_NAME)
    scene.make(LOGS, name=f"{GROUP_NAME}-of-others")
    made = scene.make(STREAM, name="tokenworks-dev", logGroupName=group["name"])

    assert made.physical_id == "tokenworks-dev"
    assert made["logGroupName"] == GROUP_NAME
    assert str(made["arn"]).endswith(f"log-group:{GROUP_NAME}:log-stream:tokenworks-dev")
    assert scene.engine.read(made) == made
    assert list(scene.engine.diff(made, logGroupName="another").replaces) == ["logGroupName"]
    with pytest.raises(RefusedError, match="ResourceAlreadyExistsException"):
        scene.make(STREAM, name="tokenworks-dev", logGroupName=group["name"])
    scene.drop(made)
    assert scene.engine.read(made) is None


def test_a_stream_of_a_group_that_is_not_there_is_refused(scene: Scene) -> None:
    with pytest.raises(RefusedError, match="ResourceNotFoundException"):
        scene.make(STREAM, name="tokenworks-dev", logGroupName=GROUP_NAME)


def test_a_key_that_is_not_there_or_is_for_other_groups_is_refused(scene: Scene) -> None:
    reason = (
        "InvalidParameterException: The specified KMS key does not exist or is not allowed to be "
        f"used with LogGroup '{GROUP_ARN}'"
    )
    for key in (
        "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000",
        _key(scene, f"{GROUP_ARN}-of-others")["arn"],
        scene.make(KEY)["arn"],
    ):
        with pytest.raises(RefusedError, match=f"^CreateLogGroup: {reason}"):
            scene.make(LOGS, name=GROUP_NAME, kmsKeyId=key)

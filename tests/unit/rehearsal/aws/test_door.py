"""The API of the simulated account over loopback: AWS's names, replies and refusals."""

import boto3
import pytest

from infra.aws_api import AwsApi, Boto3Api, listed
from infra.cloud_error import CloudApiError
from infra.rehearsal.loopback_api import LoopbackAwsApi
from infra.replies import text, texts
from tests.unit.rehearsal.aws.harness import REGION, Simulation
from tests.unit.rehearsal.aws.scene import Network, Scene


@pytest.fixture
def api(simulation: Simulation) -> LoopbackAwsApi:
    """The account as an operator with its keys has it."""
    key = simulation.cloud.account.access_key.secret_access_key
    return LoopbackAwsApi(f"http://127.0.0.1:{simulation.cloud.ports.authenticator}", key, REGION)


@pytest.fixture
def sdk(simulation: Simulation) -> Boto3Api:
    """The same account through boto3, whose requests moto answers in this process."""
    key = simulation.cloud.account.access_key
    session = boto3.Session(key.access_key_id, key.secret_access_key)
    return Boto3Api(session, REGION)


def _code(api: AwsApi, service: str, operation: str, **parameters: str) -> str:
    with pytest.raises(CloudApiError) as caught:
        api.call(service, operation, **parameters)
    return caught.value.code


def test_what_the_engine_made_is_seen_through_the_api(
    api: LoopbackAwsApi, network: Network
) -> None:
    found = listed(
        api, "ec2", "DescribeVpcs", "Vpcs", Filters=[{"Name": "cidr", "Values": ["10.0.0.0/16"]}]
    )

    assert [text(vpc, "VpcId") for vpc in found] == [network.vpc.physical_id]


def test_what_an_operator_makes_is_in_the_account(
    simulation: Simulation, api: LoopbackAwsApi, scene: Scene
) -> None:
    assert scene.made == []
    api.call("logs", "CreateLogGroup", logGroupName="/by/hand")

    assert [thing["name"] for thing in simulation.report("/inventory")] == ["/by/hand"]

    api.call("logs", "DeleteLogGroup", logGroupName="/by/hand")


def test_a_gap_of_moto_is_served_under_the_apis_own_name(api: LoopbackAwsApi, scene: Scene) -> None:
    cluster = scene.cluster(scene.network())

    entries = api.call("eks", "ListAccessEntries", clusterName=cluster.physical_id)

    assert [entry.rsplit("/", 1)[-1] for entry in texts(entries, "accessEntries")] == ["rehearsal"]


def test_aws_refuses_with_its_own_code(api: LoopbackAwsApi) -> None:
    assert _code(api, "iam", "GetRole", RoleName="nobody") == "NoSuchEntity"
    assert _code(api, "eks", "DescribeCluster", name="none") == "ResourceNotFoundException"


def test_an_operation_that_the_service_does_not_have_is_refused(api: LoopbackAwsApi) -> None:
    assert _code(api, "ec2", "describe_vpcs") == "InvalidAction"
    assert _code(api, "ec2", "MakeVpc") == "InvalidAction"
    assert _code(api, "nosuchservice", "List") == "NotSimulated"


def test_parameters_are_checked_by_the_service_model(api: LoopbackAwsApi) -> None:
    assert _code(api, "iam", "GetRole", Name="nobody") == "ValidationError"


def test_without_the_secret_key_nobody_calls(api: LoopbackAwsApi) -> None:
    stranger = LoopbackAwsApi(api.url, "guessed", REGION)

    assert _code(stranger, "ec2", "DescribeVpcs") == "InvalidClientTokenId"


def test_a_cloud_that_is_gone_is_an_error_of_the_same_family() -> None:
    nobody = LoopbackAwsApi("http://127.0.0.1:1", "key", REGION)

    assert _code(nobody, "ec2", "DescribeVpcs") == "NewConnectionError"


def test_all_pages_of_a_list_are_read(api: LoopbackAwsApi) -> None:
    names = [f"/pages/{number:02}" for number in range(5)]
    for name in names:
        api.call("logs", "CreateLogGroup", logGroupName=name)

    found = listed(
        api, "logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix="/pages/", limit=2
    )

    assert sorted(text(group, "logGroupName") for group in found) == names
    for name in names:
        api.call("logs", "DeleteLogGroup", logGroupName=name)


@pytest.mark.usefixtures("network")
def test_boto3_and_the_door_give_the_same_replies(api: LoopbackAwsApi, sdk: Boto3Api) -> None:
    for operation in ("DescribeVpcs", "DescribeSubnets", "DescribeSecurityGroups"):
        assert sdk.call("ec2", operation) == api.call("ec2", operation)
    assert sdk.call("iam", "GetUser") == api.call("iam", "GetUser")


def test_boto3_and_the_door_give_the_same_refusals(api: LoopbackAwsApi, sdk: Boto3Api) -> None:
    for port in (api, sdk):
        assert _code(port, "iam", "GetRole", RoleName="nobody") == "NoSuchEntity"
    with pytest.raises(CloudApiError, match=r"(?s)^GetRole: ParamValidationError: .*RoleName"):
        sdk.call("iam", "GetRole")

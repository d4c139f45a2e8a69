"""The provider protocol of the simulated AWS: names, previews, diffs, refresh, refusals."""

import json
from collections.abc import Iterator

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from infra.wire import SECRET, SIGNATURE_KEY, UNKNOWN, Properties, encode
from tests.unit.rehearsal.aws.harness import TRUST_EKS, Engine, Simulation
from tests.unit.rehearsal.aws.scene import (
    INLINE,
    LOGS,
    NODES,
    PROFILE,
    ROLE,
    SUBNET,
    VPC,
    Network,
    Scene,
)
from tests.unit.rehearsal.cloud.wire import Made, PartlyError, RefusedError

COMPANY = {"company": "example", "team": "platform"}


@pytest.fixture
def tagging(simulation: Simulation) -> Iterator[Engine]:
    """An engine whose provider has default tags."""
    tags = json.dumps({"tags": COMPANY})
    other = Engine(simulation.cloud.ports.provider, defaultTags=tags)
    yield other
    other.close()


def test_a_type_that_is_not_simulated_is_refused_by_name(engine: Engine) -> None:
    _inputs, failures = engine.check("aws:sqs/queue:Queue", {})

    (failure,) = failures
    assert failure.startswith(": not simulated: aws:sqs/queue:Queue; the rehearsal's AWS has no")


@pytest.mark.parametrize(
    ("inputs", "failure"),
    [
        ({"cidrBlok": "10.0.0.0/16"}, "cidrBlok: no such property"),
        ({"cidrBlock": "10.0.0.0/16", "region": "eu-west-1"}, "region: not simulated: no step"),
        ({"cidrBlock": "10.0.0.0/16", "instanceTenancy": "mine"}, "'mine' is not one of default"),
    ],
    ids=["misspelt", "not consumed", "enum"],
)
def test_an_input_that_nothing_takes_is_refused(
    engine: Engine, inputs: Properties, failure: str
) -> None:
    _inputs, failures = engine.check(VPC, inputs)

    assert len(failures) == 1
    assert failure in failures[0]


def test_a_missing_required_property_is_named(engine: Engine) -> None:
    assert engine.check(SUBNET, {})[1] == ["vpcId: missing required property"]


def test_what_is_unknown_is_not_judged_and_the_rest_is(engine: Engine) -> None:
    inputs: Properties = {"vpcId": UNKNOWN, "cidrBlock": UNKNOWN}
    assert engine.check(SUBNET, inputs)[1] == []

    assert engine.check(SUBNET, {"vpcId": UNKNOWN, "cidrBlock": "ten"})[1] != []


def test_a_preview_says_unknown_where_aws_decides(engine: Engine) -> None:
    outputs = engine.preview(VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "n"}})

    assert outputs["cidrBlock"] == "10.0.0.0/16"
    assert outputs["tagsAll"] == {"Name": "n"}
    assert {outputs[name] for name in ("arn", "mainRouteTableId", "ownerId")} == {UNKNOWN}


def test_a_preview_of_an_update_keeps_what_stays(scene: Scene) -> None:
    vpc = scene.make(VPC, cidrBlock="10.0.0.0/16")

    outputs = scene.engine.update(vpc, preview=True, enableDnsHostnames=True).outputs

    assert (outputs["arn"], outputs["enableDnsHostnames"]) == (vpc["arn"], True)
    found = scene.engine.read(vpc)
    assert found is not None
    assert found["enableDnsHostnames"] is False


def test_two_creates_are_two_things(scene: Scene) -> None:
    urn_name = "same"
    first = scene.engine.create(VPC, {"cidrBlock": "10.0.0.0/16"}, urn_name)
    second = scene.engine.create(VPC, {"cidrBlock": "10.0.0.0/16"}, urn_name)
    scene.made += [first, second]

    assert first.physical_id != second.physical_id


def test_default_tags_reach_the_thing_and_a_change_of_them_updates_it(
    scene: Scene, tagging: Engine, engine: Engine
) -> None:
    vpc = tagging.create(VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"team": "models"}})
    scene.made.append(vpc)
    assert vpc["tags"] == {"team": "models"}
    assert vpc["tagsAll"] == {"company": "example", "team": "models"}
    assert tagging.diff(vpc).changes == pb.DiffResponse.DIFF_NONE

    found = engine.diff(vpc)  # a provider without default tags

    assert (list(found.diffs), list(found.replaces)) == (["tagsAll"], [])
    changed = engine.update(vpc)
    assert changed["tagsAll"] == {"team": "models"}


def test_drift_is_seen_by_refresh(scene: Scene, simulation: Simulation) -> None:
    group = scene.make(LOGS, retentionInDays=30)
    simulation.cloud.account.region("us-east-1").call(
        "logs", "put_retention_policy", logGroupName=group.physical_id, retentionInDays=1
    )

    found = scene.engine.read(group)

    assert found is not None
    assert found.inputs["retentionInDays"] == 1


def test_an_import_finds_the_inputs(scene: Scene) -> None:
    vpc = scene.make(VPC, cidrBlock="10.0.0.0/16", tags={"Name": "n"})

    found = scene.engine.read(vpc, importing=True)

    assert found is not None
    assert found.inputs["cidrBlock"] == "10.0.0.0/16"
    assert found.inputs["tags"] == {"Name": "n"}
    assert "arn" not in found.inputs


def test_a_secret_input_stays_secret_in_the_outputs(scene: Scene) -> None:
    secret: Properties = {SIGNATURE_KEY: SECRET, "value": "hush"}

    role = scene.make(ROLE, assumeRolePolicy=TRUST_EKS, description=secret)

    assert role["description"] == secret


def test_a_diff_says_path_kind_and_whether_it_replaces(scene: Scene) -> None:
    vpc = scene.make(VPC, cidrBlock="10.0.0.0/16", tags={"old": "1", "a.b/c": "1"})

    found = scene.engine.diff(vpc, cidrBlock="10.1.0.0/16", tags={"a.b/c": "2", "new": "1"})

    kinds = {path: item.kind for path, item in found.detailedDiff.items()}
    assert kinds == {
        "cidrBlock": pb.PropertyDiff.UPDATE_REPLACE,
        'tags["a.b/c"]': pb.PropertyDiff.UPDATE,
        "tags.new": pb.PropertyDiff.ADD,
        "tags.old": pb.PropertyDiff.DELETE,
    }
    assert list(found.replaces) == ["cidrBlock"]


def test_deleting_what_is_gone_already_is_fine(scene: Scene) -> None:
    vpc = scene.make(VPC, cidrBlock="10.0.0.0/16")
    scene.drop(vpc)

    scene.engine.delete(vpc)


def test_every_input_comes_back_and_a_refresh_is_quiet(scene: Scene, network: Network) -> None:
    cluster = scene.cluster(network, enabledClusterLogTypes=["api"])
    scene.make(NODES, **scene.node_group_inputs(cluster, network))
    role = scene.role()
    document = TRUST_EKS.replace('"Principal": {"Service": "eks.amazonaws.com"}', '"Resource": "*"')
    scene.make(INLINE, role=role.physical_id, policy=document)
    scene.make(PROFILE, role=role.physical_id, tags={"a": "b"})

    for made in scene.made:
        found = scene.engine.read(made)
        assert found is not None
        assert found.inputs == made.inputs
        assert found.outputs == made.outputs
        assert made.inputs.keys() - {"__defaults"} <= made.outputs.keys()


def test_an_interrupted_engine_waits_no_longer(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    cluster = scene.cluster(network)
    inputs = scene.node_group_inputs(cluster, network)
    sized: Properties = {"minSize": 1, "desiredSize": 1, "maxSize": 1}
    interrupted = Engine(simulation.cloud.ports.provider)
    interrupted.stub.Cancel(empty_pb2.Empty())

    with pytest.raises(PartlyError, match="interrupted after 0 s") as error:
        interrupted.create(NODES, inputs | {"scalingConfig": sized, "nodeGroupName": "cut"})

    interrupted.close()
    scene.made.append(
        Made(f"urn:pulumi:dev::tokenworks::{NODES}::cut", error.value.physical_id, inputs, {})
    )


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({}, "region: must be set"),
        ({"region": "mars-north-1"}, "region: 'mars-north-1' is no AWS region"),
        ({"region": "us-east-1", "assumeRoles": "[]"}, "assumeRoles: not simulated"),
        ({"region": "us-east-1", "allowedAccountIds": '["1"]'}, "AWS account ID not allowed"),
    ],
    ids=["no region", "unknown region", "setting", "account"],
)
def test_a_provider_that_would_work_elsewhere_is_refused(
    engine: Engine, config: Properties, reason: str
) -> None:
    with pytest.raises(grpc.RpcError) as error:
        engine.stub.Configure(pb.ConfigureRequest(args=encode(config)))

    assert reason in str(error.value)


def test_another_region_replaces_the_provider_and_sees_other_things(
    scene: Scene, simulation: Simulation, engine: Engine
) -> None:
    request = pb.DiffRequest(
        old_inputs=encode({"region": "us-east-1"}), news=encode({"region": "eu-west-1"})
    )
    assert list(engine.stub.DiffConfig(request).replaces) == ["region"]

    vpc = scene.make(VPC, cidrBlock="10.0.0.0/16")
    other = Engine(simulation.cloud.ports.provider, region="eu-west-1")
    assert other.read(vpc) is None
    other.close()


def test_zones_are_listed_without_those_that_are_excluded(engine: Engine) -> None:
    token = "aws:index/getAvailabilityZones:getAvailabilityZones"

    found = engine.invoke(
        token,
        state="available",
        filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
        excludeZoneIds=["use1-az3"],
    )

    assert found["names"] == [f"us-east-1{zone}" for zone in "abcdf"]
    assert found["id"] == "us-east-1"
    only = engine.invoke(token, filters=[{"name": "zone-name", "values": ["us-east-1b"]}])
    assert only["names"] == ["us-east-1b"]


def test_who_where_and_which_partition_are_answered(engine: Engine) -> None:
    who = engine.invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert who["arn"] == "arn:aws:iam::123456789012:user/rehearsal"
    assert engine.invoke("aws:index/getPartition:getPartition")["partition"] == "aws"
    assert engine.invoke("aws:index/getRegion:getRegion")["region"] == "us-east-1"


def test_a_function_or_an_argument_that_is_not_simulated_is_refused(engine: Engine) -> None:
    with pytest.raises(RefusedError, match="not simulated: aws:ec2/getAmi:getAmi; the rehearsal"):
        engine.invoke("aws:ec2/getAmi:getAmi")
    with pytest.raises(RefusedError, match="not simulated: argument colour of aws:index/getRegion"):
        engine.invoke("aws:index/getRegion:getRegion", colour="blue")

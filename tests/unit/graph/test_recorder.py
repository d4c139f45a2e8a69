"""What a recorded graph holds, and that a recording leaves nothing behind."""

import asyncio
import contextvars
import os
import sys
import traceback

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest
from pulumi.runtime import settings

from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.wire import SECRET, SIGNATURE_KEY
from tests.support.record import aws_provider, by, kubernetes_provider, record, under


class Network(pulumi.ComponentResource):
    """A network of two resources."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("tokenworks:aws:Network", name, None, opts)
        self.vpc = aws.ec2.Vpc(
            f"{name}-vpc", cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(parent=self)
        )
        self.subnet = aws.ec2.Subnet(
            f"{name}-subnet",
            vpc_id=self.vpc.id,
            cidr_block="10.0.0.0/24",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.vpc], protect=True),
        )
        self.register_outputs({"vpcId": self.vpc.id})


def _network() -> Graph:
    return record(lambda: Network("net", under(aws_provider())))


def test_the_graph_holds_resources_in_the_order_of_the_program() -> None:
    assert [item.name for item in _network().resources] == ["aws", "net", "net-vpc", "net-subnet"]


def test_urns_are_those_of_the_engine() -> None:
    prefix = "urn:pulumi:test::tokenworks"

    assert [item.urn for item in _network().resources] == [
        f"{prefix}::pulumi:providers:aws::aws",
        f"{prefix}::tokenworks:aws:Network::net",
        f"{prefix}::tokenworks:aws:Network$aws:ec2/vpc:Vpc::net-vpc",
        f"{prefix}::tokenworks:aws:Network$aws:ec2/subnet:Subnet::net-subnet",
    ]


def test_a_resource_carries_parent_provider_inputs_and_options() -> None:
    graph = _network()
    network, vpc, subnet = graph.named("net"), graph.named("net-vpc"), graph.named("net-subnet")

    assert (network.parent, vpc.parent) == (None, network.urn)
    assert vpc.provider == graph.named("aws").urn
    assert subnet.inputs == {"cidrBlock": "10.0.0.0/24", "vpcId": "${net-vpc.id}"}
    assert subnet.property_dependencies == {"vpcId": (vpc.urn,)}
    assert subnet.dependencies == (vpc.urn,)
    assert (vpc.protect, subnet.protect) == (False, True)
    assert network.outputs == {"vpcId": "${net-vpc.id}"}


def test_the_tree_goes_from_parents_to_children() -> None:
    shown = [(depth, item.name) for depth, item in _network().tree()]

    assert shown == [(0, "aws"), (0, "net"), (1, "net-vpc"), (1, "net-subnet")]


def test_a_name_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(
        LookupError, match=r"must name one resource, got 0; there are: .*Vpc net-vpc"
    ):
        _network().named("nat")


def test_stack_outputs_are_recorded() -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=by(aws_provider()))
        pulumi.export("vpc", vpc.id)
        pulumi.export("password", pulumi.Output.secret("marker"))

    assert record(program).outputs == {
        "vpc": "${vpc.id}",
        "password": {SIGNATURE_KEY: SECRET, "value": "marker"},
    }


def test_secret_inputs_stay_secret_in_outputs_and_are_named() -> None:
    def program() -> None:
        provider = kubernetes_provider()
        secret = kubernetes.core.v1.Secret(
            "s", string_data={"token": pulumi.Output.secret("marker")}, opts=by(provider)
        )
        pulumi.export("data", secret.string_data)

    graph = record(program)

    assert graph.named("s").secret_paths == ("stringData",)
    assert graph.outputs["data"] == {SIGNATURE_KEY: SECRET, "value": {"token": "marker"}}


def test_configuration_reaches_the_program_as_the_engine_hands_it_over() -> None:
    def program() -> None:
        config = pulumi.Config("tokenworks")
        pulumi.export("zones", config.require_object("cloud")["zones"])
        pulumi.export("key", config.require_secret("key"))

    graph = record_program(
        program,
        stack="s",
        config={"tokenworks:cloud": '{"zones": 3}', "tokenworks:key": "k"},
        secret_keys=("tokenworks:key",),
    )

    assert graph.outputs == {"zones": 3, "key": {SIGNATURE_KEY: SECRET, "value": "k"}}


def test_a_stack_reference_answers_with_the_outputs_that_were_recorded() -> None:
    name = "organization/tokenworks/aws-prod"

    def program() -> None:
        base = pulumi.StackReference(name)
        pulumi.export("cluster", base.require_output("cluster"))

    graph = record(program, references={name: {"cluster": "${cluster.name}"}})

    assert graph.outputs == {"cluster": "${cluster.name}"}
    assert graph.named(name).read


def test_an_output_that_the_referenced_stack_does_not_have_is_an_error() -> None:
    name = "organization/tokenworks/aws-prod"

    def program() -> None:
        pulumi.export("x", pulumi.StackReference(name).require_output("nothing"))

    with pytest.raises(KeyError, match="nothing"):
        record(program, references={name: {"cluster": "c"}})


def test_an_error_of_the_program_surfaces_with_its_own_traceback() -> None:
    def broken_helper() -> None:
        message = "the program's own mistake"
        raise RuntimeError(message)

    def program() -> None:
        aws_provider()
        broken_helper()

    with pytest.raises(RuntimeError, match="the program's own mistake") as caught:
        record(program)

    assert "broken_helper" in [
        frame.name for frame in traceback.extract_tb(caught.value.__traceback__)
    ]


def test_an_error_inside_apply_surfaces_even_when_nobody_waits_for_the_value() -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=by(aws_provider()))
        vpc.id.apply(int)

    with pytest.raises(ValueError, match="invalid literal for int"):
        record(program)


def test_an_output_inside_an_f_string_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_ERROR_OUTPUT_STRING")

    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=by(aws_provider()))
        pulumi.export("text", f"id {vpc.id}")

    with pytest.raises(Exception, match="Calling __str__ on an Output"):
        record(program)


def test_a_recording_leaves_pulumi_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_ERROR_OUTPUT_STRING")
    register = pulumi.ComponentResource.register_outputs
    before = (settings.get_stack(), settings.get_monitor(), settings.get_root_resource())
    path = list(sys.path)

    _network()

    assert (settings.get_stack(), settings.get_monitor(), settings.get_root_resource()) == before
    assert pulumi.ComponentResource.register_outputs is register
    assert "PULUMI_ERROR_OUTPUT_STRING" not in os.environ
    assert sys.path == path


def test_a_recording_leaves_the_threads_event_loop_alone() -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        _network()

        assert asyncio.get_event_loop() is loop
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def test_a_failed_recording_does_not_disturb_the_next_one() -> None:
    first = _network()
    with pytest.raises(ZeroDivisionError):
        record(lambda: 1 / 0)

    assert _network() == first


def test_a_recording_works_where_another_program_left_its_stack_behind() -> None:
    def inside() -> Graph:
        settings.set_root_resource(left_behind[0])
        return _network()

    left_behind: list[pulumi.Resource] = []
    record(lambda: left_behind.append(Network("net", under(aws_provider()))))

    assert contextvars.copy_context().run(inside) == _network()


def test_outputs_that_the_program_declares_secret_are_secret() -> None:
    def program() -> None:
        options = pulumi.ResourceOptions(
            provider=aws_provider(), additional_secret_outputs=["publicIp"]
        )
        pulumi.export("address", aws.ec2.Eip("e", opts=options).public_ip)

    address = record(program).outputs["address"]

    assert address == {SIGNATURE_KEY: SECRET, "value": "${e.publicIp}"}


def test_recordings_of_the_same_program_are_equal() -> None:
    assert _network() == _network()


def test_a_recording_inside_a_running_event_loop_is_refused() -> None:
    async def inside() -> None:
        _network()

    with pytest.raises(RuntimeError, match="running event loop"):
        asyncio.run(inside())

"""Each rule of the strict recording, broken once."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest

from infra.graph.strict import GraphError
from tests.support.record import aws_provider, by, kubernetes_provider, record, under

DEPLOYMENT: kubernetes.apps.v1.DeploymentSpecArgsDict = {
    "selector": {"match_labels": {"a": "b"}},
    "template": {"metadata": {"labels": {"a": "b"}}},
}


class Box(pulumi.ComponentResource):
    """A component whose constructor can be told to break a rule."""

    def __init__(
        self, name: str, opts: pulumi.ResourceOptions | None = None, *, registrations: int = 1
    ) -> None:
        super().__init__("tokenworks:test:Box", name, None, opts)
        self.vpc = aws.ec2.Vpc(
            f"{name}-vpc", cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(parent=self)
        )
        for _ in range(registrations):
            self.register_outputs({"vpc": self.vpc.id})


def _vpc(name: str, opts: pulumi.ResourceOptions | None = None) -> aws.ec2.Vpc:
    return aws.ec2.Vpc(name, cidr_block="10.0.0.0/16", opts=opts)


def _refused(program: Callable[[], object]) -> list[tuple[str, str]]:
    """Return (last part of the URN, message) of every violation."""
    with pytest.raises(GraphError) as caught:
        record(program)
    return [(item.urn.rpartition("::")[2], item.message) for item in caught.value.violations]


def test_a_duplicate_urn_is_refused() -> None:
    def program() -> None:
        options = by(aws_provider())
        _vpc("same", options)
        _vpc("same", options)

    [(name, message)] = _refused(program)

    assert name == "same"
    assert "declared 2 times" in message


def test_one_name_for_two_types_is_no_duplicate() -> None:
    def program() -> None:
        options = by(aws_provider())
        _vpc("same", options)
        aws.ec2.InternetGateway("same", opts=options)

    assert len(record(program).resources) == 3


def test_one_name_under_two_components_is_no_duplicate() -> None:
    """The engine builds URNs from the types of all ancestors, not of the parent alone."""

    class Outer(pulumi.ComponentResource):
        def __init__(self, provider: pulumi.ProviderResource) -> None:
            super().__init__("tokenworks:test:Outer", "outer", None, under(provider))
            Box("box", pulumi.ResourceOptions(parent=self))
            self.register_outputs({})

    def program() -> None:
        provider = aws_provider()
        Outer(provider)
        Box("box", under(provider))

    assert len(record(program).of_type("Vpc")) == 2


def test_a_component_that_never_registers_its_outputs_is_refused() -> None:
    [(name, message)] = _refused(lambda: Box("box", under(aws_provider()), registrations=0))

    assert name == "box"
    assert "register_outputs was not called" in message


def test_a_component_that_registers_its_outputs_twice_is_refused() -> None:
    [(name, message)] = _refused(lambda: Box("box", under(aws_provider()), registrations=2))

    assert name == "box"
    assert "called 2 times" in message


def test_a_resource_made_after_its_component_was_finished_is_refused() -> None:
    def program() -> None:
        box = Box("box", under(aws_provider()))
        _vpc("late", pulumi.ResourceOptions(parent=box))

    [(name, message)] = _refused(program)

    assert name == "late"
    assert "after its component called register_outputs" in message


def test_a_resource_made_inside_apply_is_refused() -> None:
    def program() -> None:
        options = by(aws_provider())
        _vpc("first", options).id.apply(lambda _: _vpc("second", options))

    [(name, message)] = _refused(program)

    assert name == "second"
    assert "inside apply" in message


def test_a_resource_without_an_explicit_provider_is_refused() -> None:
    [(name, message)] = _refused(lambda: _vpc("lonely"))

    assert name == "lonely"
    assert "no explicit provider" in message


def test_an_unknown_function_is_refused_where_it_is_called() -> None:
    def program() -> None:
        options = pulumi.InvokeOptions(provider=aws_provider())
        aws.ec2.get_ami(most_recent=True, owners=["self"], opts=options)

    [(token, message)] = _refused(program)

    assert token == "aws:ec2/getAmi:getAmi"
    assert "no function that a recording can answer" in message


def test_a_function_called_without_a_provider_is_refused() -> None:
    violations = _refused(aws.get_availability_zones)

    assert ("aws:index/getAvailabilityZones:getAvailabilityZones" in violations[0][0]) is True
    assert any("called without a provider" in message for _, message in violations)


def test_zones_of_a_region_that_the_catalogue_lacks_are_refused() -> None:
    def program() -> None:
        options = pulumi.InvokeOptions(provider=aws.Provider("aws", region="xx-nowhere-1"))
        aws.get_availability_zones(opts=options)

    [(_, message)] = _refused(program)

    assert "got 'xx-nowhere-1'" in message
    assert "us-east-1" in message


def test_a_type_that_no_sdk_describes_is_refused() -> None:
    def program() -> None:
        pulumi.CustomResource("aws:nowhere/thing:Thing", "thing", {}, by(aws_provider()))

    [(name, message)] = _refused(program)

    assert name == "thing"
    assert "no installed SDK" in message


def test_a_misspelt_property_is_refused_with_the_right_spelling() -> None:
    class Misspelt(aws.ec2.Vpc):
        def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
            pulumi.CustomResource.__init__(
                self, "aws:ec2/vpc:Vpc", name, {"cidrBlok": "10.0.0.0/16"}, opts
            )

    [(_, message)] = _refused(lambda: Misspelt("vpc", by(aws_provider())))

    assert message == "cidrBlok: no such property in VpcArgs; did you mean 'cidrBlock'?"


def test_a_misspelt_key_of_a_nested_dict_is_refused() -> None:
    """The SDK passes such a key through unchanged; a real provider may ignore it."""
    scaling: Any = {"minn_size": 1, "max_size": 2, "desired_size": 1}

    def program() -> None:
        aws.eks.NodeGroup(
            "group",
            cluster_name="c",
            node_role_arn="arn",
            subnet_ids=["s"],
            scaling_config=scaling,
            opts=by(aws_provider()),
        )

    messages = [message for _, message in _refused(program)]

    assert any("scalingConfig.minn_size: no such property" in message for message in messages)
    assert any("scalingConfig.minSize: required" in message for message in messages)


def test_a_mistake_deep_inside_a_pod_is_found_with_its_path() -> None:
    container: Any = {"name": "c", "imagee": "x", "ports": [{}]}

    def program() -> None:
        kubernetes.apps.v1.Deployment(
            "server",
            spec={
                "selector": {"match_labels": {"a": "b"}},
                "template": {
                    "metadata": {"labels": {"a": "b"}},
                    "spec": {"containers": [container]},
                },
            },
            opts=by(kubernetes_provider()),
        )

    messages = [message for _, message in _refused(program)]

    path = "spec.template.spec.containers[0]"
    assert f"{path}.imagee: no such property in ContainerArgs; did you mean 'image'?" in messages
    assert f"{path}.ports[0].containerPort: required by ContainerPortArgs, not given" in messages


def test_a_missing_required_input_is_refused() -> None:
    class Bare(aws.eks.Cluster):
        def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
            pulumi.CustomResource.__init__(self, "aws:eks/cluster:Cluster", name, {}, opts)

    messages = [message for _, message in _refused(lambda: Bare("c", by(aws_provider())))]

    assert messages == [
        "roleArn: required by ClusterArgs, not given",
        "vpcConfig: required by ClusterArgs, not given",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cidr_block": 12345}, "cidrBlock: must be a string, got int"),
        ({"enable_dns_support": "banana"}, "enableDnsSupport: must be a boolean, got str"),
        ({"ipv4_netmask_length": True}, "ipv4NetmaskLength: must be an integer, got bool"),
        ({"tags": "a"}, "tags: must be a map, got str"),
        ({"tags": {"a": 1}}, "tags['a']: must be a string, got int"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(arguments: dict[str, Any], message: str) -> None:
    def program() -> None:
        aws.ec2.Vpc("vpc", **arguments, opts=by(aws_provider()))

    assert _refused(program) == [("vpc", message)]


def test_a_secret_of_the_wrong_kind_is_refused_without_showing_it() -> None:
    def program() -> None:
        aws.ec2.Vpc("vpc", cidr_block=pulumi.Output.secret(424242), opts=by(aws_provider()))  # ty: ignore[invalid-argument-type] - the mistake

    [(_, message)] = _refused(program)

    assert message == "cidrBlock: must be a string, got int"


def test_the_json_settings_of_a_provider_are_checked_too() -> None:
    tags = {"tagz": {"a": "b"}}

    def program() -> None:
        aws.Provider("aws", region="us-east-1", default_tags=tags)  # ty: ignore[invalid-argument-type] - the mistake

    [(name, message)] = _refused(program)

    assert name == "aws"
    assert "defaultTags.tagz: no such property" in message


@pytest.mark.parametrize("path", ["tagz", "cidr_block.x", "scalingConfig"])
def test_ignore_changes_of_a_property_that_does_not_exist_is_refused(path: str) -> None:
    def program() -> None:
        _vpc("vpc", pulumi.ResourceOptions(provider=aws_provider(), ignore_changes=[path]))

    [(name, message)] = _refused(program)

    assert name == "vpc"
    assert message.startswith(f"ignore_changes {path!r}: no such input")


def test_ignore_changes_may_point_into_blocks_maps_and_lists() -> None:
    paths = ["spec.replicas", "spec.template.spec.containers[0].image", 'metadata.labels["a.b/c"]']

    def program() -> None:
        kubernetes.apps.v1.Deployment(
            "server",
            spec=DEPLOYMENT,
            opts=pulumi.ResourceOptions(provider=kubernetes_provider(), ignore_changes=paths),
        )

    assert record(program).named("server").ignore_changes == tuple(paths)


def test_a_component_that_only_a_plugin_can_build_is_refused() -> None:
    def program() -> None:
        kubernetes.helm.v4.Chart("chart", chart="x", opts=under(kubernetes_provider()))

    assert any("built by a provider plugin" in message for _, message in _refused(program))


def test_transforms_are_refused_because_only_the_engine_runs_them() -> None:
    def transform(args: pulumi.ResourceTransformArgs) -> None:
        del args

    def program() -> None:
        _vpc("vpc", pulumi.ResourceOptions(provider=aws_provider(), transforms=[transform]))

    [(name, message)] = _refused(program)

    assert name == "vpc"
    assert "carries transforms" in message


def test_a_reference_to_a_stack_that_was_not_recorded_is_refused() -> None:
    name = "organization/tokenworks/aws-prod"

    [(_, message)] = _refused(lambda: pulumi.StackReference(name))

    assert message.startswith(f"refers to a stack that was not recorded, got {name!r}")


def test_all_violations_are_reported_at_once() -> None:
    def program() -> None:
        Box("first", under(aws_provider()), registrations=0)
        _vpc("second")

    assert {name for name, _ in _refused(program)} == {"first", "second"}


def test_the_report_names_stack_urn_and_rule() -> None:
    with pytest.raises(GraphError) as caught:
        record(lambda: _vpc("lonely"), stack="aws-dev")

    assert str(caught.value).startswith("stack aws-dev: 1 violation in its resources\n")
    assert "urn:pulumi:aws-dev::tokenworks::aws:ec2/vpc:Vpc::lonely" in str(caught.value)


def test_a_refusal_in_the_middle_brings_along_what_was_wrong_before() -> None:
    def program() -> None:
        provider = aws_provider()
        first = _vpc("lonely")
        second = pulumi.ResourceOptions(provider=provider, depends_on=[first])
        pulumi.CustomResource("aws:nowhere/thing:Thing", "thing", {}, second)

    assert [name for name, _ in _refused(program)] == ["thing", "lonely"]

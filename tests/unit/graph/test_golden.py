"""The text that reviewers read."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import yaml

from infra.graph.golden import golden
from infra.graph.model import Graph
from tests.support.record import aws_provider, by, kubernetes_provider, record


def _role(trust: str = "{}") -> Graph:
    def program() -> None:
        provider = aws_provider()
        first = aws.iam.Role("first", assume_role_policy=trust, opts=by(provider))
        other = aws.iam.Role("other", assume_role_policy="{}", opts=by(provider))
        aws.iam.RolePolicyAttachment(
            "attached",
            role=first.name,
            policy_arn="arn:x",
            opts=pulumi.ResourceOptions(
                provider=provider,
                depends_on=[first, other],
                protect=True,
                ignore_changes=["policyArn"],
            ),
        )

    return record(program)


def test_the_tree_stands_first_with_what_is_protected() -> None:
    document = yaml.safe_load(golden(_role()))

    assert document["tree"].splitlines() == [
        "aws provider aws",
        "Role first",
        "Role other",
        "RolePolicyAttachment attached (protected)",
    ]


def test_a_resource_shows_inputs_origins_and_options_under_short_names() -> None:
    document = yaml.safe_load(golden(_role()))

    assert document["RolePolicyAttachment attached"] == {
        "type": "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "provider": "aws provider aws",
        "inputs": {"policyArn": "arn:x", "role": "${first.name}"},
        "values come from": {"role": "Role first"},
        "depends on": ["Role other"],
        "protect": True,
        "ignore changes": ["policyArn"],
    }


def test_json_inside_strings_is_laid_out_over_lines() -> None:
    text = golden(_role('{"b": [1, 2], "a": {"c": true}}'))

    assert '    assumeRolePolicy: |-\n      {\n        "a": {\n          "c": true\n' in text


def test_the_same_graph_gives_the_same_text() -> None:
    assert golden(_role()) == golden(_role())


def test_a_changed_input_changes_one_line() -> None:
    before, after = golden(_role('{"a": 1}')), golden(_role('{"a": 2}'))

    changed = [
        (old, new)
        for old, new in zip(before.splitlines(), after.splitlines(), strict=True)
        if old != new
    ]
    assert changed == [('        "a": 1', '        "a": 2')]


def test_no_secret_is_shown_wherever_it_stands() -> None:
    def program() -> None:
        provider = kubernetes_provider()
        marker = pulumi.Output.secret("marker-1")
        kubernetes.core.v1.Secret(
            "declared", string_data={"token": "marker-2", "other": marker}, opts=by(provider)
        )
        kubernetes.core.v1.Secret("plain", string_data={"token": "marker-3"}, opts=by(provider))
        kubernetes.core.v1.ConfigMap("map", data={"token": marker}, opts=by(provider))
        kubernetes.helm.v3.Release(
            "release", chart="x", values={"deep": [{"token": marker}]}, opts=by(provider)
        )
        pulumi.export("token", marker)
        pulumi.export("text", marker.apply(lambda text: f"Bearer {text}"))

    text = golden(record(program))

    assert "marker" not in text
    assert text.count("[secret]") >= 6


def test_resources_with_one_type_and_name_under_two_parents_are_told_apart() -> None:
    class Half(pulumi.ComponentResource):
        def __init__(self, kind: str, provider: pulumi.ProviderResource) -> None:
            super().__init__(f"tokenworks:test:{kind}", kind, None, by(provider))
            aws.ec2.Eip("same", opts=pulumi.ResourceOptions(parent=self))
            self.register_outputs({})

    def program() -> None:
        provider = aws_provider()
        Half("Left", provider)
        Half("Right", provider)

    document = yaml.safe_load(golden(record(program)))

    assert len([key for key in document if key.endswith("same")]) == 2


def test_the_aliases_that_the_sdk_adds_are_not_shown_but_ours_are() -> None:
    def program() -> None:
        kubernetes.apps.v1.Deployment(
            "server",
            spec={"selector": {"match_labels": {"a": "b"}}, "template": {}},
            opts=pulumi.ResourceOptions(
                provider=kubernetes_provider(), aliases=[pulumi.Alias(name="old")]
            ),
        )

    graph = record(program)

    assert len(graph.named("server").aliases) > 1
    assert yaml.safe_load(golden(graph))["Deployment server"]["aliases"] == ["name=old"]

"""What the program reads while it is recorded."""

from collections.abc import Callable

import pulumi
import pulumi_aws as aws
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes
import pytest
from pulumi_kubernetes.apiextensions.v1 import outputs

from infra.graph import schema, symbolic
from infra.graph.symbolic import COMPUTED_NUMBER
from infra.wire import Value
from tests.support.record import by, kubernetes_provider, record


def _reads(read: Callable[[pulumi.ResourceOptions], pulumi.Output]) -> Value:
    def program() -> None:
        provider = aws.Provider("aws", region="eu-west-1", default_tags={"tags": {"owner": "x"}})
        pulumi.export("value", read(by(provider)))

    return record(program).outputs.get("value")


def _cluster(opts: pulumi.ResourceOptions) -> aws.eks.Cluster:
    return aws.eks.Cluster(
        "c", role_arn="arn:role", vpc_config={"subnet_ids": ["a", "b"]}, tags={"a": "b"}, opts=opts
    )


def test_a_computed_string_is_its_own_name() -> None:
    assert _reads(lambda opts: _cluster(opts).endpoint) == "${c.endpoint}"


def test_nested_outputs_have_the_shape_of_the_sdk() -> None:
    issuer = _reads(lambda opts: _cluster(opts).identities[0].oidcs[0].issuer)

    assert issuer == "${c.identities[0].oidcs[0].issuer}"


def test_a_block_keeps_its_inputs_and_gains_what_the_cloud_computes() -> None:
    assert _reads(lambda opts: _cluster(opts).vpc_config.subnet_ids) == ["a", "b"]
    group = _reads(lambda opts: _cluster(opts).vpc_config.cluster_security_group_id)
    assert group == "${c.vpcConfig.clusterSecurityGroupId}"


def test_an_arn_looks_like_one_and_shows_where_it_comes_from() -> None:
    assert (
        _reads(lambda opts: _cluster(opts).arn) == "arn:aws:eks:eu-west-1:123456789012:cluster/${c}"
    )


def test_an_arn_of_a_global_service_has_no_region() -> None:
    arn = _reads(lambda opts: aws.iam.Role("r", assume_role_policy="{}", opts=opts).arn)

    assert arn == "arn:aws:iam::123456789012:role/${r}"


def test_region_and_default_tags_follow_from_the_provider() -> None:
    assert _reads(lambda opts: _cluster(opts).region) == "eu-west-1"
    assert _reads(lambda opts: _cluster(opts).tags_all) == {"owner": "x", "a": "b"}


def test_an_id_that_is_another_property_equals_it() -> None:
    assert _reads(lambda opts: _cluster(opts).id) == "${c.name}"
    assert _reads(lambda opts: aws.ec2.Eip("e", opts=opts).id) == "${e.id}"


def test_numbers_and_booleans_are_of_their_kind() -> None:
    template = _reads(lambda opts: aws.ec2.LaunchTemplate("t", opts=opts).latest_version)

    assert template == COMPUTED_NUMBER


def test_an_optional_input_that_was_left_out_stays_empty_as_in_the_cloud() -> None:
    assert _reads(lambda opts: _cluster(opts).enabled_cluster_log_types) is None


def test_an_output_that_the_sdk_does_not_have_is_an_error() -> None:
    with pytest.raises(AttributeError, match="endpoints"):
        _reads(lambda opts: _cluster(opts).vpc_config.endpoints)


def test_policy_text_built_by_apply_shows_its_references() -> None:
    text = _reads(lambda opts: pulumi.Output.json_dumps({"issuer": _cluster(opts).endpoint}))

    assert text == '{"issuer": "${c.endpoint}"}'


def _object(build: Callable[[pulumi.ResourceOptions], pulumi.Resource]) -> dict[str, Value]:
    graph = record(lambda: build(by(kubernetes_provider())))
    return graph.resources[-1].outputs


def test_a_kubernetes_object_without_a_name_gets_one_like_the_providers() -> None:
    answer = _object(lambda opts: kubernetes.core.v1.ConfigMap("settings", opts=opts))

    metadata = answer["metadata"]
    assert isinstance(metadata, dict)
    assert metadata["name"] == "settings-${random}"
    assert metadata["namespace"] == "default"
    assert metadata["uid"] == "${settings.metadata.uid}"


def test_a_kubernetes_object_keeps_its_own_metadata_and_gains_a_status() -> None:
    answer = _object(
        lambda opts: kubernetes.apps.v1.Deployment(
            "server",
            metadata={"name": "vllm", "namespace": "models"},
            spec={"selector": {"match_labels": {"a": "b"}}, "template": {}},
            opts=opts,
        )
    )

    assert isinstance(answer["metadata"], dict)
    assert isinstance(answer["status"], dict)
    assert (answer["metadata"]["name"], answer["metadata"]["namespace"]) == ("vllm", "models")
    assert answer["status"]["readyReplicas"] == COMPUTED_NUMBER


@pytest.mark.parametrize(
    "build",
    [
        lambda opts: kubernetes.core.v1.Namespace("n", metadata={"name": "n"}, opts=opts),
        lambda opts: kubernetes.apiextensions.CustomResource(
            "n",
            api_version="gateway.networking.k8s.io/v1",
            kind="GatewayClass",
            metadata={"name": "n"},
            opts=opts,
        ),
    ],
    ids=["namespace", "custom resource"],
)
def test_what_has_no_namespace_gets_none(
    build: Callable[[pulumi.ResourceOptions], pulumi.Resource],
) -> None:
    metadata = _object(build)["metadata"]

    assert isinstance(metadata, dict)
    assert "namespace" not in metadata


def test_a_release_answers_with_its_name_and_namespace() -> None:
    answer = _object(
        lambda opts: kubernetes.helm.v3.Release(
            "plugin", chart="nvidia-device-plugin", namespace="gpu", opts=opts
        )
    )

    assert isinstance(answer["status"], dict)
    assert answer["status"]["namespace"] == "gpu"
    assert answer["name"] == "plugin-${random}"


def test_recursive_types_end() -> None:
    """A JSON schema contains JSON schemas; the answer stops where a type contains itself."""
    answer = symbolic.symbol(schema.ObjectOf(outputs.JSONSchemaProps), "x")

    assert isinstance(answer, dict)
    assert answer["type"] == "${x.type}"
    assert "not" not in answer
    assert answer["allOf"] == []


def test_labels_of_google_cloud_follow_from_the_provider_too() -> None:
    def program() -> None:
        provider = gcp.Provider(
            "gcp", project="p", region="us-central1", default_labels={"owner": "x"}
        )
        bucket = gcp.storage.Bucket("b", location="US", labels={"a": "b"}, opts=by(provider))
        pulumi.export("labels", pulumi.Output.unsecret(bucket.effective_labels))
        pulumi.export("project", bucket.project)

    assert record(program).outputs == {"labels": {"owner": "x", "a": "b"}, "project": "p"}

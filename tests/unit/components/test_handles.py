"""What crosses between components, and between stacks."""

import json
from collections.abc import Callable

import pulumi
import pytest

from components.handles import CacheRef, ClusterRef, PlatformRef, WeightsRef
from components.references import MissingExportError, stack_reference
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from tests.unit.components.examples import cluster_ref

PROD = PlatformRef(name="aws-prod", environment=Environment.PROD, region="eu-west-1")


def _exported_cluster() -> ClusterRef:
    return ClusterRef(
        name=PROD.cluster_name,
        region=PROD.region,
        provider=CloudProvider.AWS,
        endpoint=pulumi.Output.from_input("https://prod.example"),
        certificate_authority=pulumi.Output.from_input("UFJPRA=="),
    )


def _export(cluster: ClusterRef) -> None:
    for name, value in cluster.exports().items():
        pulumi.export(name, value)


def test_a_cluster_that_was_exported_is_the_same_cluster_in_another_stack() -> None:
    base = record_program(lambda: _export(_exported_cluster()), stack="aws-prod")

    def models_only() -> None:
        reference = stack_reference("aws-prod")
        cluster = ClusterRef.from_stack_reference(reference, PROD, CloudProvider.AWS)
        _export(cluster)
        pulumi.export("kubeconfig", cluster.kubeconfig)

    extending = record_program(
        models_only,
        stack="aws-prod-models",
        references={"organization/tokenworks/aws-prod": base.outputs},
    )
    kubeconfig = json.loads(str(extending.outputs["kubeconfig"]))

    assert base.outputs["clusterEndpoint"] == "https://prod.example"
    assert extending.outputs.items() >= base.outputs.items()
    assert kubeconfig["clusters"][0]["cluster"]["server"] == "https://prod.example"


def test_a_stack_that_was_never_brought_up_is_named_when_it_is_referred_to() -> None:
    def models_only() -> None:
        reference = stack_reference("aws-prod")
        cluster = ClusterRef.from_stack_reference(reference, PROD, CloudProvider.AWS)
        pulumi.export("endpoint", cluster.endpoint)

    with pytest.raises(MissingExportError, match=r"/aws-prod: exports no cluster.*bring it up"):
        record_program(
            models_only,
            stack="aws-prod-models",
            references={"organization/tokenworks/aws-prod": {}},
        )


def test_the_weights_of_another_stack_are_found_by_its_export() -> None:
    def base() -> None:
        bucket = pulumi.Output.from_input("weights-1a2b3c4")
        weights = WeightsRef(bucket=bucket, region=PROD.region)
        for name, value in weights.exports().items():
            pulumi.export(name, value)

    exported = record_program(base, stack="aws-prod").outputs

    def models_only() -> None:
        found = WeightsRef.from_stack_reference(stack_reference("aws-prod"), PROD)
        pulumi.export("found", pulumi.Output.format("{0} in {1}", found.bucket, found.region))

    extending = record_program(
        models_only,
        stack="aws-prod-models",
        references={"organization/tokenworks/aws-prod": exported},
    )

    assert extending.outputs == {"found": "weights-1a2b3c4 in eu-west-1"}


def _kubeconfig(cluster: Callable[[], ClusterRef]) -> dict:
    graph = record_program(lambda: pulumi.export("it", cluster().kubeconfig), stack="test")
    return json.loads(str(graph.outputs["it"]))


def _in_google_cloud(certificate_authority: str) -> ClusterRef:
    return ClusterRef(
        name="tokenworks-gcp-dev",
        region="us-central1",
        provider=CloudProvider.GCP,
        endpoint=pulumi.Output.from_input("https://gke-0a1b2c.us-central1.gke.goog"),
        certificate_authority=pulumi.Output.from_input(certificate_authority),
    )


@pytest.mark.parametrize(
    ("cluster", "arguments"),
    [
        (cluster_ref, ["--cluster", "tokenworks-aws-dev", "--region", "us-east-1"]),
        (lambda: _in_google_cloud(""), ["--provider", "gcp"]),
    ],
    ids=["aws", "gcp"],
)
def test_a_kubeconfig_names_the_token_command_of_its_cloud_and_holds_no_credential(
    cluster: Callable[[], ClusterRef], arguments: list[str]
) -> None:
    user = _kubeconfig(cluster)["users"][0]["user"]

    assert set(user) == {"exec"}
    assert [user["exec"]["command"], *user["exec"]["args"]] == [
        *("tokenworks", "kube-token"),
        *arguments,
    ]
    assert user["exec"]["interactiveMode"] == "Never"


def test_an_endpoint_with_an_address_is_vouched_for_by_the_clusters_own_authority() -> None:
    (cluster,) = _kubeconfig(lambda: _in_google_cloud("Q0E="))["clusters"]

    assert cluster["cluster"]["certificate-authority-data"] == "Q0E="


def test_an_endpoint_with_a_public_certificate_needs_no_authority() -> None:
    """An empty one would be an error to some clients, and a wrong one refuses the certificate."""
    (cluster,) = _kubeconfig(lambda: _in_google_cloud(""))["clusters"]

    assert cluster["cluster"] == {"server": "https://gke-0a1b2c.us-central1.gke.goog"}


def test_a_public_certificate_is_known_in_another_stack_too() -> None:
    base = record_program(lambda: _export(_in_google_cloud("")), stack="gcp-dev")

    def models_only() -> None:
        platform = PlatformRef(name="gcp-dev", environment=Environment.DEV, region="us-central1")
        cluster = ClusterRef.from_stack_reference(
            stack_reference("gcp-dev"), platform, CloudProvider.GCP
        )
        pulumi.export("it", cluster.kubeconfig)

    extending = record_program(
        models_only,
        stack="gcp-dev-models",
        references={"organization/tokenworks/gcp-dev": base.outputs},
    )
    kubeconfig = json.loads(str(extending.outputs["it"]))

    assert set(kubeconfig["clusters"][0]["cluster"]) == {"server"}


def test_the_cluster_is_named_after_the_platform() -> None:
    assert PROD.cluster_name == "tokenworks-aws-prod"


@pytest.mark.parametrize(("tls", "scheme"), [(True, "rediss"), (False, "redis")])
def test_a_cache_exports_its_address_and_no_password(*, tls: bool, scheme: str) -> None:
    def program() -> None:
        ref = CacheRef(
            host=pulumi.Output.from_input("cache.example"),
            port=6379,
            tls=tls,
            user=pulumi.Output.from_input("counters"),
            secret=pulumi.Output.from_input("valkey-counters-users"),
        )
        for name, value in ref.exports("counters").items():
            pulumi.export(name, value)

    assert record_program(program, stack="aws-dev").outputs == {
        "countersCache": f"{scheme}://cache.example:6379"
    }

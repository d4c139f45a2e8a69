"""The platform on Google Cloud: what it is told of a foundation that another stack has made."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from infra.graph.model import Graph
from infra.graph.record import record_stack
from tests.support.graphs import GCP_EVERYTHING, GCP_TEAM, graph_of
from tests.support.manifests import maps
from tests.support.projects import make_project, stack_config
from tests.unit.components.examples import body


def _two_stacks() -> dict[str, dict[str, object]]:
    whole = stack_config("gcp-dev")
    cluster = whole["tokenworks:cluster"]
    assert isinstance(cluster, dict)
    whole["tokenworks:cluster"] = {**cluster, "modelDeployers": [GCP_TEAM]}
    models = whole.pop("tokenworks:models")
    ground = {**whole, "tokenworks:layers": ["foundation"]}
    rest = {
        "tokenworks:extends": "gcp-ground",
        "tokenworks:layers": ["platform", "models"],
        "tokenworks:models": models,
    }
    return {"gcp-ground": ground, "gcp-ground-rest": rest}


@cache
def _split(stack: str) -> Graph:
    with TemporaryDirectory() as folder:
        return record_stack(stack, folder=make_project(Path(folder) / "it", _two_stacks()))


def test_a_platform_knows_deployers_and_key_of_a_foundation_in_its_own_stack() -> None:
    graph = graph_of(GCP_EVERYTHING)
    (storage,) = graph.of_type("StorageClass")
    (subject,) = maps(graph.named("models-deployer-binding").inputs["subjects"])

    assert body(storage, "parameters")["disk-encryption-kms-key"] == (
        "${gcp-everything-encryption-disks.id}"
    )
    assert subject["kind"] == "User"
    assert subject["name"] == "${gcp-everything-access-deployer.email}"


@pytest.mark.thorough
def test_a_platform_in_a_stack_of_its_own_is_told_the_same() -> None:
    ground, rest = _split("gcp-ground"), _split("gcp-ground-rest")
    (storage,) = rest.of_type("StorageClass")
    (subject,) = maps(rest.named("models-deployer-binding").inputs["subjects"])

    assert (
        body(storage, "parameters")["disk-encryption-kms-key"]
        == (ground.outputs["diskEncryptionKey"])
    )
    assert subject["name"] == ground.outputs["modelsDeployerRole"]
    assert not [item for item in rest.resources if item.package == "gcp"]


def test_no_autoscaler_and_no_device_plugin_are_installed_on_google_cloud() -> None:
    charts = [
        item.inputs["chart"]
        for item in graph_of(GCP_EVERYTHING).of_type("kubernetes:helm.sh/v3:Release")
    ]

    assert "dcgm-exporter" in charts
    assert not {"cluster-autoscaler", "nvidia-device-plugin"} & set(charts)

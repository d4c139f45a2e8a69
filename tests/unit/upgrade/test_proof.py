"""An upgrade from the last release leaves in its place what holds data or buys GPUs."""

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pulumi
import pytest

from infra.graph.model import Resource
from infra.graph.record import record_stack
from infra.graph.values import SECRET_TEXT
from infra.layers import foundation_aws
from infra.review.changes import changes
from infra.upgrade.kept import read_graph, without_secrets, write_graph
from infra.upgrade.proof import losses
from infra.wire import SECRET, SIGNATURE_KEY, Value
from tests.support.projects import ROOT
from tests.support.releases import (
    STACKS,
    kept_graph,
    last_release,
    present_graph,
    project_of,
)
from tests.support.review import graph, resource, secret

if TYPE_CHECKING:
    from collections.abc import Callable

RELEASE = last_release()
STACK = "aws-prod"
CLUSTER = "urn:pulumi:aws-prod::tokenworks::tokenworks:aws:Cluster"


@pytest.mark.parametrize("stack", STACKS)
def test_the_present_code_keeps_what_the_last_release_built(stack: str) -> None:
    found = losses(kept_graph(stack, RELEASE), present_graph(stack, RELEASE))

    assert not found, "\n".join(map(str, found))


def test_the_record_holds_what_an_upgrade_could_lose() -> None:
    kept = {item.type for stack in STACKS for item in kept_graph(stack, RELEASE).resources}

    assert kept > {
        *("aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:s3/bucket:Bucket"),
        *("aws:elasticache/replicationGroup:ReplicationGroup", "aws:kms/key:Key"),
        *("gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"),
        *("gcp:storage/bucket:Bucket", "gcp:memorystore/instance:Instance"),
        *("kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:Namespace"),
    }


def renamed(monkeypatch: pytest.MonkeyPatch, *, alias: bool) -> None:
    """Let the component that makes the cluster bear another name."""
    made = cast("Callable[..., object]", foundation_aws.Cluster)

    def under_another_name(name: str, *args: object, **kwargs: object) -> object:
        aliases = [pulumi.Alias(name=name)] if alias else []
        given = kwargs.pop("opts")
        assert isinstance(given, pulumi.ResourceOptions)
        opts = pulumi.ResourceOptions.merge(given, pulumi.ResourceOptions(aliases=aliases))
        return made(f"{name}-renamed", *args, **kwargs, opts=opts)

    monkeypatch.setattr(foundation_aws, "Cluster", under_another_name)


def test_a_renamed_component_without_an_alias_is_told_with_its_urn(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    renamed(monkeypatch, alias=False)
    present = record_stack(STACK, folder=project_of(RELEASE, tmp_path / "it"))

    found = losses(kept_graph(STACK, RELEASE), present)

    lost = next(one for one in found if one.what.startswith("the control plane"))
    assert lost.action == "delete"
    assert lost.urn.startswith(f"{CLUSTER}$aws:eks/cluster:Cluster::aws-prod-cluster-")
    assert f"under this name no more: {CLUSTER}::aws-prod-cluster" in str(lost)
    assert f"{CLUSTER}$aws:eks/cluster:Cluster::aws-prod-cluster-renamed-" in str(lost)


def test_a_renamed_component_with_an_alias_keeps_everything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    renamed(monkeypatch, alias=True)
    present = record_stack(STACK, folder=project_of(RELEASE, tmp_path / "it"))
    assert present.named("aws-prod-cluster-renamed")

    found = losses(kept_graph(STACK, RELEASE), present)

    assert not found, "\n".join(map(str, found))


def test_the_record_names_no_secret_and_no_machine() -> None:
    graphs = [kept_graph(stack, RELEASE) for stack in STACKS]
    values = [value for graph in graphs for item in graph.resources for value in secrets(item)]
    text = repr(graphs)

    assert set(values) <= {SECRET_TEXT}
    assert "PRIVATE KEY" not in text
    assert str(ROOT) not in text


def secrets(item: Resource) -> list[object]:
    """Return what stands in the place of the secrets of a resource."""
    found: list[object] = []
    waiting: list[Value] = [item.inputs]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict) and value.get(SIGNATURE_KEY) == SECRET:
            found.append(value["value"])
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found


BUCKET = "aws:s3/bucket:Bucket"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def test_a_property_that_replaces_a_bucket_is_told_with_its_path() -> None:
    before, after = (resource(BUCKET, "weights", {"bucket": name}) for name in ("one", "two"))

    (lost,) = losses(graph(before), graph(after))

    assert (lost.urn, lost.action, lost.properties) == (before.urn, "replace", ("bucket",))
    assert lost.reasons


def test_what_can_be_made_again_may_go() -> None:
    old, new = (resource(DEPLOYMENT, name) for name in ("proxy", "another"))

    assert losses(graph(old), graph(new)) == []


def test_a_protected_thing_must_stay_whatever_it_is() -> None:
    (lost,) = losses(graph(resource(DEPLOYMENT, "proxy", protect=True)), graph())

    assert lost.action == "delete"
    assert any("protected" in reason for reason in lost.reasons)


def test_a_secret_that_only_another_recording_drew_is_no_change(tmp_path: Path) -> None:
    before, after = (
        resource("kubernetes:core/v1:Secret", "key", {"stringData": {"token": secret(drawn)}})
        for drawn in ("one", "two")
    )
    file = tmp_path / "it.json.gz"
    write_graph(graph(before), file)

    kept = read_graph(file)

    assert b"one" not in gzip.decompress(file.read_bytes())
    assert losses(kept, graph(after)) == []
    assert changes(kept, without_secrets(graph(after))) == ()

"""The command as a person runs it, with an engine and a kubectl that write down what they get."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra import cli_destroy
from infra.cli import app
from infra.destroy.cluster import ClusterError
from infra.destroy.found import Found, Left
from infra.destroy.kubectl import KubectlCluster
from infra.wire import Value
from tests.unit.destroy.examples import body, platform, resource, state

PULUMI = """#!/bin/sh
echo "$@" >> "{folder}/commands"
case "$*" in
  *"stack export --stack"*)
    for last; do :; done
    cat "{folder}/$last.json" 2>/dev/null && exit 0
    echo "error: no stack named '$last' found" >&2
    exit 255 ;;
  *destroy*) exit $(cat "{folder}/ends" 2>/dev/null || echo 0) ;;
esac
"""
KUBECTL = """#!/bin/sh
echo "kubectl $@" >> "{folder}/commands"
case "$*" in
  *Gateway*) echo "error: the server doesn't have a resource type \\"Gateway\\"" >&2; exit 1 ;;
  *get*" Service "*) cat "{folder}/services.json" 2>/dev/null || echo '{{"items": []}}' ;;
  *) echo '{{"items": []}}' ;;
esac
"""
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("pulumi", PULUMI), ("kubectl", KUBECTL)):
        program = tmp_path / name
        program.write_text(text.format(folder=tmp_path), encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(cli_destroy, "_look", lambda _spec: lambda _marks: Found())
    return tmp_path


def put(folder: Path, stack: str, exported: dict[str, Value]) -> None:
    (folder / f"{stack}.json").write_text(json.dumps(exported), encoding="utf-8")


def commands(folder: Path, word: str) -> list[str]:
    said = (folder / "commands").read_text(encoding="utf-8").splitlines()
    return [line for line in said if word in line]


def run(arguments: Sequence[str], typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["destroy", *arguments], input=typed)
    return done.exit_code, done.output


def test_a_stack_goes_workloads_first_with_a_refresh_and_the_account_is_looked_at(
    folder: Path,
) -> None:
    put(folder, "aws-dev", platform())

    code, said = run(["aws-dev"], typed="y\n")

    assert code == 0, said
    first, second = commands(folder, " destroy ")
    assert "--stack aws-dev --yes --refresh --target-dependents --target urn:pulumi:dev::" in first
    assert second.endswith("destroy --stack aws-dev --yes --refresh")
    assert "left in the account: nothing that is known to be ours" in said


def test_without_a_yes_nothing_is_deleted(folder: Path) -> None:
    put(folder, "aws-dev", platform())

    code, said = run(["aws-dev"], typed="n\n")

    assert code == 2
    assert "nothing was deleted" in said
    assert commands(folder, " destroy ") == []


@pytest.mark.parametrize(
    ("options", "typed"),
    [([], "y\n"), ([], "aws-dev\n"), (["--yes", "aws-dev"], ""), (["--yes", "y"], "")],
)
def test_production_wants_its_own_name(folder: Path, options: list[str], typed: str) -> None:
    put(folder, "aws-prod", platform())

    code, said = run(["aws-prod", *options], typed)

    assert code == 2, said
    assert "what was typed is not aws-prod" in said
    assert commands(folder, " destroy ") == []


def test_production_goes_with_its_models_first_when_its_name_is_typed(folder: Path) -> None:
    put(folder, "aws-prod", platform())
    put(folder, "aws-prod-models", state(resource("kubernetes:apps/v1:Deployment", "qwen")))

    code, said = run(["aws-prod"], typed="aws-prod\n")

    assert code == 0, said
    order = [line.split("--stack ")[1].split()[0] for line in commands(folder, " destroy ")]
    assert order == ["aws-prod-models", "aws-prod", "aws-prod"]


def test_models_alone_go_without_the_platform_that_they_stand_on(folder: Path) -> None:
    put(folder, "aws-prod", platform())
    put(folder, "aws-prod-models", state(resource("kubernetes:apps/v1:Deployment", "qwen")))

    code, said = run(["aws-prod-models", "--yes", "aws-prod-models"])

    assert code == 0, said
    assert len(commands(folder, " destroy ")) == 1
    assert "aws-prod still stands" in said


def test_what_is_protected_stops_it_before_the_question(folder: Path) -> None:
    put(folder, "aws-prod", platform(resource("aws:s3/bucket:Bucket", "weights", protect=True)))

    code, said = run(["aws-prod"])

    assert code == 2
    assert "Bucket weights is protected in stack aws-prod" in said
    assert "Type aws-prod" not in said


def test_a_look_deletes_nothing_and_says_what_is_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "aws-dev", platform())
    there = Found([Left("VPC", "vpc-1", "tag tokenworks.dev/platform")])
    monkeypatch.setattr(cli_destroy, "_look", lambda _spec: lambda _marks: there)

    code, said = run(["aws-dev", "--look"])

    assert code == 1
    assert "  workloads: 1" in said
    assert "  VPC vpc-1 (tag tokenworks.dev/platform)" in said
    assert commands(folder, " destroy ") == []


def test_an_engine_that_fails_says_how_to_go_on(folder: Path) -> None:
    put(folder, "aws-dev", platform())
    (folder / "ends").write_text("255", encoding="utf-8")

    code, said = run(["aws-dev", "--yes", "aws-dev"])

    assert code == 2
    assert "run this again, which goes on from there" in said
    assert "pulumi cancel --stack aws-dev" in said


def test_kubectl_is_given_the_clusters_own_address_and_no_context_of_the_terminal(
    folder: Path,
) -> None:
    service = body("Service", "shop", type="LoadBalancer")
    text = json.dumps({"items": [service]})
    (folder / "services.json").write_text(text, encoding="utf-8")
    cluster = KubectlCluster('{"apiVersion": "v1"}')

    assert len(cluster.objects("v1", "Service")) == 1
    assert cluster.objects("gateway.networking.k8s.io/v1", "Gateway") == []
    cluster.delete("networking.k8s.io/v1", "Ingress", "shop", "default")

    asked = commands(folder, "kubectl")
    assert all(" --kubeconfig /" in line for line in asked)
    assert "get Gateway.v1.gateway.networking.k8s.io -A -o json" in asked[1]
    assert "delete Ingress.v1.networking.k8s.io shop --namespace default" in asked[2]


def test_without_kubectl_the_cluster_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ClusterError, match="not on PATH"):
        KubectlCluster("{}").objects("v1", "Service")

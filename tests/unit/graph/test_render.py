"""Objects and charts as files."""

from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
import yaml

from infra.graph.model import Graph
from infra.graph.render import MARKER, RenderError, render
from tests.support.record import by, kubernetes_provider, record


def _objects() -> Graph:
    def program() -> None:
        opts = by(kubernetes_provider())
        kubernetes.core.v1.Namespace("models", metadata={"name": "models"}, opts=opts)
        kubernetes.core.v1.ConfigMap(
            "settings",
            metadata={"name": "settings", "namespace": "models"},
            data={"config.yaml": "a: 1\nb: 2\n"},
            opts=opts,
        )
        kubernetes.core.v1.ConfigMap("made-up", data={"a": "b"}, opts=opts)
        kubernetes.core.v1.Secret(
            "token", metadata={"name": "token"}, string_data={"token": "marker-1"}, opts=opts
        )
        kubernetes.helm.v3.Release(
            "plugin",
            name="nvidia-device-plugin",
            namespace="gpu",
            chart="nvidia-device-plugin",
            version="0.18.0",
            repository_opts={"repo": "https://nvidia.github.io/k8s-device-plugin"},
            values={"b": {"c": pulumi.Output.secret("marker-2")}, "a": 1},
            opts=opts,
        )

    return record(program)


def _names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_every_object_is_a_file_by_namespace_kind_and_name(tmp_path: Path) -> None:
    written = render(_objects(), tmp_path / "out")

    assert [str(path.relative_to(tmp_path / "out")) for path in written] == [
        "charts/gpu-nvidia-device-plugin.yaml",
        "cluster/namespace-models.yaml",
        "default/configmap-made-up-generated.yaml",
        "default/secret-token.yaml",
        "models/configmap-settings.yaml",
    ]


def test_an_object_is_what_the_program_declares_in_the_usual_order(tmp_path: Path) -> None:
    render(_objects(), tmp_path)
    text = (tmp_path / "models/configmap-settings.yaml").read_text(encoding="utf-8")

    assert text == (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: models\n"
        "data:\n  config.yaml: |\n    a: 1\n    b: 2\n"
    )


def test_an_object_that_the_provider_names_has_a_generated_name(tmp_path: Path) -> None:
    render(_objects(), tmp_path)
    content = yaml.safe_load((tmp_path / "default/configmap-made-up-generated.yaml").read_text())

    assert content["metadata"] == {"generateName": "made-up-", "namespace": "default"}


def test_a_chart_is_name_version_repository_and_values(tmp_path: Path) -> None:
    render(_objects(), tmp_path)
    content = yaml.safe_load((tmp_path / "charts/gpu-nvidia-device-plugin.yaml").read_text())

    assert content == {
        "name": "nvidia-device-plugin",
        "namespace": "gpu",
        "chart": "nvidia-device-plugin",
        "version": "0.18.0",
        "repository": "https://nvidia.github.io/k8s-device-plugin",
        "values": {"a": 1, "b": {"c": "[secret]"}},
    }


def test_secrets_are_replaced_and_the_file_says_so(tmp_path: Path) -> None:
    render(_objects(), tmp_path)

    texts = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.yaml")]
    assert not [text for text in texts if "marker" in text]
    secret = (tmp_path / "default/secret-token.yaml").read_text(encoding="utf-8")
    assert secret.startswith("# Secret values are not written")
    assert "  token: '[secret]'" in secret


def test_a_second_run_writes_the_same_and_removes_what_is_gone(tmp_path: Path) -> None:
    render(_objects(), tmp_path)
    stale = tmp_path / "models/deployment-old.yaml"
    stale.write_text("kind: Deployment\n", encoding="utf-8")
    with (tmp_path / MARKER).open("a", encoding="utf-8") as marker:
        marker.write("models/deployment-old.yaml\n")
    before = [name for name in _names(tmp_path) if "old" not in name]

    render(_objects(), tmp_path)

    assert _names(tmp_path) == before


def test_a_file_outside_the_folder_is_never_removed(tmp_path: Path) -> None:
    outside = tmp_path / "precious.yaml"
    outside.write_text("precious\n", encoding="utf-8")
    folder = tmp_path / "out"
    render(_objects(), folder)
    with (folder / MARKER).open("a", encoding="utf-8") as marker:
        marker.write("../precious.yaml\n")

    render(_objects(), folder)

    assert outside.read_text(encoding="utf-8") == "precious\n"


def test_a_folder_with_files_of_somebody_else_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine\n", encoding="utf-8")

    with pytest.raises(RenderError, match="must be empty or written by an earlier render"):
        render(_objects(), tmp_path)

    assert _names(tmp_path) == ["notes.txt"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("mine\n", encoding="utf-8")

    with pytest.raises(RenderError, match="must be a folder"):
        render(_objects(), file)


def test_two_resources_that_declare_the_same_object_are_refused(tmp_path: Path) -> None:
    def program() -> None:
        opts = by(kubernetes_provider())
        for name in ("first", "second"):
            kubernetes.core.v1.ConfigMap(name, metadata={"name": "same"}, opts=opts)

    with pytest.raises(RenderError, match=r"default/configmap-same\.yaml: two resources"):
        render(record(program), tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    def program() -> None:
        opts = by(kubernetes_provider())
        metadata = {"name": "../../x", "namespace": ".."}
        kubernetes.core.v1.ConfigMap("c", metadata=metadata, opts=opts)  # ty: ignore[invalid-argument-type] - SDK accepts a dict

    [path] = render(record(program), tmp_path / "out")

    assert path == tmp_path / "out/unnamed/configmap-x.yaml"

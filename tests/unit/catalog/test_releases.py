"""Pinned charts, images and Kubernetes versions."""

import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.catalog.kubernetes_versions import DEFAULT, kubernetes_versions, refusal
from infra.catalog.releases import (
    LOCK_FILE,
    ImageRelease,
    UnknownReleaseError,
    addon,
    chart,
    image,
    own_image,
    read_lock,
    unresolved,
)


def test_a_release_that_is_not_pinned_is_refused_with_what_is() -> None:
    with pytest.raises(UnknownReleaseError, match=r"'keda'; one of .*dcgm-exporter"):
        chart("keda")
    with pytest.raises(UnknownReleaseError, match="'sglang'; one of vllm"):
        image("sglang")
    with pytest.raises(UnknownReleaseError, match="'kubecost'; one of vpc-cni"):
        addon("kubecost")


def test_an_unresolved_image_is_named_by_its_tag() -> None:
    vllm = image("vllm")

    assert vllm.digest is None
    assert vllm.reference == "docker.io/vllm/vllm-openai:v0.32.0"


def test_a_resolved_image_is_named_by_its_digest_too() -> None:
    digest = f"sha256:{'ab' * 32}"
    release = ImageRelease(
        repository="r.example/x", tag="v1", digest=digest, source="", source_date=date(2026, 11, 25)
    )

    assert release.reference == f"r.example/x:v1@{digest}"


def test_an_image_of_ours_is_named_by_the_registry_of_its_platform() -> None:
    release = own_image("weights-loader")
    pushed = release.model_copy(update={"digest": f"sha256:{'ab' * 32}"})

    assert release.reference("r.example/tokenworks/weights-loader") == (
        f"r.example/tokenworks/weights-loader:{release.tag}"
    )
    assert pushed.reference("r.example/x") == f"r.example/x:{release.tag}@sha256:{'ab' * 32}"


def test_what_nobody_resolved_is_named() -> None:
    assert "image vllm: digest" in unresolved("aws")
    assert "add-on vpc-cni: version" in unresolved("aws")


def test_only_what_a_clouds_stacks_install_is_named() -> None:
    assert unresolved("gcp") == [
        "chart dcgm-exporter: digest",
        "chart milvus: digest",
        "chart external-secrets: digest",
        "chart valkey: digest",
        "chart gateway-crds-helm: digest",
        "chart gateway-helm: digest",
        "chart ai-gateway-crds-helm: digest",
        "chart ai-gateway-helm: digest",
        "chart cert-manager: digest",
        "chart external-dns: digest",
        "chart prometheus-operator-crds: digest",
        "chart kube-prometheus-stack: digest",
        "chart tempo: digest",
        "chart loki: digest",
        "chart alloy: digest",
        "chart opencost: digest",
        "image vllm: digest",
        "image milvus: digest",
        "image milvus-etcd: digest",
        "image external-secrets: digest",
        "image valkey: digest",
        "image redis-exporter: digest",
        "image blackbox-exporter: digest",
        "image envoy-gateway: digest",
        "image envoy: digest",
        "image ai-gateway-controller: digest",
        "image ai-gateway-extproc: digest",
        "image cert-manager: digest",
        "image cert-manager-webhook: digest",
        "image cert-manager-cainjector: digest",
        "image cert-manager-startupapicheck: digest",
        "image external-dns: digest",
        "image prometheus: digest",
        "image alertmanager: digest",
        "image grafana: digest",
        "image k8s-sidecar: digest",
        "image loki: digest",
        "image alloy: digest",
        "image kube-state-metrics: digest",
        "image node-exporter: digest",
        "image tempo: digest",
        "image milvus-backup: digest",
        "image kubectl: digest",
        "image weights-loader: digest",
    ]
    assert set(unresolved("gcp")) < set(unresolved("aws"))


def test_what_is_resolved_is_named_no_more(tmp_path: Path) -> None:
    text = LOCK_FILE.read_text(encoding="utf-8")
    resolved = re.sub(r"digest: null", f"digest: sha256:{'ab' * 32}", text)
    (tmp_path / "lock.yaml").write_text(resolved.replace("version: null", "version: v1.0.0"))

    assert read_lock(tmp_path / "lock.yaml").unresolved("aws") == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("digest: null", "digest: latest"),
        ("digest: null", "digets: null"),
        ("tag: v0.32.0", "tag:"),
        ("sourceDate: 2026-08-19", "sourceDate: soon"),
    ],
)
def test_a_lock_file_with_a_slip_is_refused(right: str, wrong: str, tmp_path: Path) -> None:
    text = LOCK_FILE.read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "lock.yaml").write_text(text.replace(right, wrong, 1))

    with pytest.raises(ValidationError):
        read_lock(tmp_path / "lock.yaml")


def test_the_default_kubernetes_version_is_in_standard_support() -> None:
    default = next(one for one in kubernetes_versions("aws") if one.minor == DEFAULT)

    assert default.standard_support_ends == date(2027, 3, 27)
    assert refusal("aws", DEFAULT) is None


@pytest.mark.parametrize(
    ("minor", "reason"),
    [
        ("1.34", "standard support ends on 2026-12-02"),
        ("1.29", "out of standard support"),
        ("1.37", "newer than what the platform"),
        ("2.0", "newer than what the platform"),
        ("1.35.4", "not a minor version"),
        ("latest", "not a minor version"),
        ("", "not a minor version"),
    ],
)
def test_another_kubernetes_version_is_refused_with_the_reason(minor: str, reason: str) -> None:
    assert reason in (refusal("aws", minor) or "allowed")

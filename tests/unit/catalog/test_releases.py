"""Pinned charts, images and Kubernetes versions."""

from datetime import date

import pytest

from infra.catalog.kubernetes_versions import DEFAULT, kubernetes_versions, refusal
from infra.catalog.releases import ImageRelease, UnknownReleaseError, chart, image


def test_a_release_that_is_not_pinned_is_refused_with_what_is() -> None:
    with pytest.raises(UnknownReleaseError, match=r"'keda'; one of .*dcgm-exporter"):
        chart("keda")
    with pytest.raises(UnknownReleaseError, match="'sglang'; one of vllm"):
        image("sglang")


def test_an_unresolved_image_is_named_by_its_tag() -> None:
    vllm = image("vllm")

    assert vllm.digest is None
    assert vllm.reference == "docker.io/vllm/vllm-openai:v0.32.0"


def test_a_resolved_image_is_named_by_its_digest_too() -> None:
    release = ImageRelease(
        repository="r.example/x", tag="v1", digest="sha256:ab", source="", source_date=""
    )

    assert release.reference == "r.example/x:v1@sha256:ab"


def test_the_default_kubernetes_version_is_in_standard_support() -> None:
    default = next(one for one in kubernetes_versions() if one.minor == DEFAULT)

    assert default.standard_support_ends == date(2027, 3, 27)
    assert refusal(DEFAULT) is None


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
    assert reason in (refusal(minor) or "allowed")

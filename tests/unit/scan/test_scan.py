"""Which findings of a scanner may stand, and the page that says so. No scanner runs here."""

from dataclasses import replace

import pytest

from tests.support.scan import MOST_SUPPRESSED, Finding, Scan, Suppression, mistakes
from tests.support.scan import read_suppressions as suppressions_of_the_file
from tests.support.scan_report import PAGE, page

SERVER = "Deployment.models.llama"
FINDING = Finding("CKV_K8S_11", SERVER, "aws-dev", "CPU limits should be set (/a.yaml)")
SCAN = Scan("aws-dev", passed=9, findings=(FINDING,), unread=())
ALLOWED = Suppression("CKV_K8S_11", "throttles", (SERVER,))


def test_a_finding_that_is_named_with_its_object_may_stand() -> None:
    assert mistakes([SCAN], [ALLOWED]) == []


def test_an_unsuppressed_finding_is_told_with_its_id_object_and_stack() -> None:
    assert mistakes([SCAN], []) == [
        "aws-dev: CKV_K8S_11 on Deployment.models.llama: CPU limits should be set (/a.yaml)"
    ]


def test_a_suppression_covers_no_object_that_it_does_not_name() -> None:
    other = replace(FINDING, resource="Deployment.models.qwen")

    assert mistakes([replace(SCAN, findings=(FINDING, other))], [ALLOWED]) == [str(other)]


def test_a_suppression_whose_check_no_longer_fires_is_stale() -> None:
    assert mistakes([replace(SCAN, findings=())], [ALLOWED]) == [
        "stale suppression: CKV_K8S_11 no longer fires on Deployment.models.llama; remove it"
    ]


def test_more_checks_than_the_limit_are_too_many() -> None:
    checks = [f"CKV_K8S_{number}" for number in range(MOST_SUPPRESSED + 1)]
    scan = replace(SCAN, findings=tuple(replace(FINDING, check=check) for check in checks))
    allowed = [replace(ALLOWED, check=check) for check in checks]

    assert mistakes([scan], allowed) == ["13 checks are suppressed, at most 12 may be"]
    assert mistakes([replace(scan, findings=scan.findings[:-1])], allowed[:-1]) == []


@pytest.mark.parametrize("name", ["*", "aws-dev", "Deployment.models.*", "models", ".*"])
def test_a_suppression_names_objects_and_never_a_whole_stack(name: str) -> None:
    scan = replace(SCAN, findings=(replace(FINDING, resource=name),))

    assert mistakes([scan], [replace(ALLOWED, resources=(name,))]) == [
        f"CKV_K8S_11: must name an object as Kind.namespace.name, got {name!r}"
    ]


def test_a_suppression_without_a_reason_or_an_object_is_refused() -> None:
    assert mistakes([SCAN], [replace(ALLOWED, reason="")]) == [
        "CKV_K8S_11: suppressed without a reason"
    ]
    assert "CKV_K8S_11: names no object; `resources` must" in mistakes(
        [SCAN], [replace(ALLOWED, resources=())]
    )


def test_an_object_that_asks_the_scanner_to_look_away_is_a_mistake() -> None:
    assert mistakes([replace(SCAN, unread=("x: an annotation skips CKV_K8S_16",))], [ALLOWED]) == [
        "aws-dev: not judged: x: an annotation skips CKV_K8S_16"
    ]


@pytest.mark.thorough
def test_the_page_says_what_is_seen_and_what_may_fail_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(suppressions_of_the_file()), "run `make scan`"

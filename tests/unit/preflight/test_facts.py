"""Facts files: those that come with the project, and what is said of one with mistakes."""

from pathlib import Path

import pytest

from infra.preflight.aws.catalogue import QUOTAS
from infra.preflight.facts import FactsError, facts_names, load_facts
from infra.spec.cloud import CloudProvider

AWS = CloudProvider.AWS

GPU_CODES = ("L-DB2E81BA", "L-417A185B", "L-3819A6DF", "L-7212CCBC", "L-C4BD4855")


def mistakes(text: str, tmp_path: Path) -> dict[str, str]:
    """Return what is said of a facts file: setting to problem."""
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FactsError) as error:
        load_facts(str(path), AWS)
    return {item.setting: item.problem for item in error.value.mistakes}


def test_a_typical_and_a_fresh_account_come_with_the_project_for_each_cloud() -> None:
    for cloud in CloudProvider:
        assert facts_names(cloud) == ("fresh-account", "typical")
        for name in facts_names(cloud):
            assert load_facts(name, cloud).name == name


def test_a_fresh_account_has_no_gpus_at_all() -> None:
    fresh = load_facts("fresh-account", AWS)

    assert {code: fresh.quota(code) for code in GPU_CODES} == dict.fromkeys(GPU_CODES, 0)


def test_a_typical_account_has_at_least_what_a_fresh_one_has() -> None:
    typical, fresh = load_facts("typical", AWS), load_facts("fresh-account", AWS)

    assert all(typical.quota(code) >= fresh.quota(code) for code in QUOTAS)
    assert all(typical.quota(code) > 0 for code in GPU_CODES)


def test_a_file_of_ones_own_is_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    quotas = "".join(f"  {code}: 7\n" for code in QUOTAS)
    extra = "offerings: {p5.48xlarge: [us-east-1b]}\naddonVersions: {vpc-cni: [v1.20.4]}\n"
    path.write_text(
        f"name: mine\nsource: record\nsourceDate: 2026-11-25\nquotas:\n{quotas}{extra}",
        encoding="utf-8",
    )

    facts = load_facts(str(path), AWS)

    assert facts.quotas == dict.fromkeys(QUOTAS, 7)
    assert facts.offerings == {"p5.48xlarge": ("us-east-1b",)}
    assert facts.addon_versions == {"vpc-cni": ("v1.20.4",)}


def test_everything_wrong_with_a_file_is_said_at_once(tmp_path: Path) -> None:
    quotas = "".join(f"  {code}: 1\n" for code in QUOTAS if code != "L-DB2E81BA")
    text = (
        "name: ''\nsourceDate: yesterday\nsorce: me\nofferings: {g6.xlarge: us-east-1a}\n"
        f"quotas:\n{quotas}  L-0BADC0DE: 1\n"
    ).replace("L-F678F1CE: 1", "L-F678F1CE: many")

    assert mistakes(text, tmp_path) == {
        "name": "is no text",
        "source": "is missing",
        "sourceDate": "is no date",
        "sorce": "is no setting of a facts file",
        "offerings[g6.xlarge]": "is no list of texts",
        "quotas.L-DB2E81BA": "has no value (Running On-Demand G and VT instances)",
        "quotas.L-F678F1CE": "is no number of whole units",
        "quotas.L-0BADC0DE": "is no quota that the project knows",
    }


@pytest.mark.parametrize("value", ["-1", "1.5", "true", "'5'"])
def test_a_quota_is_a_whole_number_of_units(tmp_path: Path, value: str) -> None:
    quotas = "".join(f"  {code}: {value}\n" for code in QUOTAS)
    text = f"name: n\nsource: s\nsourceDate: 2026-11-25\nquotas:\n{quotas}"

    assert mistakes(text, tmp_path).keys() == {f"quotas.{code}" for code in QUOTAS}


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "is no mapping of settings"), ("- a\n", "is no mapping of settings"), ("a: [", "is not")],
    ids=["empty", "list", "no yaml"],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    found = mistakes(text, tmp_path)

    assert len(found) == 1
    assert problem in found["facts"]


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one() -> None:
    with pytest.raises(FactsError, match=r"did you mean fresh-account\?") as error:
        load_facts("fresh-acount", AWS)

    (mistake,) = error.value.mistakes
    assert "No such file" in mistake.problem
    assert str(error.value).startswith("facts fresh-acount: 1 mistake\n\n")

"""Settings of the weights loader: read, or refused with all mistakes at once."""

import pytest
from weights_loader import settings
from weights_loader.errors import RefusedError

from components.serving.weights import MAIN

RIGHT = {
    "HUB_REPOSITORY": "acme/tiny",
    "HUB_ENDPOINTS": "https://hub.example/ http://mirror.example:8080/hub",
    "WEIGHTS_URI": "s3://acme-weights/acme/tiny/main",
    "HF_TOKEN": "marker-of-a-token\n",
    "AWS_REGION": "eu-west-1",
}


def test_settings_are_read_as_the_job_gives_them() -> None:
    wanted = settings.read(RIGHT)

    assert wanted.revision == MAIN
    assert wanted.endpoints == ("https://hub.example", "http://mirror.example:8080/hub")
    assert (wanted.scheme, wanted.bucket, wanted.folder) == ("s3", "acme-weights", "acme/tiny/main")
    assert wanted.token == "marker-of-a-token"
    assert wanted.region == "eu-west-1"
    assert "marker-of-a-token" not in repr(wanted)


def test_nothing_set_is_refused_with_everything_that_must_be() -> None:
    with pytest.raises(RefusedError) as caught:
        settings.read({})

    names = [report.partition(":")[0] for report in caught.value.reports]
    assert names == ["HUB_REPOSITORY", "HUB_ENDPOINTS", "WEIGHTS_URI"]
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_REPOSITORY", "tiny"),
        ("HUB_REPOSITORY", "acme/../tiny"),
        ("HUB_REVISION", "../main"),
        ("HUB_REVISION", "a b"),
        ("HUB_ENDPOINTS", "https://"),
        ("HUB_ENDPOINTS", "https://hub.example:port"),
        ("HUB_ENDPOINTS", "https://hub.example?token=x"),
        ("WEIGHTS_URI", "https://acme-weights/acme/tiny/main"),
        ("WEIGHTS_URI", "s3://acme-weights"),
        ("WEIGHTS_URI", "s3://acme-weights/acme/tiny/main/"),
        ("WEIGHTS_URI", "s3://acme-weights/acme//tiny/main"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(RefusedError, match=f"^{name}: must be"):
        settings.read({**RIGHT, name: value})


@pytest.mark.parametrize(
    "more",
    [
        {"WEIGHTS_URI": "s3://acme-weights/acme/other/main"},
        {"HUB_REVISION": "a" * 40},
    ],
)
def test_the_folder_of_another_model_or_revision_is_refused(more: dict[str, str]) -> None:
    with pytest.raises(RefusedError, match="WEIGHTS_URI: must end with /acme/tiny/"):
        settings.read({**RIGHT, **more})


def test_no_report_shows_a_secret() -> None:
    wrong = {"HUB_ENDPOINTS": "https://me:marker-of-a-password@hub.example", "HF_TOKEN": "a b"}

    with pytest.raises(RefusedError) as caught:
        settings.read({**RIGHT, **wrong})

    assert len(caught.value.reports) == 2
    assert "marker-of-a-password" not in str(caught.value)
    assert "a b" not in str(caught.value)


@pytest.mark.parametrize(
    ("revision", "pinned"),
    [("main", False), ("a" * 39, False), ("A" * 40, False), ("a1" * 20, True)],
)
def test_a_whole_commit_is_pinned_and_nothing_else(revision: str, pinned: bool) -> None:  # noqa: FBT001  a table
    assert settings.is_commit(revision) is pinned

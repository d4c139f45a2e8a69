"""A secret is found in whatever form it is written, and only where it does not belong."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.rehearsal.secret_scan import HOMES, SHORTEST, Secret, cloud_secrets, find_in_files

VALUE = "s3cret/value+with=all&kinds of\\characters"
SECRET = Secret("key of Secret a/b", VALUE.encode())
FORMS = {
    "plain": VALUE,
    "JSON": json.dumps({"a": VALUE}),
    "URL": f"https://x/?a={quote(VALUE, safe='')}",
    "base64": base64.b64encode(VALUE.encode()).decode(),
    "base64 for URLs": base64.urlsafe_b64encode(VALUE.encode()).decode(),
    "inside of a larger text in base64": base64.b64encode(f"user:{VALUE}!".encode()).decode(),
}


def found_in(folder: Path) -> list[str]:
    return [str(one) for one in find_in_files(folder, [SECRET])]


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_every_form_and_its_value_is_not_said(
    form: str, tmp_path: Path
) -> None:
    file = tmp_path / "engine" / "logs" / "up.log"
    file.parent.mkdir(parents=True)
    file.write_text(f"first line\nsecond {FORMS[form]} line\n")

    assert found_in(tmp_path) == ["engine/logs/up.log:2 holds key of Secret a/b"]
    assert VALUE not in repr(SECRET)


@given(
    before=st.binary(max_size=7),
    after=st.binary(max_size=7),
    value=st.binary(min_size=SHORTEST, max_size=40),
)
def test_base64_hides_a_secret_at_no_offset(before: bytes, after: bytes, value: bytes) -> None:
    text = base64.b64encode(before + value + after)

    assert any(form in text for form in Secret("x", value).forms)


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "up.log").write_text("Secret a/b: [secret]\n" * 100)

    assert found_in(tmp_path) == []


@pytest.mark.parametrize("home", HOMES)
def test_where_secrets_live_is_not_looked(home: str, tmp_path: Path) -> None:
    place = tmp_path / home
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(VALUE)

    assert found_in(tmp_path) == []


def test_a_value_of_the_secret_manager_that_never_reached_the_cluster_is_known(
    tmp_path: Path,
) -> None:
    (tmp_path / "up.log").write_text(VALUE)
    known = list(cloud_secrets({"tokenworks/a/hub-token": VALUE.encode(), "short": b"user"}))

    assert [str(one) for one in find_in_files(tmp_path, known)] == [
        "up.log:1 holds the value of tokenworks/a/hub-token in the secret manager"
    ]
    assert len(known) == 1

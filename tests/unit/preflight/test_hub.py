"""Model access: open, gated, gone, and a hub that nobody reaches."""

import http.server
import threading
from collections.abc import Iterator, Mapping

import pytest

from infra.preflight.hub import head, model_rows
from infra.preflight.verdict import Row, Verdict
from infra.spec.files import load_stack_file

STACK = load_stack_file("aws-dev")
TOKEN = "hf_marker-of-a-token"


def _answered(status: int | OSError, seen: list[tuple[str, Mapping[str, str]]]) -> Row:
    def ask(url: str, headers: Mapping[str, str]) -> int:
        seen.append((url, headers))
        if isinstance(status, OSError):
            raise status
        return status

    (row,) = model_rows(STACK.models, STACK.hub, ask)
    return row


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.ENOUGH),
        (307, Verdict.ENOUGH),
        (401, Verdict.SHORT),
        (403, Verdict.SHORT),
        (404, Verdict.SHORT),
        (429, Verdict.UNKNOWN),
        (503, Verdict.UNKNOWN),
        (OSError("no route"), Verdict.UNKNOWN),
    ],
)
def test_what_the_hub_answers_is_judged(status: int | OSError, verdict: Verdict) -> None:
    row = _answered(status, [])

    assert (row.what, row.verdict) == ("Qwen/Qwen2.5-7B-Instruct", verdict)
    assert bool(row.steps) is (verdict is not Verdict.ENOUGH)


def test_a_gated_repository_comes_with_the_page_that_asks_for_access() -> None:
    told = "\n".join(_answered(403, []).steps)

    assert "https://huggingface.co/Qwen/Qwen2.5-7B-Instruct" in told
    assert "hub-token" in told


def test_the_token_goes_to_the_hub_and_into_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    seen: list[tuple[str, Mapping[str, str]]] = []

    rows = [_answered(status, seen) for status in (200, 403, 404, 500)]

    assert {headers["Authorization"] for _url, headers in seen} == {f"Bearer {TOKEN}"}
    assert TOKEN not in "".join(map(str, (*rows, *(url for url, _headers in seen))))


def test_a_mirror_without_tls_gets_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    mirror = STACK.hub.model_copy(update={"endpoints": ("http://hub.example.com",)})
    seen: list[Mapping[str, str]] = []

    def ask(url: str, headers: Mapping[str, str]) -> int:
        del url
        seen.append(headers)
        return 200

    list(model_rows(STACK.models, mirror, ask))

    assert seen == [{}]


class _Hub(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(302 if self.path.endswith("config.json") else 404)
        self.send_header("Location", "https://weights.example.invalid/")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Stay quiet."""


@pytest.fixture
def hub() -> Iterator[str]:
    server = http.server.HTTPServer(("127.0.0.1", 0), _Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_head_follows_no_redirect(hub: str) -> None:
    assert head(f"{hub}/a/b/resolve/main/config.json", {}) == 302


def test_a_hub_that_is_not_there_did_not_answer() -> None:
    with pytest.raises(OSError, match="127"):
        head("http://127.0.0.1:9/a", {})

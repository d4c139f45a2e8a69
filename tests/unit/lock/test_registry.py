"""Digests from a registry and from a chart repository, over HTTP on this machine."""

from collections.abc import Iterator

import pytest
import yaml

from infra.lock.answers import Answer, Resolved, Unresolved
from infra.lock.chart_index import ChartIndexes
from infra.lock.http import Http, is_allowed
from infra.lock.registry import Registries
from tests.support.registry import Registry, chart_of, digest_of, index_of, serving

IMAGE = index_of("amd64", "arm64")
NAME, TAG = "team/server", "v1.0.0"


@pytest.fixture
def registry() -> Iterator[Registry]:
    with serving(Registry({f"{NAME}:{TAG}": IMAGE})) as one:
        yield one


def ask(registry: Registry, tag: str = TAG) -> Answer:
    http = Http(sleep=lambda _seconds: None)
    return Registries(http).image(f"{registry.address}/{NAME}", tag)


def reason(answer: Answer) -> str:
    assert isinstance(answer, Unresolved)
    return answer.reason


def test_a_tag_has_the_digest_of_its_index_and_head_is_enough(registry: Registry) -> None:
    assert ask(registry) == Resolved(digest_of(IMAGE), f"{registry.address}/{NAME}")
    assert [method for method, _path, _key in registry.asked] == ["HEAD"]


def test_a_registry_that_says_no_digest_is_asked_for_the_manifest(registry: Registry) -> None:
    registry.says_digest = False

    assert ask(registry) == Resolved(digest_of(IMAGE), f"{registry.address}/{NAME}")
    assert [method for method, _path, _key in registry.asked] == ["HEAD", "GET"]


def test_a_challenge_is_answered_with_a_token_for_everybody_once(registry: Registry) -> None:
    registry.wants_token = True
    registries = Registries(Http())

    for _ in range(2):
        found = registries.image(f"{registry.address}/{NAME}", TAG)
        assert isinstance(found, Resolved)

    scope = f"repository:{NAME}:pull"
    assert sum(path.startswith("/token?") for _method, path, _key in registry.asked) == 1
    assert registry.asked[-1][2] == f"Bearer for {scope}"


def test_what_is_shown_to_nobody_stays_unresolved(registry: Registry) -> None:
    registry.wants_token, registry.gives_token = True, False

    assert "no token for everybody (status 403)" in reason(ask(registry))


def test_a_registry_that_wants_a_password_stays_unresolved(registry: Registry) -> None:
    registry.refusals = [(401, {"WWW-Authenticate": 'Basic realm="r"'})]

    assert "wants credentials" in reason(ask(registry))


def test_a_tag_that_is_not_there_stays_unresolved(registry: Registry) -> None:
    assert "no such tag" in reason(ask(registry, "v2"))


def test_a_server_that_asks_for_patience_is_given_some(registry: Registry) -> None:
    registry.refusals = [(429, {"Retry-After": "2"}), (429, {})]
    slept: list[float] = []

    found = Registries(Http(sleep=slept.append)).image(f"{registry.address}/{NAME}", TAG)

    assert isinstance(found, Resolved)
    assert slept == [2.0, 1.0]


@pytest.mark.parametrize("asked", [[(429, {"Retry-After": "21600"})], [(429, {})] * 3])
def test_a_limit_that_lasts_leaves_it_unresolved(
    registry: Registry, asked: list[tuple[int, dict[str, str]]]
) -> None:
    registry.refusals = list(asked)

    assert "too many requests (429)" in reason(ask(registry))
    assert registry.refusals == []


def test_a_registry_that_cannot_be_reached_leaves_it_unresolved() -> None:
    assert "cannot be reached" in reason(Registries(Http()).image("127.0.0.1:1/x/y", "v1"))


def test_an_answer_that_is_no_digest_leaves_it_unresolved(registry: Registry) -> None:
    registry.refusals = [(200, {"Docker-Content-Digest": "md5:1"})]

    assert "no SHA-256 digest" in reason(ask(registry))


def test_a_server_error_leaves_it_unresolved(registry: Registry) -> None:
    registry.refusals = [(503, {})]

    assert "status 503" in reason(ask(registry))


def test_a_token_does_not_go_to_another_server(registry: Registry) -> None:
    with serving(Registry({f"{NAME}:{TAG}": IMAGE})) as near_by:
        registry.wants_token = True
        registries = Registries(Http())
        assert isinstance(registries.image(f"{registry.address}/{NAME}", TAG), Resolved)
        there = f"http://{near_by.address}/v2/{NAME}/manifests/{TAG}"
        registry.refusals = [(307, {"Location": there})]

        found = registries.image(f"{registry.address}/{NAME}", TAG)

        assert isinstance(found, Resolved)
        assert [key for _method, _path, key in near_by.asked] == [""]


def test_only_https_is_asked_beyond_this_machine() -> None:
    assert is_allowed("https://registry.example/v2/")
    assert is_allowed("http://127.0.0.1:5000/v2/")
    assert not is_allowed("http://registry.example/v2/")
    assert not is_allowed("file:///etc/passwd")


def test_a_redirect_to_plain_http_is_not_followed(registry: Registry) -> None:
    registry.refusals = [(302, {"Location": "http://registry.example/v2/"})]

    assert "only HTTPS is asked" in reason(ask(registry))


def test_a_chart_in_a_registry_has_the_digest_of_its_package(registry: Registry) -> None:
    registry.manifests = {"charts/gateway:v1.9.1_1": chart_of(b"package")}
    registries = Registries(Http())

    found = registries.chart(f"oci://{registry.address}/charts", "gateway", "v1.9.1+1")

    assert found == Resolved(digest_of(b"package"), f"{registry.address}/charts/gateway")


def test_an_image_in_the_place_of_a_chart_leaves_it_unresolved(registry: Registry) -> None:
    found = Registries(Http()).chart(f"oci://{registry.address}/team", "server", TAG)

    assert "is no Helm chart" in reason(found)


def test_a_manifest_that_is_not_the_one_of_its_digest_leaves_it_unresolved(
    registry: Registry,
) -> None:
    registry.refusals = [(200, {"Docker-Content-Digest": digest_of(b"another")})]

    found = Registries(Http()).chart(f"oci://{registry.address}/team", "server", TAG)

    assert "is not the one of its digest" in reason(found)


def test_a_chart_in_an_index_has_the_digest_there_and_the_index_is_read_once(
    registry: Registry,
) -> None:
    rows = [
        {"version": "1.0.0", "digest": "ab" * 32},
        {"version": "v1.1.0", "digest": f"sha256:{'cd' * 32}"},
    ]
    registry.files = {"/charts/index.yaml": yaml.safe_dump({"entries": {"valkey": rows}}).encode()}
    indexes, place = ChartIndexes(Http()), f"http://{registry.address}/charts/"

    assert indexes.chart(place, "valkey", "1.0.0") == Resolved(
        f"sha256:{'ab' * 32}", f"http://{registry.address}/charts/index.yaml"
    )
    assert isinstance(indexes.chart(place, "valkey", "1.1.0"), Resolved)
    assert "has no valkey 2.0.0" in reason(indexes.chart(place, "valkey", "2.0.0"))
    assert len(registry.asked) == 1


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (b"entries: {valkey: [{version: 1.0.0}]}", "no one digest"),
        (b"{", "is not YAML"),
        (b"[]", "has no valkey"),
    ],
)
def test_an_index_that_does_not_say_leaves_it_unresolved(
    registry: Registry, index: bytes, said: str
) -> None:
    registry.files = {"/index.yaml": index}

    found = ChartIndexes(Http()).chart(f"http://{registry.address}", "valkey", "1.0.0")

    assert said in reason(found)

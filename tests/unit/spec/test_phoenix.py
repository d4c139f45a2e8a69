"""Who gets prompts and answers, in a stack file."""

import pytest

from tests.unit.spec.stacks import Config, a_stack, loaded, only

INSIDE = "http://phoenix.llm-traces.svc:6006/v1/traces"
OUTSIDE = "https://phoenix.example.com/v1/traces"
ADDRESSES = ["203.0.113.10/32"]


def _stack(**phoenix: object) -> Config:
    return a_stack(
        observability={"phoenix": phoenix},
        gateway={"domain": "llm.example.com", "email": "a@example.com", "sharedHost": True},
        tenants=[{"name": "search"}],
    )


def test_prompts_go_nowhere_unless_somebody_says_so() -> None:
    assert loaded(a_stack()).observability.gets_prompts is None


def test_a_phoenix_in_the_cluster_is_known_by_its_namespace_and_port() -> None:
    found = loaded(_stack(url=INSIDE, prompts=True)).observability.phoenix

    assert found is not None
    assert (found.namespace, found.port, found.addresses) == ("llm-traces", 6006, ())


def test_a_phoenix_elsewhere_is_known_by_its_addresses() -> None:
    spec = loaded(_stack(url=OUTSIDE, prompts=True, addresses=ADDRESSES)).observability

    assert spec.phoenix is not None
    assert (spec.phoenix.namespace, spec.phoenix.port) == (None, 443)
    assert spec.phoenix.addresses == ("203.0.113.10/32",)
    assert not spec.traces.enabled, "it needs no Tempo"


def test_without_observability_nobody_gets_prompts() -> None:
    stack = _stack(url=INSIDE, prompts=True)
    off = a_stack(
        observability={"enabled": False, "phoenix": {"url": INSIDE, "prompts": True}},
        gateway=stack["tokenworks:gateway"],
        tenants=stack["tokenworks:tenants"],
    )

    assert loaded(off).observability.gets_prompts is None


@pytest.mark.parametrize("said", [{}, {"prompts": False}])
def test_without_consent_it_is_refused(said: dict[str, object]) -> None:
    mistake = only(_stack(url=INSIDE, **said))

    assert mistake.setting == "observability.phoenix.prompts"
    assert "what users wrote and what models answered" in mistake.problem


def test_without_a_shared_host_nobody_would_send() -> None:
    config = a_stack(observability={"phoenix": {"url": INSIDE, "prompts": True}})

    assert only(config).setting == "observability.phoenix"


@pytest.mark.parametrize(
    "url",
    [
        "http://phoenix.example.com/v1/traces",
        "https://user:pass@phoenix.example.com/v1/traces",
        "https://phoenix.example.com/v1/traces?key=1",
        "https://phoenix.example.com",
        "https://phoenix.example.com:99999/v1/traces",
        "phoenix.llm-traces.svc:6006/v1/traces",
    ],
)
def test_prompts_leave_the_cluster_over_tls_and_without_a_secret_in_the_address(url: str) -> None:
    mistake = only(_stack(url=url, prompts=True, addresses=ADDRESSES))

    assert mistake.setting == "observability.phoenix.url"
    assert "secret phoenix" in mistake.next_step


@pytest.mark.parametrize(
    ("url", "addresses", "setting", "problem"),
    [
        (OUTSIDE, [], "addresses", "knows no host"),
        (OUTSIDE, ["0.0.0.0/0"], "addresses.0", "more than one place"),
        (OUTSIDE, ["203.0.113.0/23"], "addresses.0", "has host bits set"),
        (OUTSIDE, ["203.0.113.10"], "addresses.0", "has no prefix length"),
        (INSIDE, ADDRESSES, "addresses", "names a namespace of it"),
    ],
)
def test_proxies_reach_that_place_and_no_other(
    url: str, addresses: list[str], setting: str, problem: str
) -> None:
    mistake = only(_stack(url=url, prompts=True, addresses=addresses))

    assert mistake.setting == f"observability.phoenix.{setting}"
    assert problem in mistake.problem

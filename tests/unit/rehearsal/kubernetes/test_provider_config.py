"""The provider's own configuration."""

import json

import pytest

from infra.rehearsal.kubernetes.kubeconfig import KubeconfigError
from infra.rehearsal.kubernetes.provider_config import check_config, compare_config, session_of
from infra.wire import SECRET, SIGNATURE_KEY, UNKNOWN, Properties


def kubeconfig(server: str = "https://127.0.0.1:6443", token: str = "marker") -> str:
    return json.dumps(
        {
            "current-context": "it",
            "contexts": [{"name": "it", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [
                {"name": "c", "cluster": {"server": server, "insecure-skip-tls-verify": True}}
            ],
            "users": [{"name": "u", "user": {"token": token}}],
        }
    )


def test_a_provider_without_a_kubeconfig_is_refused() -> None:
    assert [key for key, _ in check_config({"version": "4.34.2"})] == ["kubeconfig"]


def test_a_kubeconfig_that_is_not_known_yet_passes() -> None:
    hidden: Properties = {SIGNATURE_KEY: SECRET, "value": UNKNOWN}

    assert check_config({"kubeconfig": UNKNOWN}) == []
    assert check_config({"kubeconfig": hidden, "clusterIdentifier": "it"}) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("renderYamlToDirectory", "out"),
        ("deleteUnreachable", "true"),
        ("enableServerSideApply", "false"),
    ],
)
def test_a_setting_that_nothing_plays_is_refused(key: str, value: str) -> None:
    assert [name for name, _ in check_config({"kubeconfig": "x", key: value})] == [key]


def test_strict_mode_wants_a_context() -> None:
    mistakes = check_config({"kubeconfig": "x", "strictMode": "true"})

    assert [key for key, _ in mistakes] == ["context"]


def test_with_the_same_identifier_nothing_is_replaced() -> None:
    old: Properties = {"clusterIdentifier": "it", "kubeconfig": kubeconfig()}

    for new in (kubeconfig("https://elsewhere"), UNKNOWN):
        found = compare_config(old, {**old, "kubeconfig": new})
        assert (found.changed, found.replaces) == (["kubeconfig"], [])


def test_another_identifier_is_another_cluster() -> None:
    old: Properties = {"clusterIdentifier": "it", "kubeconfig": kubeconfig()}

    found = compare_config(old, {**old, "clusterIdentifier": "other"})

    assert found.replaces == ["clusterIdentifier"]


def test_giving_a_cluster_an_identifier_replaces_nothing() -> None:
    old: Properties = {"kubeconfig": kubeconfig()}

    assert compare_config(old, {**old, "clusterIdentifier": "it"}).replaces == []


def test_without_an_identifier_another_server_is_another_cluster_and_another_token_is_not() -> None:
    old: Properties = {"kubeconfig": kubeconfig()}

    moved = compare_config(old, {"kubeconfig": kubeconfig("https://elsewhere")})
    renewed = compare_config(old, {"kubeconfig": kubeconfig(token="new")})
    unknown = compare_config(old, {"kubeconfig": UNKNOWN})

    assert moved.replaces == ["kubeconfig"]
    assert (renewed.changed, renewed.replaces) == (["kubeconfig"], [])
    assert unknown.replaces == ["kubeconfig"]


def test_an_unchanged_configuration_changes_nothing_even_when_one_side_is_secret() -> None:
    hidden: Properties = {"kubeconfig": {SIGNATURE_KEY: SECRET, "value": kubeconfig()}}

    assert compare_config(hidden, {"kubeconfig": kubeconfig()}).changed == []


def test_a_session_is_made_from_arguments_before_variables() -> None:
    variables = {
        "kubernetes:config:kubeconfig": kubeconfig("https://variable"),
        "kubernetes:config:namespace": "models",
        "kubernetes:config:enableConfigMapMutable": "true",
    }

    session = session_of({"kubeconfig": kubeconfig("https://argument")}, variables)

    assert session is not None
    assert session.api.server == "https://argument"
    assert session.api.default_namespace == "models"
    assert session.mutability.config_maps


def test_there_is_no_session_while_the_kubeconfig_is_unknown_and_an_error_without_one() -> None:
    assert session_of({"kubeconfig": UNKNOWN}, {}) is None
    with pytest.raises(KubeconfigError, match="is empty"):
        session_of({}, {})

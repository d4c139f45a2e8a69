"""Reading the kubeconfig that the program built."""

import base64
import copy
import json
from pathlib import Path

import pytest

from infra.rehearsal.kubernetes.kubeconfig import (
    PUBLIC_AUTHORITY_VARIABLE,
    KubeconfigError,
    parse_kubeconfig,
)
from infra.wire import Properties, Value

CA = "-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n"


def config(cluster: "Properties | None" = None, user: "Properties | None" = None) -> Properties:
    own: Properties = {
        "server": "https://127.0.0.1:6443",
        "certificate-authority-data": base64.b64encode(CA.encode()).decode(),
    }
    return {
        "current-context": "it",
        "contexts": [
            {"name": "it", "context": {"cluster": "c", "user": "u", "namespace": "models"}}
        ],
        "clusters": [{"name": "c", "cluster": cluster if cluster is not None else own}],
        "users": [{"name": "u", "user": user if user is not None else {"token": "marker"}}],
    }


@pytest.mark.parametrize("form", ["map", "json", "yaml"])
def test_a_kubeconfig_is_read_in_every_form_that_a_program_gives_it(form: str) -> None:
    content: Value = config() if form == "map" else json.dumps(config())
    if form == "yaml":
        content = "# a comment makes it YAML\n" + str(content)

    found = parse_kubeconfig(content)

    assert (found.server, found.ca_pem) == ("https://127.0.0.1:6443", CA)
    assert (found.token, found.namespace, found.skip_verification) == ("marker", "models", False)


def test_what_public_authorities_vouch_for_is_vouched_for_by_the_rehearsals_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    public = tmp_path / "authority.pem"
    public.write_text(CA.replace("ca", "public"))
    monkeypatch.setenv(PUBLIC_AUTHORITY_VARIABLE, str(public))

    left_open = parse_kubeconfig(config(cluster={"server": "https://gke-0a.gke.goog"}))

    assert left_open.ca_pem == public.read_text()
    assert parse_kubeconfig(config()).ca_pem == CA, "a cluster's own authority comes first"


def test_a_public_authority_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(PUBLIC_AUTHORITY_VARIABLE, str(tmp_path / "none"))

    with pytest.raises(KubeconfigError, match="names no certificate"):
        parse_kubeconfig(config(cluster={"server": "https://gke-0a.gke.goog"}))


def test_an_exec_user_keeps_its_command_arguments_and_variables() -> None:
    user: Properties = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "tokenworks",
            "args": ["kube-token", "--cluster", "it"],
            "env": [{"name": "A", "value": "1"}],
            "interactiveMode": "Never",
            "provideClusterInfo": True,
        }
    }

    command = parse_kubeconfig(config(user=user)).command

    assert command is not None
    assert (command.command, command.arguments) == ("tokenworks", ("kube-token", "--cluster", "it"))
    assert command.environment == {"A": "1"}
    assert json.loads(command.cluster_json)["server"] == "https://127.0.0.1:6443"


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("", "is empty"),
        ("/root/.kube/config", "a path is not read"),
        ("{", "neither YAML nor JSON"),
        ({"current-context": "it"}, "contexts has no 'it'; it has []"),
        (config(cluster={"server": "https://x"}), "no certificate-authority-data"),
        (config(cluster={"insecure-skip-tls-verify": True}), "has no server"),
        (config(user={}), "has no credentials"),
        (config(user={"token": "a", "tokenFile": "/x"}), "['tokenFile'], which is not served"),
        (config(user={"client-certificate-data": "YQ=="}), "or its key, not both"),
        (config(user={"client-certificate-data": "!"}), "not base64"),
        (config(user={"exec": {"interactiveMode": "Always"}}), "use 'Never'"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_is_refused_with_the_reason(
    content: Value, wanted: str
) -> None:
    with pytest.raises(KubeconfigError) as error:
        parse_kubeconfig(content)

    assert wanted in str(error.value)


def test_a_refusal_does_not_quote_the_content() -> None:
    with pytest.raises(KubeconfigError) as error:
        parse_kubeconfig("token: marker-secret: [")

    assert "marker-secret" not in str(error.value)


def test_a_context_that_is_named_goes_before_the_current_one() -> None:
    content = copy.deepcopy(config())
    content["current-context"] = "another"

    assert parse_kubeconfig(content, "it").token == "marker"


def test_the_kubeconfig_of_the_machine_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("home") / "config"
    path.write_text(json.dumps(config()))
    monkeypatch.setenv("KUBECONFIG", str(path))

    with pytest.raises(KubeconfigError):
        parse_kubeconfig(None)

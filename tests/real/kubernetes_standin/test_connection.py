"""How the stand-in is started, reaches its cluster, and goes."""

import base64
import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import grpc
import psutil
import pytest
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.kubernetes.kubeconfig import PUBLIC_AUTHORITY_VARIABLE
from tests.support.standin import (
    CONFIG_MAP,
    Engine,
    config_map,
    configure,
    kubeconfig,
    refusal,
)

pytestmark = pytest.mark.real


MODULE = [sys.executable, "-m", "infra.rehearsal.kubernetes"]


def test_a_token_that_the_server_refuses_is_told_as_such(
    connect: Callable[[], provider_pb2_grpc.ResourceProviderStub], control_plane: ControlPlane
) -> None:
    stub = connect()
    configure(stub, {"kubeconfig": kubeconfig(control_plane, bearer="wrong")})

    with pytest.raises(grpc.RpcError) as error:
        Engine(stub).check(CONFIG_MAP, config_map("default"))

    assert "401" in refusal(error)


def test_a_server_that_another_authority_vouches_for_is_not_spoken_to(
    connect: Callable[[], provider_pb2_grpc.ResourceProviderStub], control_plane: ControlPlane
) -> None:
    stub = connect()
    config = yaml.safe_load(kubeconfig(control_plane))
    other = base64.b64encode(OTHER_AUTHORITY.encode()).decode()
    config["clusters"][0]["cluster"]["certificate-authority-data"] = other
    configure(stub, {"kubeconfig": json.dumps(config)})

    with pytest.raises(grpc.RpcError) as error:
        Engine(stub).check(CONFIG_MAP, config_map("default"))

    assert "CERTIFICATE_VERIFY_FAILED" in refusal(error)


def test_a_server_without_an_authority_of_its_own_is_vouched_for_by_the_rehearsals(
    connect: Callable[[], provider_pb2_grpc.ResourceProviderStub],
    control_plane: ControlPlane,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As GKE's DNS endpoint is reached, whose certificate a public authority has signed."""
    public = tmp_path / "public.pem"
    public.write_text(control_plane.ca_pem)
    monkeypatch.setenv(PUBLIC_AUTHORITY_VARIABLE, str(public))
    config = yaml.safe_load(kubeconfig(control_plane))
    del config["clusters"][0]["cluster"]["certificate-authority-data"]
    stub = connect()
    configure(stub, {"kubeconfig": json.dumps(config)})

    assert Engine(stub).check(CONFIG_MAP, config_map("default"))

    public.write_text(OTHER_AUTHORITY)
    other = connect()
    configure(other, {"kubeconfig": json.dumps(config)})
    with pytest.raises(grpc.RpcError) as error:
        Engine(other).check(CONFIG_MAP, config_map("default"))
    assert "CERTIFICATE_VERIFY_FAILED" in refusal(error)


def test_an_exec_command_gives_the_token_and_is_run_again_when_it_is_refused(
    connect: Callable[[], provider_pb2_grpc.ResourceProviderStub],
    control_plane: ControlPlane,
    tmp_path: Path,
) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text(f"stale\n{control_plane.admin_token}\n")
    script = tmp_path / "token.py"
    script.write_text(GIVE_NEXT_TOKEN)
    config = yaml.safe_load(kubeconfig(control_plane))
    config["users"][0]["user"] = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": sys.executable,
            "args": [str(script), str(tokens)],
            "interactiveMode": "Never",
        }
    }
    stub = connect()
    configure(stub, {"kubeconfig": json.dumps(config)})

    checked = Engine(stub).check(CONFIG_MAP, config_map("default"))

    assert checked["kind"] == "ConfigMap"
    assert tokens.read_text() == ""


def test_the_process_tells_its_port_serves_and_ends_at_once_on_sigint() -> None:
    with subprocess.Popen(MODULE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            assert stub.GetPluginInfo(empty_pb2.Empty()).version == "4.34.2"
        process.send_signal(2)
        assert process.wait(2) == 0


def test_the_process_ends_when_its_parent_is_killed() -> None:
    script = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({MODULE!r}, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    with contextlib.suppress(psutil.NoSuchProcess):
        child.wait(5)
    assert not child.is_running()


def test_an_unreachable_server_is_told_as_such(
    connect: Callable[[], provider_pb2_grpc.ResourceProviderStub], control_plane: ControlPlane
) -> None:
    config = yaml.safe_load(kubeconfig(control_plane))
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:9"
    stub = connect()
    configure(stub, {"kubeconfig": json.dumps(config)})

    with pytest.raises(grpc.RpcError) as error:
        Engine(stub).check(CONFIG_MAP, config_map("default"))

    assert "cannot be reached" in refusal(error)


def test_the_client_quotes_the_servers_refusal(api: ApiClient) -> None:
    with pytest.raises(ApiError, match="404") as error:
        api.get("v1", "Namespace", "no-such-namespace")

    assert error.value.status == 404


GIVE_NEXT_TOKEN = """
import json, pathlib, sys
file = pathlib.Path(sys.argv[1])
first, *rest = file.read_text().splitlines()
file.write_text("".join(line + "\\n" for line in rest))
print(json.dumps({
    "apiVersion": "client.authentication.k8s.io/v1",
    "kind": "ExecCredential",
    "status": {"token": first},
}))
"""


OTHER_AUTHORITY = """
-----BEGIN CERTIFICATE-----
MIIBjzCCATWgAwIBAgIUUNCQnKBfgDp03XQU5FCkt5j6XiAwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRYW5vdGhlciBhdXRob3JpdHkwIBcNMjYxMTIxMDcxNzE3WhgP
MjEyNjEwMjgwNzE3MTdaMBwxGjAYBgNVBAMMEWFub3RoZXIgYXV0aG9yaXR5MFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8VnrTYZIm+r/sEAONsNmZlqpMvmigLZq
/TtvJ7X9jPO7m3XNNaeOaWb8PGvw9teH+H8TNhvNit1xSJ/3lnxkFqNTMFEwHQYD
VR0OBBYEFFp1h39oXxukjHswLafl5LyL7w6aMB8GA1UdIwQYMBaAFFp1h39oXxuk
jHswLafl5LyL7w6aMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIh
AMHAGDZS1z9lRMmUozOfdc7/IAhn7eglLZODzhZROCxeAiAsoMQNbiSTjLx1okcM
QOFpnA4kpHhTNJxnU2SMsv/TFg==
-----END CERTIFICATE-----
"""

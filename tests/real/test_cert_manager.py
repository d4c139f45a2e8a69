"""The played cert-manager on a real API server: its slim schemas take what it writes."""

import json
from collections.abc import Callable, Iterator

import pytest

from components.kubernetes import gateway_names
from infra.rehearsal.charts.cert_manager_kinds import definitions
from infra.rehearsal.controllers.cert_manager.controller import CertManager
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import is_true
from infra.rehearsal.ladder import Programs
from infra.spec.gateway import Issuer
from infra.wire import Properties, Value
from tests.support import certificate_objects as objects
from tests.support.certificate_objects import MemoryZones
from tests.support.planes import own_plane, refusal
from tests.support.standin import wait_for

pytestmark = pytest.mark.real

V1, ACME = objects.V1, "acme.cert-manager.io/v1"
NAMESPACES = ("cert-manager", gateway_names.NAMESPACE)
STEPS = 40


@pytest.fixture(scope="module", name="api")
def _api(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiClient]:
    """An API server that knows the slim kinds."""
    with own_plane(programs, tmp_path_factory.mktemp("cert-manager")) as api:
        for body in definitions():
            api.create(json.loads(json.dumps(body)))
        for name in NAMESPACES:
            api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        wait_for(lambda: _is_served(api))
        yield api


def _is_served(api: ApiClient) -> bool:
    api.forget_discovery(V1)
    found = api.list_objects("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    return all(is_true(body, "Established") for body in found)


@pytest.mark.parametrize("issuer", [*Issuer])
@pytest.mark.parametrize("provider", [*objects.CLOUDS])
def test_every_issuer_brings_the_gateway_a_certificate(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch, issuer: Issuer, provider: str
) -> None:
    monkeypatch.setattr(api, "list_objects", with_a_ready_controller(api))
    wanted = objects.platform(issuer, provider)
    for body in wanted:
        api.apply(body, "test", force=True)
    controller = CertManager(api, MemoryZones(provider))
    for _ in range(STEPS):
        controller.step()
        if _is_ready(api):
            break
    secret = api.get("v1", "Secret", gateway_names.CERTIFICATE_SECRET, gateway_names.NAMESPACE)

    assert _is_ready(api)
    assert secret["type"] == "kubernetes.io/tls"
    _clear(api, wanted)


def _clear(api: ApiClient, wanted: list[Properties]) -> None:
    """Delete what a test made; the garbage collector learns of new kinds only after a while."""
    for body in reversed(wanted):
        name, namespace = _address(body)
        api.delete(V1, str(body["kind"]), name, namespace)
    for version, kind in ((ACME, "Order"), (V1, "CertificateRequest"), ("v1", "Secret")):
        for body in api.list_objects(version, kind):
            name, namespace = _address(body)
            if namespace in NAMESPACES:
                api.delete(version, kind, name, namespace)


def _address(body: Properties) -> tuple[str, str]:
    metadata = body["metadata"]
    assert isinstance(metadata, dict)
    return str(metadata["name"]), str(metadata.get("namespace", ""))


def with_a_ready_controller(api: ApiClient) -> Callable[..., list[dict]]:
    """Return what lists objects: no machine is here on which a pod would get ready."""
    real = api.list_objects

    def listed(api_version: str, kind: str, **query: str) -> list[dict]:
        if kind == "Deployment":
            return [json.loads(json.dumps(objects.deployment()))]
        return real(api_version, kind, **query)

    return listed


def _is_ready(api: ApiClient) -> bool:
    return is_true(api.get(V1, "Certificate", "public", gateway_names.NAMESPACE), "Ready")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"dnsNames": []}, "at least one of commonName"),
        ({"duration": "30m"}, "certificate duration must be greater than 1h0m0s"),
        ({"renewBefore": "2160h"}, "certificate duration must be greater than renewBefore"),
        ({"keystores": {"jks": {}}}, "keystores"),
    ],
)
def test_what_the_webhook_would_refuse_the_schema_does(
    api: ApiClient, spec: dict[str, Value], words: str
) -> None:
    assert words in refusal(api, objects.certificate("a", spec=spec))
    assert refusal(api, objects.certificate("a")) == ""


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({}, "at least one issuer must be configured"),
        ({"selfSigned": {}, "ca": {"secretName": "a"}}, "may not specify more than one issuer"),
        ({"vault": {}}, "vault"),
    ],
)
def test_an_issuer_is_of_one_type(api: ApiClient, spec: dict[str, Value], words: str) -> None:
    assert words in refusal(api, {**objects.self_signed(), "spec": spec})


def test_a_solver_has_one_provider_and_no_other_way(api: ApiClient) -> None:
    for solver, words in (
        ({"http01": {}}, "http01"),
        ({"dns01": {}}, "no DNS01 provider configured"),
        ({"selector": {}}, "no solver type configured"),
    ):
        wanted: list[Value] = [json.loads(json.dumps(solver))]
        assert words in refusal(api, objects.lets_encrypt(solvers=wanted))

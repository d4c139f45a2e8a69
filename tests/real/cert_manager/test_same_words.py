"""What a real cert-manager makes of our objects, and that the played one says the same."""

import base64
from collections.abc import Iterator

import pytest
from cryptography import x509

from components.kubernetes import certificate_objects, gateway_names
from infra.rehearsal import control_plane as planes
from infra.rehearsal.controllers.cert_manager.controller import CertManager
from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.kubernetes.values import condition, is_true
from infra.rehearsal.ladder import Programs
from infra.rehearsal.supervisor import Supervisor
from infra.spec.gateway import Issuer
from infra.wire import Properties
from tests.support import cert_manager
from tests.support import certificate_objects as objects
from tests.support.certificate_objects import MemoryZones
from tests.support.contracts import DEFINITIONS, definitions
from tests.support.memory_api import MemoryApi
from tests.support.planes import KUBERNETES_VERSION
from tests.support.standin import wait_for

pytestmark = [pytest.mark.real, pytest.mark.slow]

CM, ACME = "cert-manager.io/v1", "acme.cert-manager.io/v1"
KINDS = {"ClusterIssuer": CM, "Certificate": CM, "CertificateRequest": CM}
NAMESPACES = ("cert-manager", gateway_names.NAMESPACE)
SECONDS = 60
PLAYED_STEPS = 20


def wanted() -> list[Properties]:
    """Return our platform's objects, and some whose issuer cannot sign."""
    others = {
        "no-issuer": objects.certificate("nobody", spec={"secretName": "no-issuer"}),
        "no-secret": objects.certificate("no-secret", spec={"secretName": "no-secret"}),
    }
    named: list[Properties] = [
        {**body, "metadata": {"name": name, "namespace": gateway_names.NAMESPACE}}
        for name, body in others.items()
    ]
    without_secret: Properties = {
        "apiVersion": CM,
        "kind": "ClusterIssuer",
        "metadata": {"name": "no-secret"},
        "spec": {"ca": {"secretName": "nobody-has-it"}},
    }
    return [*objects.platform(Issuer.SELF_SIGNED, "route53"), without_secret, *named]


@pytest.fixture(scope="module", name="api")
def _api(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiClient]:
    """A cluster in which the real controller has done what it can."""
    if reason := cert_manager.missing():
        pytest.skip(f"not run: {reason}")
    if not DEFINITIONS.exists():
        pytest.skip("not run: no contract beside the checkout: crds")
    folder = tmp_path_factory.mktemp("cert-manager")
    with Supervisor(folder / "plane") as supervisor:
        plane = planes.start(
            supervisor,
            programs,
            folder / "plane" / "control-plane",
            kubernetes_version=KUBERNETES_VERSION,
        )
        api = ApiClient(plane.endpoint, plane.ca_pem, plane.admin_token)
        for body in definitions():
            if "cert-manager" in str(_metadata(body)["name"]):
                api.create(body)
        for name in NAMESPACES:
            api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        with cert_manager.controller(plane, folder):
            wait_for(lambda: _create(api), SECONDS)
            wait_for(lambda: _is_settled(api), SECONDS)
            yield api
        api.close()


def _metadata(body: Properties) -> Properties:
    found = body["metadata"]
    assert isinstance(found, dict)
    return found


def _create(api: ApiClient) -> bool:
    """Create all; False while the definitions are not served yet."""
    try:
        for body in wanted():
            api.apply(body, "test", force=True)
    except ApiError as error:
        if error.status != 404:
            raise
        return False
    return True


def _is_settled(api: ApiClient) -> bool:
    requests = api.list_objects(CM, "CertificateRequest")
    return len(requests) == 4 and all(condition(body, "Ready") for body in requests)


def words(api: ApiClient) -> dict[str, dict[str, tuple[str, str, str]]]:
    """Return what each object says of itself: status, reason and message of each condition."""
    return {
        f"{kind} {body['metadata']['name']}": {
            one["type"]: (one["status"], one["reason"], one.get("message", ""))
            for one in body["status"]["conditions"]
        }
        for kind, version in KINDS.items()
        for body in api.list_objects(version, kind)
    }


def test_our_certificate_is_ready_and_its_authority_vouches_for_it(api: ApiClient) -> None:
    wait_for(
        lambda: is_true(api.get(CM, "Certificate", "public", gateway_names.NAMESPACE), "Ready")
    )
    secret = api.get("v1", "Secret", gateway_names.CERTIFICATE_SECRET, gateway_names.NAMESPACE)
    data = {key: base64.b64decode(value) for key, value in secret["data"].items()}
    leaf = x509.load_pem_x509_certificate(data["tls.crt"])

    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(data["ca.crt"]))
    authority = api.get("v1", "Secret", certificate_objects.AUTHORITY, "cert-manager")
    assert secret["data"]["ca.crt"] == authority["data"]["tls.crt"]


def test_the_played_one_says_the_same_of_every_object(api: ApiClient) -> None:
    played = MemoryApi()
    for body in (objects.deployment(), *wanted()):
        played.put(body)
    controller = CertManager(played, MemoryZones())
    for _ in range(PLAYED_STEPS):
        controller.step()

    assert words(played) == words(api)


def test_the_played_one_writes_the_same_secrets(api: ApiClient) -> None:
    played = MemoryApi()
    for body in (objects.deployment(), *wanted()):
        played.put(body)
    controller = CertManager(played, MemoryZones())
    for _ in range(PLAYED_STEPS):
        controller.step()

    assert secrets(played) == secrets(api)


def secrets(api: ApiClient) -> dict[str, tuple]:
    """Return the type, the marks and the keys of each Secret that a Certificate wrote."""
    return {
        body["metadata"]["name"]: (
            body["type"],
            body["metadata"].get("labels"),
            body["metadata"].get("annotations"),
            sorted(body["data"]),
        )
        for body in api.list_objects("v1", "Secret")
        if "annotations" in body["metadata"]
    }

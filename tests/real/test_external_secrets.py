"""External Secrets Operator as the rehearsal plays it, on a real API server, a vault in memory.

It has a control plane of its own: elsewhere a test counts on kinds that are not there.
"""

import base64
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.rehearsal import control_plane as planes
from infra.rehearsal.controllers.external_secrets.operator import SecretOperator
from infra.rehearsal.kubernetes.values import text
from infra.rehearsal.ladder import Programs
from infra.rehearsal.nodes.stages import STAGES
from infra.rehearsal.supervisor import Supervisor
from infra.wire import Properties, Value
from tests.support.manifests import manifests_of
from tests.support.planes import KUBERNETES_VERSION, refusal
from tests.support.stacks import STACKS
from tests.support.synced import (
    DEPLOYMENT,
    events,
    live,
    ready,
    ready_replicas,
    secret_value,
    synced,
    synced_secrets,
    until,
)
from tests.support.vault import (
    MISTAKES,
    STORE,
    V1,
    V1_ALPHA,
    Vault,
    changed,
    elsewhere,
    external_secret,
    password,
    push_secret,
    store,
)
from tests.support.world import World, open_world, wait
from tests.unit.rehearsal.nodes.examples import SYSTEM

pytestmark = pytest.mark.real

GROUP = replace(SYSTEM, max=1)
REMOTE = "tokenworks/test/hub-token"
GENERATED = "tokenworks/test/root"
GENERATORS = "generators.external-secrets.io/v1alpha1"


@pytest.fixture(scope="module")
def world(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A cluster of its own with the operator's chart, whose pods run."""
    directory = tmp_path_factory.mktemp("external-secrets")
    with Supervisor(directory) as supervisor:
        plane = planes.start(
            supervisor,
            programs,
            directory / "control-plane",
            kubernetes_version=KUBERNETES_VERSION,
            stages=Path(STAGES),
        )
        with open_world(plane, GROUP) as opened:
            opened.install("external-secrets")
            wait(lambda: ready_replicas(opened) == 1, "the operator's pod is Ready")
            yield opened


@pytest.fixture
def vault() -> Vault:
    """A secret manager without secrets."""
    return Vault()


@pytest.fixture
def operator(world: World, vault: Vault) -> Iterator[SecretOperator]:
    """The operator, running, with a store; it takes down what it made."""
    played = SecretOperator(world.api, vault)
    world.api.apply(store(), "test")
    played.start()
    yield played
    for api_version, kind in (
        (V1, "ExternalSecret"),
        (V1_ALPHA, "PushSecret"),
        (GENERATORS, "Password"),
    ):
        for body in world.owned(api_version, kind):
            world.api.delete(api_version, kind, body["metadata"]["name"], world.namespace)
        wait(lambda: not world.owned(api_version, kind), f"no {kind} is left")  # noqa: B023
    wait(lambda: not synced_secrets(world), "the garbage collector took the Secrets")
    world.api.delete(V1, "ClusterSecretStore", STORE)
    wait(lambda: world.api.find(V1, "ClusterSecretStore", STORE) is None, "no store is left")
    played.stop()


@pytest.mark.usefixtures("operator")
def test_a_value_arrives_in_a_secret_of_the_cluster(world: World, vault: Vault) -> None:
    vault.values[REMOTE] = b"marker-1"

    body = synced(world)

    assert secret_value(world) == b"marker-1"
    said = ready(world.api, body)
    assert (said["reason"], said["message"]) == ("SecretSynced", "secret synced")
    (caller,) = vault.callers
    assert (caller.namespace, caller.account) == (world.namespace, DEPLOYMENT)


@pytest.mark.usefixtures("operator")
def test_a_value_that_was_rotated_arrives_with_the_next_refresh(world: World, vault: Vault) -> None:
    vault.values[REMOTE] = b"marker-1"
    synced(world, "1s")

    vault.values[REMOTE] = b"marker-2"

    wait(lambda: secret_value(world) == b"marker-2", "the rotated value")


@pytest.mark.usefixtures("operator")
def test_a_secret_that_is_missing_stays_not_ready_and_says_why(world: World, vault: Vault) -> None:
    body = external_secret(world.namespace)
    world.api.apply(body, "test")

    said = until(world, body, "False")

    assert said["reason"] == "SecretSyncedError"
    assert said["message"] == "could not get secret data from provider"
    why = f"error processing spec.data[0] (key: {REMOTE}), err: Secret does not exist"
    wait(lambda: why in events(world, "UpdateFailed"), "an event that says why")
    assert world.api.find("v1", "Secret", "hub", world.namespace) is None

    vault.values[REMOTE] = b"marker-3"
    until(world, body, "True")
    assert secret_value(world) == b"marker-3"


@pytest.mark.usefixtures("operator")
def test_a_secret_that_may_not_be_read_says_so_in_the_clouds_words(
    world: World, vault: Vault
) -> None:
    vault.refusal = "api error AccessDeniedException: not authorized"
    world.api.apply(external_secret(world.namespace), "test")

    wait(
        lambda: any(vault.refusal in said for said in events(world, "UpdateFailed")),
        "an event with the refusal",
    )


@pytest.mark.usefixtures("operator")
def test_a_secret_that_was_deleted_or_changed_by_hand_comes_back(
    world: World, vault: Vault
) -> None:
    vault.values[REMOTE] = b"marker-4"
    synced(world)

    world.api.delete("v1", "Secret", "hub", world.namespace)
    wait(lambda: secret_value(world) == b"marker-4", "the Secret again")
    spoilt = world.api.get("v1", "Secret", "hub", world.namespace)
    spoilt["data"] = {"token": base64.b64encode(b"by hand").decode()}
    world.api.request("PUT", world.api.object_path("v1", "Secret", "hub", world.namespace), spoilt)
    wait(lambda: secret_value(world) == b"marker-4", "the value again")


@pytest.mark.usefixtures("operator")
def test_the_secret_goes_with_its_external_secret(world: World, vault: Vault) -> None:
    vault.values[REMOTE] = b"marker-5"
    synced(world)

    world.api.delete(V1, "ExternalSecret", "hub", world.namespace)

    wait(
        lambda: world.api.find("v1", "Secret", "hub", world.namespace) is None,
        "the garbage collector takes the Secret",
    )


@pytest.mark.usefixtures("operator")
def test_a_generated_value_is_pushed_once_and_read_back(world: World, vault: Vault) -> None:
    world.api.apply(password(world.namespace), "test")
    body = push_secret(world.namespace)
    world.api.apply(body, "test")
    said = until(world, body, "True")

    drawn = vault.values[GENERATED]
    assert drawn is not None
    assert len(drawn) == 32
    assert str(said["message"]).endswith("Existing secrets in providers unchanged.")

    back: Value = [{"secretKey": "password", "remoteRef": {"key": GENERATED}}]
    read = external_secret(world.namespace, "root", data=back)
    world.api.apply(read, "test")
    until(world, read, "True")
    assert secret_value(world, "root", "password") == drawn


def test_a_generated_value_outlives_a_restart_and_a_change_of_its_push_secret(
    world: World, vault: Vault, operator: SecretOperator
) -> None:
    world.api.apply(password(world.namespace), "test")
    body = push_secret(world.namespace)
    world.api.apply(body, "test")
    until(world, body, "True")
    drawn = vault.values[GENERATED]
    operator.stop()

    again = SecretOperator(world.api, vault)
    again.start()
    try:
        world.api.apply(changed(body, "refreshInterval", "1s"), "test")
        first = text(live(world, body), "status", "refreshTime")
        wait(
            lambda: text(live(world, body), "status", "refreshTime") > first,
            "another refresh",
        )
        assert vault.values[GENERATED] == drawn
        assert vault.pushes == [GENERATED]
    finally:
        again.stop()
        operator.__init__(world.api, vault)
        operator.start()


@pytest.mark.usefixtures("operator")
def test_a_secret_of_somebody_else_is_not_written(world: World, vault: Vault) -> None:
    vault.foreign.add(GENERATED)
    world.api.apply(password(world.namespace), "test")
    body = push_secret(world.namespace)
    world.api.apply(body, "test")

    said = until(world, body, "False")

    assert said["reason"] == "Errored"
    assert "secret not managed by external-secrets" in str(said["message"])


@pytest.mark.usefixtures("operator")
def test_what_was_pushed_goes_with_its_push_secret_where_that_is_asked_for(
    world: World, vault: Vault
) -> None:
    world.api.apply(password(world.namespace), "test")
    body = push_secret(world.namespace, deletionPolicy="Delete")
    world.api.apply(body, "test")
    until(world, body, "True")

    world.api.delete(V1_ALPHA, "PushSecret", "root", world.namespace)

    wait(lambda: GENERATED not in vault.values, "the pushed secret is gone")


@pytest.mark.usefixtures("operator")
def test_a_store_without_credentials_is_not_ready_and_nothing_is_read(
    world: World, vault: Vault
) -> None:
    vault.no_credentials = True
    vault.values[REMOTE] = b"marker-6"
    again = store(conditions=[{"namespaces": [world.namespace]}])
    world.api.apply(again, "test")
    said = until(world, again, "False")
    assert (said["reason"], said["message"]) == (
        "InvalidProviderConfig",
        "unable to validate store",
    )

    body = external_secret(world.namespace)
    world.api.apply(body, "test")
    until(world, body, "False")

    assert any('"platform" is not ready' in said for said in events(world, "UpdateFailed"))


@pytest.mark.usefixtures("operator")
def test_a_store_that_is_not_for_a_namespace_is_refused_there(world: World, vault: Vault) -> None:
    vault.values[REMOTE] = b"marker-7"
    world.api.apply(store(conditions=[{"namespaces": ["elsewhere"]}]), "test")
    body = external_secret(world.namespace)
    world.api.apply(body, "test")

    until(world, body, "False")

    assert any("denied by spec.condition" in said for said in events(world, "UpdateFailed"))


@pytest.mark.usefixtures("operator")
def test_nothing_is_synced_while_no_pod_of_the_operator_is_ready(
    world: World, vault: Vault
) -> None:
    vault.values[REMOTE] = b"marker-8"
    path = world.api.object_path("apps/v1", "Deployment", DEPLOYMENT, world.namespace)

    def scale(replicas: int) -> None:
        body = {"spec": {"replicas": replicas}}
        world.api.request("PATCH", path, body, content_type="application/merge-patch+json")
        wait(lambda: ready_replicas(world) == replicas, f"{replicas} replicas")

    scale(0)
    try:
        body = external_secret(world.namespace)
        world.api.apply(body, "test")
        time.sleep(3)  # six times what the operator takes to look
        assert ready(world.api, body) == {}
    finally:
        scale(1)
    until(world, body, "True")


@pytest.mark.parametrize(("body", "path", "wrong", "named"), MISTAKES)
def test_what_the_kinds_do_not_take_is_refused_by_its_name(
    world: World, body: Properties, path: str, wrong: Value, named: str
) -> None:
    assert named in refusal(world.api, changed(body, path, wrong))


@pytest.mark.parametrize("stack", STACKS)
def test_every_object_of_a_stack_is_taken(world: World, stack: str) -> None:
    ours = [
        elsewhere(item.body, world.namespace)
        for item in manifests_of(stack)
        if text(item.body, "apiVersion").partition("/")[0].endswith("external-secrets.io")
    ]

    assert bool(ours) == (not stack.endswith("-models"))
    assert [said for body in ours if (said := refusal(world.api, body))] == []


@pytest.mark.parametrize(
    "body",
    [external_secret("default"), store(), push_secret("default"), password("default")],
    ids=lambda body: body["kind"],
)
def test_what_is_correct_is_taken(world: World, body: Properties) -> None:
    assert refusal(world.api, body) == ""

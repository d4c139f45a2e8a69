"""What somebody changed is mended; what is not ours is left alone, and the run ends there."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.bootstrap.hand import BootstrapError
from infra.bootstrap.plan import Forge, Role
from infra.cloud_error import CloudApiError
from infra.replies import blocks
from infra.wire import Properties, Value
from tests.support.identity_pools import POOLS, PROVIDERS
from tests.unit.bootstrap.gcp.scene import FORGE, PROJECT, Line, Played, run

ACCOUNTS, ROLES = "iam.projects.serviceAccounts", "iam.projects.roles"
RINGS = "cloudkms.projects.locations.keyRings"
KEYS = f"{RINGS}.cryptoKeys"
SOMEBODY = "user:somebody@example.com"


def _grant(played: Played, methods: str, where: Properties, role: str, member: str) -> None:
    call = played.project.call
    policy = call(f"{methods}.getIamPolicy", None, **where)
    more: list[Value] = [*blocks(policy, "bindings"), {"role": role, "members": [member]}]
    changed: Properties = {**policy, "bindings": more}
    body: Properties = changed if methods == "storage.buckets" else {"policy": changed}
    call(f"{methods}.setIamPolicy", body, **where)


def _bucket(played: Played, **patch: Value) -> None:
    played.project.call("storage.buckets.patch", {**patch}, bucket=played.ground.bucket)


def _provider(played: Played, **patch: Value) -> None:
    name = played.ground.provider(FORGE)
    mask = ",".join(patch)
    played.project.call(f"{PROVIDERS}.patch", {**patch}, name=name, updateMask=mask)


def _on(methods: str, name: str, verb: str, body: Properties | None = None) -> "Change":
    def change(played: Played) -> None:
        ground = played.ground
        names = {
            "pool": ground.pool,
            "provider": ground.provider(FORGE),
            "account": ground.account(Role.PREVIEW),
            "role": ground.custom_role("read"),
        }
        played.project.call(f"{methods}.{verb}", body, name=names[name])

    return change


def _account_grant(role: str, member: str) -> "Change":
    return lambda played: _grant(
        played, ACCOUNTS, {"resource": played.ground.account(Role.FOUNDATION)}, role, member
    )


def _bucket_grant(role: str, member: str) -> "Change":
    return lambda played: _grant(
        played, "storage.buckets", {"bucket": played.ground.bucket}, role, member
    )


def _to_preview(methods: str, role: str) -> "Change":
    def change(played: Played) -> None:
        where: Properties = (
            {"resource": PROJECT}
            if methods.endswith("projects")
            else {"resource": played.ground.key}
        )
        _grant(played, methods, where, role, played.ground.member(Role.PREVIEW))

    return change


def _no_rotation(played: Played) -> None:
    played.project.call(
        f"{KEYS}.patch", {}, name=played.ground.key, updateMask="rotationPeriod,nextRotationTime"
    )


def _wider(played: Played) -> None:
    body: Properties = {"includedPermissions": ["storage.buckets.delete"]}
    played.project.call(f"{ROLES}.patch", body, name=played.ground.custom_role("read"))


Change = Callable[[Played], None]
CHANGED: dict[str, Change] = {
    "versions off": lambda it: _bucket(it, versioning={"enabled": False}),
    "public": lambda it: _bucket(
        it,
        iamConfiguration={
            "publicAccessPrevention": "inherited",
            "uniformBucketLevelAccess": {"enabled": False},
        },
    ),
    "no key": lambda it: _bucket(it, encryption=None),
    "everybody reads states": _bucket_grant("roles/storage.objectViewer", "allUsers"),
    "editors write states": _bucket_grant(
        "roles/storage.legacyBucketOwner", f"projectEditor:{PROJECT}"
    ),
    "no rotation": _no_rotation,
    "preview seals": _to_preview(KEYS, "roles/cloudkms.cryptoKeyEncrypterDecrypter"),
    "preview edits": _to_preview("cloudresourcemanager.projects", "roles/editor"),
    "preview off": _on(ACCOUNTS, "account", "disable", {}),
    "preview gone": _on(ACCOUNTS, "account", "delete"),
    "somebody is the foundation": _account_grant("roles/iam.serviceAccountTokenCreator", SOMEBODY),
    "role wider": _wider,
    "role gone": _on(ROLES, "role", "delete"),
    "pool gone": _on(POOLS, "pool", "delete"),
    "pool off": _on(POOLS, "pool", "patch", {"disabled": True}),
    "provider gone": _on(PROVIDERS, "provider", "delete"),
    "provider off": lambda it: _provider(it, disabled=True),
    "any repository": lambda it: _provider(it, attributeCondition="assertion.sub != ''"),
    "another subject": lambda it: _provider(
        it, attributeMapping={"google.subject": "assertion.actor"}
    ),
    "another's keys": lambda it: _provider(
        it, oidc={"issuerUri": FORGE.issuer, "jwksJson": '{"keys": []}'}
    ),
    "another audience": lambda it: _provider(
        it, oidc={"issuerUri": FORGE.issuer, "allowedAudiences": ["https://example.com"]}
    ),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED.keys())
def test_what_somebody_changed_is_mended(change: Change) -> None:
    played = Played()
    run(Line(played))
    whole = played.everything()
    change(played)
    assert played.everything() != whole

    _outcome, hand = run(Line(played))
    again = Line(played)
    run(again)

    assert hand.changes
    assert played.everything() == whole
    assert again.writes == []


@pytest.mark.thorough  # some hundred runs
@settings(max_examples=25, deadline=None)
@given(
    names=st.sets(st.sampled_from(sorted(CHANGED)), min_size=1, max_size=5),
    at=st.integers(1, 6),
    after=st.booleans(),
)
def test_whatever_was_changed_together_and_wherever_the_mending_was_cut_it_is_mended(
    names: set[str], at: int, *, after: bool
) -> None:
    played = Played()
    run(Line(played))
    whole, last = played.everything(), Line(played)
    for name in sorted(names, key=lambda one: (one == "preview gone", one)):
        CHANGED[name](played)

    with suppress(CloudApiError):  # where there are fewer changes, nothing is cut
        run(Line(played, at, after=after))
    run(Line(played))
    run(last)

    assert played.everything() == whole
    assert last.writes == []


def test_an_operators_own_grants_and_those_of_a_stack_stay() -> None:
    played = Played()
    run(Line(played))
    ground = played.ground
    _bucket_grant("roles/storage.objectUser", SOMEBODY)(played)
    reach = f"projects/{PROJECT}/roles/tokenworks_reach_cluster_1234567"
    body: Properties = {"roleId": reach.rpartition("/")[2], "role": {"title": "a stack's"}}
    played.project.call(f"{ROLES}.create", body, parent=f"projects/{PROJECT}")
    where: Properties = {"resource": PROJECT}
    _grant(played, "cloudresourcemanager.projects", where, reach, ground.member(Role.MODELS))
    before = played.everything()

    _outcome, hand = run(Line(played))

    assert hand.changes == []
    assert played.everything() == before


def _made(method_id: str, body: Properties, **parameters: Value) -> Change:
    def change(played: Played) -> None:
        played.project.call(method_id, body, **parameters)

    return change


def _anothers_bucket(played: Played, **more: Value) -> None:
    body: Properties = {"name": played.ground.bucket, "location": "US-CENTRAL1", **more}
    played.project.call("storage.buckets.insert", body, project=PROJECT)


def _anothers_key(played: Played) -> None:
    ring, call = played.ground.ring, played.project.call
    parent, _rings, short = ring.rsplit("/", 2)
    call(f"{RINGS}.create", {}, parent=parent, keyRingId=short)
    call(f"{KEYS}.create", {"purpose": "ENCRYPT_DECRYPT"}, parent=ring, cryptoKeyId="state")


def _second_provider(played: Played) -> None:
    run(Line(played))
    body: Properties = {
        "oidc": {"issuerUri": "https://idp.example.com"},
        "attributeMapping": {"google.subject": "assertion.sub"},
    }
    played.project.call(
        f"{PROVIDERS}.create",
        body,
        parent=played.ground.pool,
        workloadIdentityPoolProviderId="other",
    )


def _doomed_key(played: Played) -> None:
    run(Line(played))
    version = f"{played.ground.key}/cryptoKeyVersions/1"
    played.project.call(f"{KEYS}.cryptoKeyVersions.destroy", {}, name=version)


NOT_OURS: dict[str, tuple[Change, str]] = {
    "account": (
        _made(
            f"{ACCOUNTS}.create",
            {"accountId": "gcp-prod-foundation", "serviceAccount": {"displayName": "theirs"}},
            name=f"projects/{PROJECT}",
        ),
        "account gcp-prod-foundation@example-llm-prod.iam.gserviceaccount.com is there",
    ),
    "role": (
        _made(
            f"{ROLES}.create",
            {"roleId": "tokenworks_gcp_prod_make", "role": {"title": "theirs"}},
            parent=f"projects/{PROJECT}",
        ),
        "role tokenworks_gcp_prod_make is there",
    ),
    "pool": (
        lambda it: _pool(it, "somebody else's"),
        "pool tokenworks-gcp-prod is there",
    ),
    "bucket": (_anothers_bucket, "label it tokenworks-bootstrap=gcp-prod"),
    "bucket elsewhere": (
        lambda it: _anothers_bucket(
            it, location="EUROPE-WEST4", labels={"tokenworks-bootstrap": "gcp-prod"}
        ),
        "is in EUROPE-WEST4, not in US-CENTRAL1",
    ),
    "key": (_anothers_key, "label it tokenworks-bootstrap=gcp-prod"),
    "key that goes": (_doomed_key, "DESTROY_SCHEDULED"),
    "second provider": (_second_provider, "trusts other, too"),
}


def _pool(played: Played, description: str) -> None:
    parent, _pools, short = played.ground.pool.rsplit("/", 2)
    body: Properties = {"description": description}
    played.project.call(f"{POOLS}.create", body, parent=parent, workloadIdentityPoolId=short)


@pytest.mark.parametrize(("made", "words"), NOT_OURS.values(), ids=NOT_OURS.keys())
def test_a_thing_of_the_same_name_that_is_not_ours_ends_the_run_and_stays(
    made: Change, words: str
) -> None:
    played = Played()
    played.enable_everything()
    made(played)
    before = played.everything()

    with pytest.raises(BootstrapError, match=words):
        run(Line(played))

    after = played.everything()
    assert {name: after[name] for name in before} == before


def test_a_bucket_of_another_project_is_left_alone() -> None:
    played = Played()
    played.enable_everything()
    _anothers_bucket(played, labels={"tokenworks-bootstrap": "gcp-prod"})

    class Elsewhere(Line):
        def call(
            self, method_id: str, /, body: Properties | None = None, **parameters: Value
        ) -> Properties:
            reply = super().call(method_id, body, **parameters)
            return reply | ({"projectNumber": "1"} if method_id == "storage.buckets.get" else {})

    with pytest.raises(BootstrapError, match="in another project; its name is taken"):
        run(Elsewhere(played))


def test_another_forge_than_before_is_refused_while_the_first_is_trusted() -> None:
    played = Played()
    run(Line(played))

    with pytest.raises(BootstrapError, match="trusts github, too"):
        run(Line(played), forge=Forge(issuer="https://gitlab.com", repository="team/platform"))

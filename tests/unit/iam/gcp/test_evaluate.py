"""Decisions of Google's IAM: inheritance, members, conditions, roles of both kinds."""

import pytest

from infra.iam.gcp.bindings import Binding, check_member
from infra.iam.gcp.conditions import Condition
from infra.iam.gcp.errors import GrantError
from infra.iam.gcp.evaluate import Request, Target, Verdict, evaluate
from infra.iam.gcp.roles import PREDEFINED, Roles, check_permission

POOL = "iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/p.svc.id.goog"
POD = f"principal://{POOL}/subject/ns/models/sa/model-server"
DEPLOYER = "serviceAccount:models@p.iam.gserviceaccount.com"
CLUSTER = "projects/p/locations/us-central1/clusters/one"
BUCKET = "projects/_/buckets/weights"
KEY = "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k"
REACH = "projects/p/roles/reach"
ROLES = Roles({REACH: frozenset({"container.clusters.get", "container.clusters.connect"})})
READ = "roles/storage.objectViewer"
USE_KEY = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


def _binding(
    scope: str = "projects/p",
    role: str = READ,
    member: str = POD,
    condition: str | None = None,
) -> Binding:
    held = Condition("a test", condition) if condition else None
    return Binding(label="it", scope=scope, role=role, member=member, condition=held)


def _ask(
    binding: Binding,
    permission: str = "storage.objects.get",
    path: str = f"{BUCKET}/objects/org/model.safetensors",
    service: str = "storage.googleapis.com",
    *who: str,
) -> Verdict:
    target = Target(path=path, project="p", service=service)
    request = Request(principals=frozenset(who or {POD}), permission=permission, target=target)
    return evaluate([binding], ROLES, request)


@pytest.mark.parametrize(
    ("scope", "path", "expected"),
    [
        ("projects/p", BUCKET, True),
        ("projects/p", f"{BUCKET}/objects/a/b", True),
        (BUCKET, f"{BUCKET}/objects/a/b", True),
        (BUCKET, BUCKET, True),
        (BUCKET, f"{BUCKET}-2/objects/a", False),
        (f"{BUCKET}/managedFolders/a/", BUCKET, False),
        ("projects/another", f"{BUCKET}/objects/a", False),
    ],
)
def test_a_policy_counts_for_its_resource_and_all_below_it(
    scope: str, path: str, *, expected: bool
) -> None:
    assert _ask(_binding(scope), path=path).is_allowed is expected


def test_a_key_is_used_by_whoever_may_use_its_ring() -> None:
    ring, key = KEY.rpartition("/cryptoKeys")[0], f"{KEY}/cryptoKeyVersions/1"
    use = "cloudkms.cryptoKeyVersions.useToDecrypt"

    for scope, expected in ((ring, True), (KEY, True), (f"{ring}/cryptoKeys/other", False)):
        binding = _binding(scope, USE_KEY)
        assert _ask(binding, use, key, "cloudkms.googleapis.com").is_allowed is expected


def test_a_role_allows_its_permissions_and_no_other() -> None:
    assert _ask(_binding()).is_allowed
    assert not _ask(_binding(), "storage.objects.delete").is_allowed
    assert not _ask(_binding(), "storage.buckets.get", BUCKET).is_allowed


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        (POD, True),
        (POD.replace("ns/models", "ns/default"), False),
        (POD.replace("sa/model-server", "sa/default"), False),
        (POD.replace("p.svc", "q.svc"), False),
        (f"principalSet://{POOL}/namespace/models", True),
        (f"principalSet://{POOL}/namespace/default", False),
        (f"principalSet://{POOL}/*", True),
        ("allUsers", True),
        ("allAuthenticatedUsers", True),
        (DEPLOYER, False),
    ],
)
def test_a_member_is_whoever_it_names(member: str, *, expected: bool) -> None:
    assert _ask(_binding(member=member)).is_allowed is expected


def test_who_is_in_a_group_has_what_the_group_has() -> None:
    binding = _binding(member="group:ml@example.com")
    about = ("storage.objects.get", BUCKET, "storage.googleapis.com")

    assert _ask(binding, *about, "user:a@example.com", "group:ml@example.com").is_allowed
    assert not _ask(binding, *about, "user:a@example.com").is_allowed


@pytest.mark.parametrize("name", ["one", "one-2"])
def test_a_condition_holds_a_grant_on_the_project_to_one_cluster(name: str) -> None:
    binding = _binding("projects/p", REACH, DEPLOYER, f'resource.name == "{CLUSTER}"')
    path = CLUSTER.replace("/one", f"/{name}")
    found = _ask(binding, "container.clusters.connect", path, "container.googleapis.com", DEPLOYER)

    assert found.is_allowed is (name == "one")


def test_a_condition_on_a_name_grants_nothing_where_the_service_says_none() -> None:
    roles = Roles({REACH: frozenset({"iam.serviceAccounts.getAccessToken"})})
    binding = _binding("projects/p", REACH, DEPLOYER, 'resource.name != "x"')
    account = Target(
        path="projects/p/serviceAccounts/nodes@p", project="p", service="iam.googleapis.com"
    )
    asked = Request(
        principals=frozenset({DEPLOYER}),
        permission="iam.serviceAccounts.getAccessToken",
        target=account,
    )

    assert not evaluate([binding], roles, asked).is_allowed


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        ("roles/owner", "primitive"),
        ("roles/editor", "primitive"),
        ("roles/viewer", "primitive"),
        ("roles/container.developer", "unknown"),
        ("projects/p/roles/of_nobody", "unknown"),
        ("storage.objectViewer", "unknown"),
    ],
)
def test_a_role_that_is_not_known_is_an_error_and_never_no_permission(
    role: str, reason: str
) -> None:
    """Also where neither member nor resource is asked about: the answer would be luck."""
    binding = _binding("projects/another", role, "user:a@example.com")

    with pytest.raises(GrantError, match=reason):
        _ask(binding)


@pytest.mark.parametrize(
    "member",
    [
        "models@p.iam.gserviceaccount.com",
        "serviceAccount:p.svc.id.goog[models/model-server]",
        "serviceAccount:*",
        "deleted:serviceAccount:a@b?uid=1",
        f"principalSet://{POOL}/kubernetes.cluster/https://container.googleapis.com/v1/c",
        f"principal://{POOL}/subject/ns/*/sa/model-server",
        "",
    ],
)
def test_a_member_of_another_form_is_refused(member: str) -> None:
    with pytest.raises(GrantError, match="member: unknown form"):
        check_member(member)


@pytest.mark.parametrize("permission", ["storage.*", "storage.objects.*", "get", "a.b", "*"])
def test_a_permission_with_a_wildcard_is_none(permission: str) -> None:
    with pytest.raises(GrantError, match=r"must be service\.resource\.verb"):
        check_permission(permission)
    with pytest.raises(GrantError, match=r"must be service\.resource\.verb"):
        Roles({REACH: frozenset({permission})})


def test_a_question_of_nobody_or_of_everybody_is_refused() -> None:
    target = Target(path=BUCKET, project="p", service="storage.googleapis.com")
    for who in (frozenset[str](), frozenset({"allUsers"})):
        with pytest.raises(GrantError, match="must be of somebody"):
            Request(principals=who, permission="storage.objects.get", target=target)


def test_a_resource_that_is_no_path_is_refused() -> None:
    with pytest.raises(GrantError, match="must be projects/ID or below"):
        _binding("//storage.googleapis.com/projects/_/buckets/b")


def test_a_verdict_names_what_it_rests_on() -> None:
    assert str(_ask(_binding())) == "allowed by it"
    assert str(_ask(_binding(member=DEPLOYER))) == "not allowed by default"


def test_every_permission_of_the_table_is_one() -> None:
    for permissions in PREDEFINED.values():
        assert [check_permission(item) for item in permissions]

"""What the three accounts of a bootstrap may, asked of our own evaluator: least, and enough."""

import re
from collections.abc import Collection, Iterator
from itertools import product
from pathlib import Path

import pytest

from infra.bootstrap.gcp.grants import MAKE, READ, REASONS, bindings, own_roles
from infra.bootstrap.gcp.ground import Ground
from infra.bootstrap.gcp.rights import BUCKETS, KEYS, RIGHTS, SECRETS, Place
from infra.bootstrap.plan import Role, Stacks
from infra.iam.gcp.audit import audit
from infra.iam.gcp.evaluate import Request, Target, evaluate
from infra.iam.gcp.roles import PREDEFINED, Roles, check_permission
from infra.preflight.gcp.survey import SAMPLE
from tests.support.foundation_permissions import ALTERING
from tests.support.stacks import GCP_STACKS

GOLDEN = Path(__file__).parents[3] / "golden"
STACKS = Stacks(ground="gcp-prod", of_models=("gcp-prod-models", "gcp-prod-search"))
GROUND = Ground(
    project="example-llm-prod", number="123456789012", region="us-central1", stacks=STACKS
)
AGENT = "service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
ROLES = Roles({role.name: frozenset(role.permissions) for role in own_roles(GROUND)})
BINDINGS = bindings(GROUND, AGENT)
CLUSTER, RING = GROUND.cluster, f"{GROUND.location}/keyRings/gcp-prod-encryption-ring-1234567"


def _target(service: str, path: str) -> Target:
    return Target(path=path, project=GROUND.project, service=f"{service}.googleapis.com")


PROJECT = _target("cloudresourcemanager", GROUND.path)
BUCKET = _target("storage", f"projects/_/buckets/{GROUND.bucket}")
KEY = _target("cloudkms", GROUND.key)
FILES = {
    name: [
        _target("storage", f"{BUCKET.path}/objects/.pulumi/{file}")
        for file in (
            f"stacks/tokenworks/{name}.json",
            f"stacks/tokenworks/{name}.json.bak",
            f"history/tokenworks/{name}/{name}-1.history.json",
            f"backups/tokenworks/{name}/{name}.1.json",
            f"locks/organization/tokenworks/{name}/1.json",
        )
    ]
    for name in (*STACKS.names, "gcp-dev", "gcp-prod-2", "gcp-prod-models-2")
}
SAY = {
    "gcp:container/cluster:Cluster": _target("container", CLUSTER),
    "gcp:container/nodePool:NodePool": _target("container", f"{CLUSTER}/nodePools/l4-1234567"),
    "gcp:kms/cryptoKey:CryptoKey": _target("cloudkms", f"{RING}/cryptoKeys/gcp-prod-logs-1"),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": _target(
        "cloudkms", f"{RING}/cryptoKeys/gcp-prod-encryption-logs-1234567"
    ),
    "gcp:kms/keyRing:KeyRing": _target("cloudkms", RING),
    **dict.fromkeys(
        (kind for kind in RIGHTS if kind.startswith("gcp:secretmanager/")),
        _target("secretmanager", "projects/123456789012/secrets/tokenworks-gcp-prod-hub-token"),
    ),
    **dict.fromkeys(
        (kind for kind in RIGHTS if kind.startswith("gcp:storage/")),
        _target("storage", "projects/_/buckets/gcp-prod-store-weights-1234567"),
    ),
}
"""Type to a thing of the stack, of services that say their resource to a condition."""
ELSEWHERE = [
    _target("container", f"{GROUND.location}/clusters/tokenworks-gcp-dev"),
    _target("container", f"{GROUND.location}/clusters/tokenworks-gcp-prod-2"),
    _target("cloudkms", f"{GROUND.location}/keyRings/gcp-dev-encryption-ring-1/cryptoKeys/k"),
    _target("cloudkms", GROUND.ring),
    _target("secretmanager", "projects/123456789012/secrets/tokenworks-gcp-dev-hub-token"),
    _target("storage", "projects/_/buckets/gcp-dev-store-weights-1"),
    *(BUCKET, KEY),
    *(file for files in FILES.values() for file in files),
]
"""Things that are no part of the stack, of the same services, and what is bootstrapped."""
STACKS_THINGS = [
    PROJECT,
    *SAY.values(),
    _target("compute", f"{GROUND.path}/global/networks/gcp-prod-network-vpc-1234567"),
    _target("iam", f"{GROUND.path}/serviceAccounts/tokenworks-nodes-1@example.com"),
    _target("storage", "projects/_/buckets/gcp-prod-store-weights-1/objects/a/model.safetensors"),
]
WRITES = sorted(
    {
        *(permission for permissions in ALTERING.values() for permission in permissions),
        *(one for right in RIGHTS.values() for one in (*right.new, *right.change)),
        *("storage.objects.create", "storage.objects.delete", "cloudkms.cryptoKeys.delete"),
        *("cloudkms.cryptoKeyVersions.useToEncrypt", "cloudkms.cryptoKeyVersions.useToDecrypt"),
        *("secretmanager.versions.access", "secretmanager.versions.add"),
        *("serviceusage.services.enable", "serviceusage.services.disable"),
        *("iam.serviceAccounts.enable", "iam.serviceAccounts.disable", "container.pods.create"),
        *("container.secrets.list", "container.pods.getLogs", "container.deployments.update"),
    }
    - {"storage.objects.list"}
)
"""What changes something, lets somebody else do it, or gives a value of a secret."""


def may(role: Role, permission: str, target: Target) -> bool:
    who = frozenset({GROUND.member(role)})
    asked = Request(principals=who, permission=permission, target=target)
    return evaluate(BINDINGS, ROLES, asked).is_allowed


def allowed(
    role: Role, permissions: Collection[str], targets: Collection[Target]
) -> set[tuple[str, str]]:
    """Return each permission and resource that a role has."""
    own = {one for item in BINDINGS for one in ROLES.permissions(item.role)}
    return {
        (permission, target.path)
        for permission, target in product(own & set(permissions), targets)
        if may(role, permission, target)
    }


EVERYWHERE = [*STACKS_THINGS, *ELSEWHERE]
OPEN = ("cloudkms.cryptoKeyVersions.useToDecrypt", KEY.path)
SEAL = ("cloudkms.cryptoKeyVersions.useToEncrypt", KEY.path)


def _writes_of(*stacks: str) -> set[tuple[str, str]]:
    return {
        (f"storage.objects.{verb}", file.path)
        for stack in stacks
        for file in FILES[stack]
        for verb in ("create", "delete")
    }


def test_a_preview_writes_nothing() -> None:
    assert allowed(Role.PREVIEW, WRITES, EVERYWHERE) == {OPEN}


def test_a_preview_reads_each_thing_of_the_stack_and_all_its_states() -> None:
    lacking = {
        (kind, permission)
        for kind, right in RIGHTS.items()
        for permission in right.read
        if not may(Role.PREVIEW, permission, SAY.get(kind, PROJECT))
    }

    assert lacking == set()
    assert may(Role.PREVIEW, "storage.objects.get", FILES["gcp-prod-models"][0])
    assert may(Role.PREVIEW, "container.deployments.get", SAY["gcp:container/cluster:Cluster"])


def test_models_write_their_own_states_and_have_nothing_else_in_the_project() -> None:
    everything = {one for item in BINDINGS for one in ROLES.permissions(item.role)}
    reads = {(f"storage.objects.{verb}", one.path) for one in ELSEWHERE for verb in ("get", "list")}

    found = allowed(Role.MODELS, everything, EVERYWHERE)

    in_bucket = {(permission, path) for permission, path in reads if BUCKET.path in path}
    also = (
        "storage.folders.",
        "storage.managedFolders.",
        "cloudkms.locations.",
        "resourcemanager.",
    )
    plain = {one for one in found if not one[0].startswith(also)}
    assert plain == _writes_of(*STACKS.of_models) | in_bucket | {OPEN, SEAL}
    assert all(path == KEY.path or BUCKET.path in path for _permission, path in found)


def test_the_foundation_writes_its_own_state_alone() -> None:
    objects = ("storage.objects.create", "storage.objects.delete", "storage.objects.setIamPolicy")

    assert allowed(Role.FOUNDATION, objects, ELSEWHERE) == _writes_of("gcp-prod")


def test_the_foundation_may_make_change_and_destroy_each_thing_of_its_stack() -> None:
    lacking = {
        (kind, permission)
        for kind, right in RIGHTS.items()
        for permission, target in (
            *((one, PROJECT) for one in right.new),
            *((one, SAY.get(kind, PROJECT)) for one in (*right.change, *right.read)),
        )
        if not may(Role.FOUNDATION, permission, target)
    }

    assert lacking == set()


NOT_THE_PROVIDERS = {
    # Made and done by GKE's and Compute Engine's agents, or asked by nobody here.
    *("compute.instanceGroupManagers.delete", "compute.instanceGroupManagers.update"),
    *("compute.instances.create", "compute.instances.delete", "compute.instances.setMetadata"),
    *("compute.networks.addPeering", "compute.routes.create", "compute.routes.delete"),
    *("compute.subnetworks.setIamPolicy", "cloudkms.keyRings.setIamPolicy"),
    # Values: of keys, secrets, images, logs and objects.
    *("cloudkms.cryptoKeyVersions.create", "cloudkms.cryptoKeyVersions.useToDecrypt"),
    *("cloudkms.cryptoKeyVersions.useToEncrypt", "secretmanager.versions.destroy"),
    *("secretmanager.versions.disable", "logging.logEntries.create", "logging.logs.delete"),
    *("storage.objects.create", "storage.objects.setIamPolicy", "storage.objects.update"),
    *("artifactregistry.packages.delete", "artifactregistry.repositories.deleteArtifacts"),
    *("artifactregistry.repositories.uploadArtifacts", "artifactregistry.tags.create"),
    *("artifactregistry.tags.delete", "artifactregistry.tags.update"),
    "artifactregistry.versions.delete",
    # To be somebody else.
    *("iam.serviceAccountKeys.create", "iam.serviceAccounts.getAccessToken"),
    *("iam.serviceAccounts.getOpenIdToken", "iam.serviceAccounts.implicitDelegation"),
    *("iam.serviceAccounts.signBlob", "iam.serviceAccounts.signJwt"),
    # On the billing account (`grants.BILLING`).
    *("billing.budgets.create", "billing.budgets.delete", "billing.budgets.update"),
}
"""Of what alters a foundation: calls of others. No account here has them."""


def test_the_foundation_has_what_alters_a_foundation_and_nothing_of_others() -> None:
    asked = {
        (kind, permission, is_new)
        for kind, permissions in ALTERING.items()
        for permission in permissions
        for is_new in (permission in RIGHTS[kind].new,)
    }
    has = {
        permission
        for kind, permission, is_new in asked
        if may(Role.FOUNDATION, permission, PROJECT if is_new else SAY.get(kind, PROJECT))
    }

    assert {permission for _kind, permission, _new in asked} - has == NOT_THE_PROVIDERS


def test_the_foundation_keeps_off_what_is_bootstrapped_and_other_stacks_things() -> None:
    nowhere_held = {
        *(one for right in RIGHTS.values() for one in right.new),
        *(one for right in RIGHTS.values() if right.place.purpose == MAKE for one in right.change),
    }

    found = allowed(Role.FOUNDATION, set(WRITES) - nowhere_held, ELSEWHERE)

    assert found == _writes_of("gcp-prod") | {OPEN, SEAL}


def test_the_foundation_has_what_a_preflight_asks_about() -> None:
    assert {one for one in SAMPLE if not may(Role.FOUNDATION, one, PROJECT)} == set()


def test_every_type_that_our_stacks_have_is_among_the_rights() -> None:
    goldens = [(GOLDEN / f"{name}.yaml").read_text(encoding="utf-8") for name in GCP_STACKS]
    line = re.compile(r"^  type: (gcp:\S+)$", re.MULTILINE)
    types = {kind for text in goldens for kind in line.findall(text)}

    assert types
    assert types | ALTERING.keys() == RIGHTS.keys()


def _recorded(kind: str, line: str) -> Iterator[str]:
    text = (GOLDEN / "gcp-prod.yaml").read_text(encoding="utf-8")
    for item in re.split(r"\n(?=\S)", text):
        if f"  type: {kind}\n" in item:
            yield from re.findall(line, item)


@pytest.mark.parametrize(
    ("place", "kind", "line"),
    [
        (BUCKETS, "gcp:storage/bucket:Bucket", r"\ABucket (\S+)"),
        (KEYS, "gcp:kms/keyRing:KeyRing", r"\AKeyRing (\S+)"),
        (SECRETS, "gcp:secretmanager/secret:Secret", r"secretId: (\S+)"),
    ],
)
def test_names_that_rights_are_held_to_are_those_that_a_stack_has(
    place: Place, kind: str, line: str
) -> None:
    beginning = place.beginnings[0].rpartition("/")[2].format(stack="gcp-prod")
    names = [name.strip(":") for name in _recorded(kind, line)]

    assert names
    assert [name for name in names if not name.startswith(beginning)] == []


def test_no_grant_is_too_wide() -> None:
    own = (f"tokenworks_gcp_prod_{READ}", f"tokenworks_gcp_prod_{MAKE}")

    assert [str(one) for one in audit(BINDINGS, REASONS, (), own)] == []
    granted = {one.role for one in BINDINGS if one.role.startswith("roles/")}
    assert granted == REASONS.keys()
    assert granted <= PREDEFINED.keys()


def test_roles_of_our_own_are_of_a_size_and_of_permissions_that_google_takes() -> None:
    """IAM documentation, "Quotas and limits", 2026: 3,000 permissions, 64 KB."""
    for role in own_roles(GROUND):
        assert 0 < len(role.permissions) <= 3000
        assert len("".join(role.permissions)) < 64_000
        assert re.fullmatch(r"[a-zA-Z0-9_.]{3,64}", role.name.rpartition("/")[2])
        assert len(role.title) <= 100
        for permission in role.permissions:
            check_permission(permission)


def test_what_reads_only_reads() -> None:
    (read,) = (role for role in own_roles(GROUND) if role.name == GROUND.custom_role(READ))
    verbs = {one for one in read.permissions if not re.search(r"\.(get|list|getIamPolicy)$", one)}

    assert verbs == {"serviceusage.services.use"}
    assert {one for one in read.permissions if "versions.access" in one} == set()
    assert {one for one in read.permissions if one.startswith("storage.objects.")} == set()


def test_no_condition_is_longer_than_google_takes() -> None:
    """IAM documentation, "Quotas and limits", 2026: 12 operators in an expression."""
    held = [one.condition.expression for one in BINDINGS if one.condition]

    assert held
    assert all(one.count("||") + one.count("&&") + one.count("!") <= 12 for one in held)

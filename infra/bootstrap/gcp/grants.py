"""What each role of a bootstrap may on Google Cloud, as roles of our own and bindings.

Owns which role is granted to whom, where, and under which condition. What the provider asks for is
in `rights`.
Why hardly a predefined role: each that makes a thing of a platform makes all things of its service,
and reads what is in them. Why conditions only on four services: the others do not say which
resource a request is about, or their resources have no name beforehand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from infra.bootstrap.gcp.ground import Ground
from infra.bootstrap.gcp.rights import BUCKETS, KEYS, PROJECT, READS, RIGHTS, SECRETS, Place
from infra.bootstrap.plan import Role, own_files
from infra.iam.gcp.bindings import Binding
from infra.iam.gcp.conditions import Condition

READ_STATES = "roles/storage.objectViewer"
DECRYPT = "roles/cloudkms.cryptoKeyDecrypter"
USE_KEY = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
IN_CLUSTER = "roles/container.admin"
LOOK_INTO_CLUSTER = "roles/container.viewer"
REASONS: Mapping[str, str] = {
    READ_STATES: "on the bucket of states alone: previews read them, and so do stacks of others",
    DECRYPT: "on the key of states alone: a preview opens the secrets of a state and seals none",
    USE_KEY: "on the key of states alone: whoever writes a state seals its secrets; the bucket",
    IN_CLUSTER: (
        "held to the stack's one cluster: charts of a platform bring roles and definitions of "
        "kinds, which only an administrator may make (decision 0004)"
    ),
    LOOK_INTO_CLUSTER: "held to the stack's one cluster: objects, and no Secret",
}
"""Predefined role to what it is granted for."""
BILLING = "roles/billing.costsManager"
"""What the foundation needs on the billing account of a budget; no project can grant it."""
READ, MAKE, WRITE_STATE = "read", PROJECT.purpose, "write_state"


@dataclass(frozen=True)
class OwnRole:
    """A custom role of the project."""

    name: str
    """`projects/ID/roles/NAME`."""
    title: str
    permissions: tuple[str, ...]


def own_roles(ground: Ground) -> list[OwnRole]:
    """Return the custom roles, each with its permissions in order."""
    parts = {
        READ: ({*READS} | _all("read"), "look at what a stack is made of"),
        MAKE: (_all("new") | _all("change", PROJECT), "make, change and destroy it"),
        BUCKETS.purpose: (_all("change", BUCKETS), "change its buckets"),
        KEYS.purpose: (_all("change", KEYS), "change its keys"),
        SECRETS.purpose: (_all("change", SECRETS), "change its secrets, and read none"),
        WRITE_STATE: (
            # A file that is written anew takes the place of the old one, which asks for `delete`.
            {"storage.objects.create", "storage.objects.delete"},
            "write its state",
        ),
    }
    return [
        OwnRole(ground.custom_role(purpose), f"{ground.stacks.ground}: {title}", _sorted(names))
        for purpose, (names, title) in parts.items()
    ]


def bindings(ground: Ground, storage_agent: str) -> list[Binding]:
    """Return every grant to the accounts, and to the agent of Cloud Storage.

    Args:
        ground: where.
        storage_agent: address of the agent that encrypts what is in the bucket.
    """
    held = [*_of_preview(ground), *_of_foundation(ground)]
    if ground.stacks.of_models:
        held += _of_models(ground)
    agent = f"serviceAccount:{storage_agent}"
    return [*held, Binding(label="the bucket", scope=ground.key, role=USE_KEY, member=agent)]


def bucket_scope(ground: Ground) -> str:
    """Return the bucket of states as IAM spells it."""
    return f"projects/_/buckets/{ground.bucket}"


def _of_preview(ground: Ground) -> Iterator[Binding]:
    role = Role.PREVIEW
    yield _grant(role, ground, ground.path, ground.custom_role(READ))
    yield _grant(role, ground, ground.path, LOOK_INTO_CLUSTER, _only_cluster(ground))
    yield _grant(role, ground, bucket_scope(ground), READ_STATES)
    yield _grant(role, ground, ground.key, DECRYPT)


def _of_foundation(ground: Ground) -> Iterator[Binding]:
    role = Role.FOUNDATION
    for purpose in (READ, MAKE):
        yield _grant(role, ground, ground.path, ground.custom_role(purpose))
    for place in (BUCKETS, KEYS, SECRETS):
        custom = ground.custom_role(place.purpose)
        yield _grant(role, ground, ground.path, custom, _only(place, ground))
    yield _grant(role, ground, ground.path, IN_CLUSTER, _only_cluster(ground))
    yield from _own_state(role, ground, (ground.stacks.ground,))


def _of_models(ground: Ground) -> Iterator[Binding]:
    """Yield what ships models: nothing on the project.

    Where the cluster is says the state of the platform; into it comes the account that the platform
    exports, which `cluster.modelDeployers` lets this one take on.
    """
    yield from _own_state(Role.MODELS, ground, ground.stacks.of_models)


def _own_state(role: Role, ground: Ground, stacks: Iterable[str]) -> Iterator[Binding]:
    yield _grant(role, ground, bucket_scope(ground), READ_STATES)
    for stack in stacks:
        # One each: an expression has at most 12 operators (IAM, "Quotas and limits", 2026).
        files = [f"{bucket_scope(ground)}/objects/{start}" for start in own_files(stack)]
        condition = Condition(f"only the state of {stack}", _starts(files))
        custom = ground.custom_role(WRITE_STATE)
        yield _grant(role, ground, bucket_scope(ground), custom, condition)
    yield _grant(role, ground, ground.key, USE_KEY)


def _grant(
    role: Role, ground: Ground, scope: str, granted: str, condition: Condition | None = None
) -> Binding:
    return Binding(
        label=f"{role}: {granted}",
        scope=scope,
        role=granted,
        member=ground.member(role),
        condition=condition,
    )


def _only(place: Place, ground: Ground) -> Condition:
    words = {
        "stack": ground.stacks.ground,
        "number": ground.number,
        "path": ground.path,
        "location": ground.location,
    }
    beginnings = [start.format_map(words) for start in place.beginnings]
    return Condition(f"only {place.purpose} of {ground.stacks.ground}", _starts(beginnings))


def _only_cluster(ground: Ground) -> Condition:
    expression = (
        f'resource.name == "{ground.cluster}" || resource.name.startsWith("{ground.cluster}/")'
    )
    return Condition(f"only the cluster of {ground.stacks.ground}", expression)


def _starts(beginnings: Sequence[str]) -> str:
    return " || ".join(f'resource.name.startsWith("{start}")' for start in beginnings)


def _all(kind: str, place: Place | None = None) -> set[str]:
    """Return all permissions of one kind: `new`, `change` or `read`."""
    return {
        permission
        for right in RIGHTS.values()
        if place in (None, right.place)
        for permission in {"new": right.new, "change": right.change, "read": right.read}[kind]
    }


def _sorted(permissions: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(permissions))

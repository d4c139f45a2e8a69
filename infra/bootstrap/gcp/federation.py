"""Whose jobs become the accounts of a bootstrap: the pool's provider, and who takes an account on.

Owns attribute mappings and conditions, in Google's dialect of CEL, and the members that stand for
jobs. Which subjects stand for a role says `infra.bootstrap.plan`.
Two gates: the provider's condition lets in only tokens of this repository and of environments or
branches that stand for some role, the policy of an account only the subjects of its own.

Source of claims: GitHub documentation, "OpenID Connect reference" (`repository`, `environment`);
GitLab documentation, "ID token authentication" (`project_path`, `ref`, `ref_type`,
`ref_protected`), both as remembered.
"""

from collections.abc import Sequence

from infra.bootstrap.gcp.ground import Ground
from infra.bootstrap.plan import GITHUB, Forge, Role, Stacks
from infra.wire import Properties, Value

TAKE_ON = "roles/iam.workloadIdentityUser"
"""What lets a job take an account on. On the account alone; it signs nothing."""


def provider_body(ground: Ground, forge: Forge) -> Properties:
    """Return the provider of a forge's tokens, as IAM's API takes it.

    Without `allowedAudiences` a token must be for the provider itself, whose name begins with
    `https://iam.googleapis.com/` then; that is what `stack.yml` asks a forge for.
    """
    oidc: Properties = {"issuerUri": forge.issuer}
    return {
        "displayName": f"jobs of {forge.host}"[:32],
        "description": ground.mark,
        "disabled": False,
        "attributeMapping": {**_mapping(forge)},
        "attributeCondition": _condition(ground.stacks, forge),
        "oidc": oidc,
    }


def members(ground: Ground, forge: Forge, role: Role) -> list[str]:
    """Return who takes a role's account on.

    A member is one subject; GitLab's previews come from any branch `preview/…`, which the
    provider's condition holds the project's tokens to.
    """
    pool = f"//iam.googleapis.com/{ground.pool}"
    subjects = forge.subjects(role, ground.stacks)
    if any("*" in subject for subject in subjects):
        return [f"principalSet:{pool}/attribute.project_path/{forge.repository}"]
    return [f"principal:{pool}/subject/{subject}" for subject in subjects]


def _mapping(forge: Forge) -> dict[str, Value]:
    claims = ("repository", "environment") if forge.issuer == GITHUB else ("project_path", "ref")
    own: dict[str, Value] = {f"attribute.{claim}": f"assertion.{claim}" for claim in claims}
    return {"google.subject": "assertion.sub", **own}


def _condition(stacks: Stacks, forge: Forge) -> str:
    if forge.issuer != GITHUB:
        return " && ".join(
            (
                f"assertion.project_path == '{forge.repository}'",
                "assertion.ref_type == 'branch'",
                "assertion.ref_protected == 'true'",
                "(assertion.ref == 'main' || assertion.ref.startsWith('preview/'))",
            )
        )
    environments = ", ".join(f"'{name}'" for name in _environments(stacks, forge))
    # A job without an environment has no such claim, and what has no answer lets nobody in.
    return (
        f"assertion.repository == '{forge.repository}' && assertion.environment in [{environments}]"
    )


def _environments(stacks: Stacks, forge: Forge) -> Sequence[str]:
    return [
        subject.rpartition(":")[2]
        for role in stacks.roles
        for subject in forge.subjects(role, stacks)
    ]

"""Whose jobs become which account: the provider's condition and an account's policy, together."""

import re

import pytest

from infra.bootstrap.gcp.federation import members, provider_body
from infra.bootstrap.gcp.ground import LONGEST_STACK, Ground, require_names
from infra.bootstrap.plan import GITHUB, Forge, Role, Stacks
from infra.replies import block, text
from infra.spec.mistakes import MistakesError

STACKS = Stacks(ground="gcp-prod", of_models=("gcp-prod-models",))
GROUND = Ground(
    project="example-llm-prod", number="123456789012", region="us-central1", stacks=STACKS
)
HUB = Forge(issuer=GITHUB, repository="example/platform")
LAB = Forge(issuer="https://gitlab.example.com", repository="team/platform")
POOL = "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools"
_CLAIM = re.compile(r"assertion\.(\w+)")


def _holds(expression: str, claims: dict[str, str]) -> bool:
    """Judge a condition as CEL would; a claim that is not there lets nobody in."""
    if any(name not in claims for name in _CLAIM.findall(expression)):
        return False
    python = _CLAIM.sub(r"claims['\1']", expression)
    python = (
        python.replace("&&", " and ").replace("||", " or ").replace(".startsWith", ".startswith")
    )
    return bool(eval(python, {"__builtins__": {}}, {"claims": claims}))  # noqa: S307 - our own


def _comes_in(role: Role, claims: dict[str, str], forge: Forge) -> bool:
    """Say whether a token with these claims becomes a role's account."""
    body = provider_body(GROUND, forge)
    if not _holds(text(body, "attributeCondition"), claims):
        return False
    mapped = {
        name: claims[str(expression).removeprefix("assertion.")]
        for name, expression in block(body, "attributeMapping").items()
    }
    own = f"{POOL}/tokenworks-gcp-prod"
    names = {f"principal:{own}/subject/{mapped.pop('google.subject')}"}
    names |= {f"principalSet:{own}/{name}/{value}" for name, value in mapped.items()}
    return bool(names & {*members(GROUND, forge, role)})


def _github(environment: str, repository: str = "example/platform") -> dict[str, str]:
    return {
        "sub": f"repo:{repository}:environment:{environment}",
        "repository": repository,
        "environment": environment,
    }


WHO = {
    Role.PREVIEW: {
        *("gcp-prod-preview", "gcp-prod-read"),
        *("gcp-prod-models-preview", "gcp-prod-models-read"),
    },
    Role.FOUNDATION: {"gcp-prod"},
    Role.MODELS: {"gcp-prod-models"},
}


@pytest.mark.parametrize("role", Role)
def test_an_account_is_taken_on_by_jobs_of_its_environments_alone(role: Role) -> None:
    environments = {*(name for names in WHO.values() for name in names), "images", "gcp-dev"}

    came = {name for name in environments if _comes_in(role, _github(name), HUB)}

    assert came == WHO[role]
    name = min(WHO[role])
    assert not _comes_in(role, _github(name, "somebody/platform"), HUB)
    branch = {"sub": "repo:example/platform:ref:refs/heads/main", "repository": "example/platform"}
    assert not _comes_in(role, branch, HUB)


def test_a_repository_that_bears_the_subject_of_ours_is_refused_by_the_condition() -> None:
    forged = _github("gcp-prod") | {"repository": "somebody/platform"}

    assert not _comes_in(Role.FOUNDATION, forged, HUB)


def _gitlab(branch: str, **other: str) -> dict[str, str]:
    project = other.get("project_path", "team/platform")
    kind = other.get("ref_type", "branch")
    return {
        "sub": f"project_path:{project}:ref_type:{kind}:ref:{branch}",
        "project_path": project,
        "ref": branch,
        "ref_type": kind,
        "ref_protected": "true",
        **other,
    }


@pytest.mark.parametrize("role", Role)
def test_a_gitlab_brings_main_up_and_previews_its_protected_branches(role: Role) -> None:
    previews = role is Role.PREVIEW
    branches = {"main": True, "preview/1": previews, "preview/team/1": previews}
    branches |= dict.fromkeys(("preview", "mainly", "main/1", "dev", "a/preview/1"), False)

    came = {one: _comes_in(role, _gitlab(one), LAB) for one in branches}

    assert came == branches
    assert not _comes_in(role, _gitlab("main", project_path="team/other"), LAB)
    assert not _comes_in(role, _gitlab("main", ref_type="tag"), LAB)
    assert not _comes_in(role, _gitlab("main", ref_protected="false"), LAB)


@pytest.mark.parametrize("forge", [HUB, LAB], ids=["github", "gitlab"])
def test_a_provider_takes_the_forges_own_keys_and_tokens_for_itself_alone(forge: Forge) -> None:
    body = provider_body(GROUND, forge)

    assert block(body, "oidc") == {"issuerUri": forge.issuer}
    assert block(body, "attributeMapping")["google.subject"] == "assertion.sub"
    assert len(text(body, "attributeCondition")) <= 4096
    assert len(text(body, "displayName")) <= 32


def test_names_that_google_has_no_room_for_are_all_told_before_anything_is_asked() -> None:
    long = Stacks(ground="gcp-" + "a" * LONGEST_STACK, of_models=())
    forge = Forge(issuer=GITHUB, repository="example/" + "platform" * 12)

    with pytest.raises(MistakesError) as refused:
        require_names(long, forge)

    assert f"at most {LONGEST_STACK} characters" in str(refused.value)
    assert "127 bytes" in str(refused.value)
    require_names(Stacks(ground="a" * LONGEST_STACK, of_models=()), HUB)


def test_names_are_of_a_form_that_google_takes() -> None:
    ground = Ground(
        project="p" * 30,
        number="123456789012",
        region="us-central1",
        stacks=Stacks(ground="g" * LONGEST_STACK, of_models=()),
    )

    assert len(ground.pool.rpartition("/")[2]) <= 32
    assert len(ground.bucket) <= 63
    assert all(6 <= len(ground.email(role).partition("@")[0]) <= 30 for role in Role)
    assert not GROUND.pool.rpartition("/")[2].startswith("gcp-")

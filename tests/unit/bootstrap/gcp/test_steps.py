"""A bootstrap of a Google Cloud project that is played: once, twice, dry, and cut at every call."""

import pytest
from google.auth.credentials import AnonymousCredentials
from googleapiclient.http import HttpRequest

from components.gcp.encryption import ROTATION
from infra.bootstrap.gcp.services import NEEDED
from infra.bootstrap.plan import Forge, Role, Stacks
from infra.cloud_error import CloudApiError
from infra.google_api import RestApi
from infra.layers.foundation import EXPORT_DEPLOYER
from infra.replies import block, blocks, dig, text, texts
from tests.unit.bootstrap.gcp.scene import (
    FORGE,
    OWNER,
    PROJECT,
    REGION,
    Line,
    Played,
    changes,
    run,
)

LAB = Forge(issuer="https://gitlab.example.com", repository="team/platform")


def test_the_bucket_keeps_versions_is_encrypted_and_nobody_elses() -> None:
    played = Played()
    call, ground = played.project.call, played.ground

    run(Line(played))

    bucket = call("storage.buckets.get", bucket=ground.bucket)
    assert dig(bucket, "versioning.enabled") is True
    assert dig(bucket, "iamConfiguration.uniformBucketLevelAccess.enabled") is True
    assert dig(bucket, "iamConfiguration.publicAccessPrevention") == "enforced"
    assert dig(bucket, "encryption.defaultKmsKeyName") == ground.key
    assert bucket["location"] == REGION.upper()
    policy = call("storage.buckets.getIamPolicy", bucket=ground.bucket)
    members = {member for one in blocks(policy, "bindings") for member in texts(one, "members")}
    assert members == {f"projectOwner:{PROJECT}", *map(ground.member, Role)}


def test_the_key_rotates_and_cloud_storage_may_use_it() -> None:
    played = Played()

    run(Line(played))

    key = played.project.call(
        "cloudkms.projects.locations.keyRings.cryptoKeys.get", name=played.ground.key
    )
    assert key["rotationPeriod"] == ROTATION == "7776000s"
    assert text(key, "nextRotationTime").endswith("Z")
    assert dig(key, "primary.state") == "ENABLED"


def test_all_apis_that_a_stack_and_its_jobs_need_are_on() -> None:
    played = Played()

    run(Line(played))

    shown = played.project.call(
        "serviceusage.services.batchGet",
        parent=f"projects/{PROJECT}",
        names=[f"projects/{PROJECT}/services/{name}.googleapis.com" for name in NEEDED],
    )
    assert {one["state"] for one in blocks(shown, "services")} == {"ENABLED"}
    assert {"iam", "iamcredentials", "sts", "cloudkms", "container"} <= {*NEEDED}
    assert len(NEEDED) <= 20


def test_the_owner_and_whoever_else_has_rights_on_the_project_keep_them() -> None:
    played = Played()
    before = played.grants_on_project()

    run(Line(played))

    assert ("roles/owner", OWNER) in before
    assert before <= played.grants_on_project()


@pytest.mark.parametrize("forge", [FORGE, LAB], ids=["github", "gitlab"])
def test_a_second_run_changes_nothing(forge: Forge) -> None:
    played = Played()
    run(Line(played), forge=forge)
    before, again = played.everything(), Line(played)

    _outcome, hand = run(again, forge=forge)

    assert (hand.changes, again.writes) == ([], [])
    assert played.everything() == before


def test_a_dry_run_changes_nothing_and_names_every_change_of_a_run() -> None:
    played = Played()
    before, dry, real = played.everything(), Line(played), Line(played)

    _outcome, said = run(dry, dry_run=True)
    assert (dry.writes, played.everything()) == ([], before)
    _outcome, done = run(real)

    assert changes(said) == changes(done)
    assert len(real.writes) == len(done.changes)


def test_a_dry_run_says_who_would_get_what() -> None:
    _outcome, hand = run(Line(Played()), dry_run=True)

    said = "\n".join(hand.changes)
    assert "give roles/storage.objectViewer to serviceAccount:gcp-prod-preview@" in said
    assert "only the state of gcp-prod-models" in said
    assert "subject/repo:example/platform:environment:gcp-prod-read" in said


@pytest.mark.parametrize("after", [False, True], ids=["call lost", "reply lost"])
def test_cut_at_any_call_the_next_run_completes_it_and_the_one_after_writes_nothing(
    *, after: bool
) -> None:
    first = Played()
    whole_line = Line(first)
    run(whole_line)
    whole = first.everything()

    for at in range(1, len(whole_line.writes) + 1):
        played = Played()
        cut, next_line, last = Line(played, at, after=after), Line(played), Line(played)
        with pytest.raises(CloudApiError, match="cut"):
            run(cut)

        run(next_line)
        run(last)

        assert played.everything() == whole, f"cut at {cut.writes[-1]}"
        assert last.writes == [], f"cut at {cut.writes[-1]}"


def test_without_a_stack_of_models_there_is_no_account_for_them() -> None:
    played = Played()

    outcome, _hand = run(Line(played), stacks=Stacks(ground="gcp-dev", of_models=()))

    assert set(outcome.identities) == {Role.PREVIEW, Role.FOUNDATION}
    found = played.project.call("iam.projects.serviceAccounts.list", name=f"projects/{PROJECT}")
    ids = {text(one, "email").partition("@")[0] for one in blocks(found, "accounts")}
    assert ids == {"gcp-dev-preview", "gcp-dev-foundation"}
    assert (outcome.deployer, outcome.by_hand) == ("", [])


def test_the_next_commands_name_what_was_made() -> None:
    played = Played()
    number = played.project.number

    outcome, _hand = run(Line(played))

    assert outcome.backend == f"gs://tokenworks-gcp-prod-state-{number}"
    assert outcome.secrets_provider == (
        f"gcpkms://projects/{PROJECT}/locations/{REGION}/keyRings/tokenworks-gcp-prod-state"
        "/cryptoKeys/state"
    )
    assert outcome.identities[Role.MODELS] == f"gcp-prod-models@{PROJECT}.iam.gserviceaccount.com"
    assert outcome.deployer == f"serviceAccount:{outcome.identities[Role.MODELS]}"
    assert f"pulumi stack output {EXPORT_DEPLOYER} --stack gcp-prod" in "".join(outcome.by_hand)
    assert outcome.variables == {
        "GCP_IDENTITY_PROVIDER": (
            f"projects/{number}/locations/global/workloadIdentityPools/tokenworks-gcp-prod"
            "/providers/github"
        )
    }


def test_two_environments_of_a_project_have_nothing_in_common() -> None:
    played = Played()
    run(Line(played))
    before = played.everything()

    run(Line(played), stacks=Stacks(ground="gcp-dev", of_models=()))
    again = Line(played)
    run(again)

    assert again.writes == []
    after = played.everything()
    changed = {name for name, thing in before.items() if after[name] != thing}
    assert changed == {f"iam-policies/projects/{PROJECT}"}


def test_github_is_trusted_by_its_own_keys() -> None:
    played = Played()

    run(Line(played))

    provider = played.project.call(
        "iam.projects.locations.workloadIdentityPools.providers.get",
        name=played.ground.provider(FORGE),
    )
    assert block(provider, "oidc") == {"issuerUri": FORGE.issuer}


@pytest.mark.parametrize("number_of_run", [1, 2], ids=["first run", "second run"])
def test_googles_client_takes_each_call(
    monkeypatch: pytest.MonkeyPatch, number_of_run: int
) -> None:
    """Which names parameters in its own way, and knows them from Google's documents."""
    played = Played()
    for _run in range(number_of_run):
        line = Line(played)
        run(line)
    asked: list[str] = []
    monkeypatch.setattr(HttpRequest, "execute", lambda request: asked.append(request.uri) or {})
    api = RestApi(PROJECT, REGION, AnonymousCredentials())

    for method_id, body, parameters in line.calls:
        api.call(method_id, body, **parameters)

    assert len(asked) == len(line.calls)
    policies = [uri for uri in asked if "IamPolicy" in uri and "projects/example" in uri]
    versions = [uri for uri in policies if "requestedPolicyVersion=3" in uri]
    assert len(versions) >= 4

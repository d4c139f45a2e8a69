"""What a rehearsal says of the secrets of a cluster."""

import pytest

from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.secrets_seen import SyncedSecret, secrets_text, synced_secrets


class Cluster(ApiClient):
    """One that answers every list with what it was given."""

    def __init__(self, answer: list[dict] | ApiError) -> None:
        super().__init__("https://nowhere", "")
        self.answer = answer

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: str | int
    ) -> list[dict]:
        del api_version, kind, namespace, query
        if isinstance(self.answer, ApiError):
            raise self.answer
        return self.answer


def _external(name: str, *conditions: dict) -> dict:
    metadata = {"namespace": "models", "name": name}
    return {"metadata": metadata, "status": {"conditions": list(conditions)}}


def test_what_arrived_and_what_did_not_is_said_in_the_operators_words() -> None:
    found = synced_secrets(
        Cluster(
            [
                _external("b", {"type": "Ready", "status": "False", "message": "no such secret"}),
                _external("a", {"type": "Ready", "status": "True", "message": "secret synced"}),
                _external("c"),
            ]
        )
    )

    assert found[0] == SyncedSecret("models/a", arrived=True, words="secret synced")
    assert secrets_text(found) == (
        "1 of 3 arrived in the cluster; models/b has not: no such secret; "
        "models/c has not: nothing is said of it; "
        "docs/data.md, section Secrets, says how a value is put"
    )
    assert secrets_text(found[:1]) == "1 of 1 arrived in the cluster"


def test_a_token_that_only_gated_models_need_is_not_called_a_fault() -> None:
    token = SyncedSecret("models/hub-token", arrived=False, words="no such secret")

    assert secrets_text([token]) == (
        "0 of 1 arrived in the cluster; models/hub-token has not: no such secret "
        "(no matter while no model is gated); "
        "docs/data.md, section Secrets, says how a value is put"
    )


def test_a_cluster_without_the_kind_has_none_and_another_refusal_is_not_taken_for_that() -> None:
    assert synced_secrets(Cluster(ApiError(NOT_FOUND, "no such kind"))) == []
    with pytest.raises(ApiError, match="forbidden"):
        synced_secrets(Cluster(ApiError(403, "forbidden")))

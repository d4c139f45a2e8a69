"""Our port to Google's API, over Google's own client with recorded answers."""

import json

import pytest
from google.auth.credentials import AnonymousCredentials
from google.oauth2.credentials import Credentials
from googleapiclient import discovery
from googleapiclient.http import HttpMockSequence
from httplib2.error import ServerNotFoundError

from infra.cloud_error import CloudApiError
from infra.google_api import RestApi, listed

Answer = tuple[dict[str, str], str]


def _api(monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> tuple[RestApi, HttpMockSequence]:
    http = HttpMockSequence(list(answers))
    build = discovery.build

    def built(name: str, version: str, **_settings: object) -> discovery.Resource:
        return build(name, version, http=http, static_discovery=True)

    monkeypatch.setattr(discovery, "build", built)
    return RestApi("demo", "us-central1", AnonymousCredentials()), http


def _refusal(status: int, error: dict[str, object]) -> Answer:
    return {"status": str(status)}, json.dumps({"error": {"code": status, **error}})


def test_a_call_goes_where_google_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    api, http = _api(monkeypatch, ({"status": "200"}, '{"name": "platform"}'))
    found = api.call("compute.networks.get", project="demo", network="platform")
    assert found == {"name": "platform"}
    (uri, verb, _body, _headers) = http.request_sequence[0]
    assert verb == "GET"
    assert uri.startswith(
        "https://compute.googleapis.com/compute/v1/projects/demo/global/networks/platform"
    )


def test_a_refusal_has_googles_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = _refusal(404, {"message": "gone", "errors": [{"reason": "notFound"}]})
    api, _http = _api(monkeypatch, refusal)
    with pytest.raises(CloudApiError) as caught:
        api.call("compute.networks.get", project="demo", network="platform")
    assert (caught.value.code, caught.value.message) == ("notFound", "gone")
    assert caught.value.not_found


def test_a_refusal_without_a_reason_has_googles_status(monkeypatch: pytest.MonkeyPatch) -> None:
    api, _http = _api(monkeypatch, _refusal(404, {"message": "gone", "status": "NOT_FOUND"}))
    with pytest.raises(CloudApiError) as caught:
        api.call("iam.projects.serviceAccounts.get", name="projects/demo/serviceAccounts/nodes")
    assert caught.value.code == "NOT_FOUND"
    assert caught.value.not_found


def test_a_parameter_that_google_does_not_take_is_an_error_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api, _http = _api(monkeypatch)
    with pytest.raises(CloudApiError, match="unexpected keyword argument"):
        api.call("compute.networks.get", project="demo", network="platform", colour="blue")


def test_a_list_is_read_to_its_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    first = json.dumps({"items": [{"name": "one"}], "nextPageToken": "more"})
    last = json.dumps({"items": [{"name": "two"}]})
    api, http = _api(monkeypatch, ({"status": "200"}, first), ({"status": "200"}, last))
    found = listed(api, "compute.networks.list", "items", project="demo")
    assert [item["name"] for item in found] == ["one", "two"]
    assert "pageToken=more" in http.request_sequence[1][0]


def test_a_token_that_pulumi_takes_is_taken_here_too(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[object] = []

    def built(name: str, version: str, *, credentials: object, **settings: object) -> None:
        del name, version, settings
        taken.append(credentials)

    monkeypatch.setattr(discovery, "build", built)
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "a marker")
    with pytest.raises(AttributeError):  # no client was built
        RestApi("demo", "us-central1").call("compute.networks.get", project="demo", network="n")

    (credentials,) = taken
    assert isinstance(credentials, Credentials)
    assert credentials.token == "a marker"


def test_without_credentials_nobody_is_asked() -> None:
    with pytest.raises(CloudApiError, match="DefaultCredentialsError"):
        RestApi("demo", "us-central1").call("compute.networks.get", project="demo", network="n")


def test_a_google_that_cannot_be_reached_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    api, http = _api(monkeypatch)

    def unreachable(*_request: object, **_settings: object) -> None:
        message = "Unable to find the server at compute.googleapis.com"
        raise ServerNotFoundError(message)

    monkeypatch.setattr(http, "request", unreachable)
    with pytest.raises(CloudApiError, match="Unable to find the server"):
        api.call("compute.networks.get", project="demo", network="platform")

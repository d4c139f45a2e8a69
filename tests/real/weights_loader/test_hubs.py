"""What the loader asks hubs, what it shows them, and how it bears with them."""

import pytest
from weights_loader.errors import AbsentError, UnreachableError
from weights_loader.hub import TRIES
from weights_loader.hub import Hub as HubClient
from weights_loader.hub_files import HubFile, Snapshot

from tests.support.hub import FIRST, Hub, serving
from tests.support.weights_loader import Stage

pytestmark = pytest.mark.real

TOKEN = "marker-of-a-hub-token"
WEIGHTS = "model.safetensors"


def _asked(hub: Hub) -> list[tuple[str, str | None]]:
    return [(path, token) for path, token, _ in hub.asked]


def _client(*hubs: Hub, token: str = "") -> HubClient:
    return HubClient(tuple(hub.url for hub in hubs), "acme/tiny", token)


def _weights(client: HubClient) -> tuple[Snapshot, HubFile]:
    snapshot = client.snapshot("main")
    return snapshot, next(file for file in snapshot.files if file.path == WEIGHTS)


def test_the_token_goes_to_the_first_hub_and_not_to_where_its_files_lie(
    stage: Stage, hub: Hub
) -> None:
    hub.token = TOKEN

    stage.load(HF_TOKEN=TOKEN)

    files = [token for path, token in _asked(hub) if path.startswith("/lfs/")]
    others = [token for path, token in _asked(hub) if not path.startswith("/lfs/")]
    assert files
    assert set(files) == {None}
    assert set(others) == {f"Bearer {TOKEN}"}


@pytest.mark.usefixtures("asked_seconds")
def test_a_mirror_gets_no_token_though_the_first_hub_is_down(hub: Hub) -> None:
    hub.always = 503
    with serving(Hub(commits=hub.commits, branches=hub.branches)) as mirror:
        client = _client(hub, mirror, token=TOKEN)
        snapshot, file = _weights(client)
        content = b"".join(client.read(snapshot, file, 0))

    assert content == hub.commits[FIRST][WEIGHTS]
    assert snapshot.endpoint == mirror.url
    assert {token for _, token in _asked(mirror)} == {None}
    assert len(hub.asked) == TRIES


def test_a_hub_that_asks_for_patience_gets_as_much(
    hub: Hub, asked_seconds: list[float | None]
) -> None:
    hub.statuses, hub.retry_after = [429, 503], "7"

    snapshot = _client(hub).snapshot("main")

    assert snapshot.commit == FIRST
    assert asked_seconds == [7.0, 7.0]


@pytest.mark.usefixtures("asked_seconds")
def test_a_hub_that_is_down_for_good_is_no_missing_model(hub: Hub) -> None:
    hub.always = 503

    with pytest.raises(UnreachableError, match="answers 503"):
        _client(hub).snapshot("main")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_model_that_every_hub_refuses_is_absent(hub: Hub, status: int) -> None:
    hub.always = status

    with pytest.raises(AbsentError, match=f"answers {status}"):
        _client(hub).snapshot("main")


@pytest.mark.usefixtures("asked_seconds")
def test_a_hub_that_one_cannot_reach_may_have_the_model_for_all_we_know(hub: Hub) -> None:
    hub.always = 404
    client = HubClient((hub.url, "http://127.0.0.1:9"), "acme/tiny", "")

    with pytest.raises(UnreachableError, match="no hub gives acme/tiny at main"):
        client.snapshot("main")


def test_a_hub_without_ranges_gives_the_rest_all_the_same(hub: Hub) -> None:
    hub.ranges = False
    client = _client(hub)
    snapshot, file = _weights(client)

    content = b"".join(client.read(snapshot, file, 300_000))

    assert content == hub.commits[FIRST][WEIGHTS][300_000:]


@pytest.mark.usefixtures("asked_seconds")
def test_a_file_goes_on_at_the_next_hub_where_the_first_one_stops(hub: Hub) -> None:
    client = _client(hub)
    snapshot, file = _weights(client)
    hub.gives = 300_000
    with serving(Hub(commits=hub.commits, branches=hub.branches)) as mirror:
        client = _client(hub, mirror)
        content = b"".join(client.read(snapshot, file, 0))

    assert content == hub.commits[FIRST][WEIGHTS]
    assert mirror.sent == file.size - 300_000


@pytest.mark.usefixtures("asked_seconds")
def test_what_goes_wrong_is_said_without_the_signed_address_of_a_file(hub: Hub) -> None:
    client = _client(hub)
    snapshot, file = _weights(client)
    hub.files_url = "http://127.0.0.1:9"

    with pytest.raises(UnreachableError) as caught:
        list(client.read(snapshot, file, 0))

    assert "model.safetensors: no hub gives it" in str(caught.value)
    assert "marker-of-a-signature" not in str(caught.value)


def test_a_hub_that_gives_no_checksums_is_passed_over(hub: Hub) -> None:
    with pytest.raises(AbsentError, match=r"no size or no checksum for 'config\.json'"):
        _without_sizes(hub)


def _without_sizes(hub: Hub) -> Snapshot:
    def answer(revision: str) -> dict[str, object]:  # noqa: ARG001  the hub's own
        return {"sha": FIRST, "siblings": [{"rfilename": "config.json"}]}

    hub.answer = answer
    return _client(hub).snapshot("main")

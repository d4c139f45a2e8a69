"""The start program of a model server, really run: weights in a bucket of S3, and hubs."""

import pytest

from tests.support.start_server import CONFIG, MARKER, STREAMING, TOKEN, URI, Place, Pod, serving

pytestmark = pytest.mark.real


def test_complete_weights_in_the_bucket_are_streamed_and_no_hub_is_asked(
    pod: Pod, bucket: Place, hub: Place
) -> None:
    bucket.answers[MARKER] = 200

    status, log = pod.run(HF_TOKEN=TOKEN)

    assert status == 0, log
    assert pod.arguments == ["serve", URI, *STREAMING, "--served-model-name=qwen"]
    assert pod.seen["HF_HUB_OFFLINE"] == "1"
    assert "HF_TOKEN" not in pod.seen
    assert hub.asked == []
    assert f"weights from the bucket: {URI}" in log


@pytest.mark.parametrize(
    ("answer", "reason"), [(404, "no .complete there"), (403, "S3 answers 403")]
)
def test_without_them_the_hub_is_taken_and_the_log_says_why(
    pod: Pod, bucket: Place, hub: Place, answer: int, reason: str
) -> None:
    bucket.answers[MARKER] = answer

    status, log = pod.run()

    assert status == 0, log
    assert pod.arguments == ["serve", "Qwen/Qwen2.5-7B-Instruct", "--served-model-name=qwen"]
    assert pod.seen["HF_ENDPOINT"] == hub.url
    assert "HF_HUB_OFFLINE" not in pod.seen
    assert f"not from the bucket {URI}: {reason}" in log
    assert f"weights from the hub {hub.url}" in log


def test_an_image_that_cannot_stream_starts_from_the_hub(pod: Pod, bucket: Place) -> None:
    bucket.answers[MARKER] = 200

    status, log = pod.run(PYTHONPATH="")

    assert status == 0, log
    assert pod.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"
    assert "the image lacks runai_model_streamer, runai_model_streamer_s3" in log
    assert bucket.asked == []


def test_a_pod_without_credentials_starts_from_the_hub(pod: Pod) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del pod.environment[name]

    status, log = pod.run(AWS_EC2_METADATA_DISABLED="true")

    assert status == 0, log
    assert pod.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"
    assert "Unable to locate credentials" in log


def test_a_bucket_that_nobody_reaches_costs_no_start(pod: Pod) -> None:
    status, log = pod.run(AWS_ENDPOINT_URL="http://127.0.0.1:9")

    assert status == 0, log
    assert pod.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"


def test_a_model_without_a_bucket_asks_the_hub_alone(pod: Pod, bucket: Place) -> None:
    del pod.environment["WEIGHTS_URI"]

    status, log = pod.run()

    assert status == 0, log
    assert "not from the bucket" not in log
    assert bucket.asked == []


def test_a_pinned_revision_is_the_one_that_is_asked_for_and_loaded(pod: Pod, hub: Place) -> None:
    path = CONFIG.replace("main", "a" * 40)
    hub.answers = {path: 200}

    status, log = pod.run(HUB_REVISION="a" * 40)

    assert status == 0, log
    assert f"--revision={'a' * 40}" in pod.arguments
    assert [asked for asked, _ in hub.asked] == [path]


def test_mirrors_are_tried_in_their_order_and_get_no_token(pod: Pod, hub: Place) -> None:
    hub.answers[CONFIG] = 503
    with serving(Place({CONFIG: 200})) as mirror, serving(Place({CONFIG: 200})) as last:
        status, log = pod.run(HUB_ENDPOINTS=f"{hub.url} {mirror.url} {last.url}", HF_TOKEN=TOKEN)

    assert status == 0, log
    assert hub.asked == [(CONFIG, f"Bearer {TOKEN}")]
    assert mirror.asked == [(CONFIG, None)]
    assert last.asked == []
    assert pod.seen["HF_ENDPOINT"] == mirror.url
    assert "HF_TOKEN" not in pod.seen
    assert f"not from the hub {hub.url}: answers 503" in log


def test_the_token_goes_to_the_hub_and_to_vllm_and_not_where_the_hub_sends_us(
    pod: Pod, hub: Place
) -> None:
    with serving(Place({"/file": 200})) as storage:
        hub.redirects[CONFIG] = f"{storage.url}/file"
        status, log = pod.run(HF_TOKEN=TOKEN)

    assert status == 0, log
    assert hub.asked == [(CONFIG, f"Bearer {TOKEN}")]
    assert storage.asked == [("/file", None)]
    assert pod.seen["HF_TOKEN"] == TOKEN
    assert TOKEN not in log


def test_without_any_weights_the_start_fails_and_names_every_place(pod: Pod, hub: Place) -> None:
    hub.answers[CONFIG] = 401
    silent = "http://127.0.0.1:9"

    status, log = pod.run(HUB_ENDPOINTS=f"{hub.url} {silent}")

    assert status == 1
    for place in (URI, hub.url, silent):
        assert f"{place}: " in log
    assert "no weights: neither the bucket nor a hub has Qwen/Qwen2.5-7B-Instruct" in log


def test_a_restart_while_every_hub_is_down_uses_what_is_on_the_disk(pod: Pod, hub: Place) -> None:
    hub.answers[CONFIG] = 503
    snapshot = pod.folder / "huggingface/hub/models--Qwen--Qwen2.5-7B-Instruct/snapshots/abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").touch()

    status, log = pod.run()

    assert status == 0, log
    assert pod.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"
    assert pod.seen["HF_HUB_OFFLINE"] == "1"

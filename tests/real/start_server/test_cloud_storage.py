"""The start program of a model server on GKE, really run: weights in Cloud Storage."""

import pytest

from components.serving import start_server
from tests.support.start_server import GS_MARKER, GS_URI, STREAMING, TOKEN, Place, Pod

pytestmark = pytest.mark.real


def test_complete_weights_in_cloud_storage_are_streamed_with_the_credentials_of_the_pod(
    on_gke: Pod, bucket: Place, hub: Place
) -> None:
    bucket.answers[GS_MARKER] = 200

    status, log = on_gke.run(HF_TOKEN=TOKEN)

    assert status == 0, log
    assert on_gke.arguments == ["serve", GS_URI, *STREAMING, "--served-model-name=qwen"]
    assert bucket.asked == [(GS_MARKER, "Bearer ya29.of-the-pod")]
    assert hub.asked == []
    assert f"weights from the bucket: {GS_URI}" in log


@pytest.mark.parametrize(
    ("answer", "reason"), [(404, "no .complete there"), (403, "Cloud Storage answers 403")]
)
def test_without_them_in_cloud_storage_the_hub_is_taken_and_the_log_says_why(
    on_gke: Pod, bucket: Place, hub: Place, answer: int, reason: str
) -> None:
    bucket.answers[GS_MARKER] = answer

    status, log = on_gke.run()

    assert status == 0, log
    assert on_gke.seen["HF_ENDPOINT"] == hub.url
    assert f"not from the bucket {GS_URI}: {reason}" in log


def test_an_answer_that_cloud_storage_owes_us_is_asked_for_again(
    on_gke: Pod, bucket: Place
) -> None:
    bucket.answers[GS_MARKER] = 503

    status, log = on_gke.run()

    assert status == 0, log
    assert len(bucket.asked) == start_server.BUCKET_ATTEMPTS
    assert "Cloud Storage answers 503" in log


def test_a_pod_without_a_metadata_server_starts_from_the_hub(on_gke: Pod, bucket: Place) -> None:
    status, log = on_gke.run(NO_GCE_CHECK="true")

    assert status == 0, log
    assert on_gke.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"
    assert "default credentials were not found" in log
    assert bucket.asked == []


def test_a_cloud_storage_that_nobody_reaches_costs_no_start(on_gke: Pod) -> None:
    status, log = on_gke.run(STORAGE_EMULATOR_HOST="http://127.0.0.1:9")

    assert status == 0, log
    assert on_gke.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"


def test_an_image_that_cannot_stream_from_cloud_storage_starts_from_the_hub(
    on_gke: Pod, bucket: Place
) -> None:
    status, log = on_gke.run(PYTHONPATH="")

    assert status == 0, log
    assert "the image lacks runai_model_streamer, runai_model_streamer_gcs" in log
    assert bucket.asked == []

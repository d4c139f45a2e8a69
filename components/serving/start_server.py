"""Runs inside the pod of a model server: finds the weights, then becomes vLLM.

Owns the choice between the bucket, the hub and its mirrors, made anew at every start, and the line
in the log that says which was taken and why. Does not own vLLM's own settings: those are this
program's arguments, and go on as they are.
A bucket is S3's or Cloud Storage's, as its address says.
Why a program in the pod: whether the bucket has the weights, and which hub answers, is known only
when a server starts. It needs Python's standard library; what the bucket needs besides is looked
for, and without it the hub is taken. `exec` at the end: signals must reach vLLM, or nothing drains.
"""

import importlib.util
import json
import logging
import os
import signal
import sys
import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path

MARKER = ".complete"
"""Object beside a checkpoint's files, written after the last of them. Without it some may lack."""
STREAMERS = {
    "s3": ("boto3", "runai_model_streamer", "runai_model_streamer_s3"),
    "gs": ("google.auth", "urllib3", "runai_model_streamer", "runai_model_streamer_gcs"),
}
"""What vLLM streams from a bucket with, and what this program asks it with. The official image has
all, `runai-model-streamer[s3,gcs,azure]` and what that needs (vllm-project/vllm docker/Dockerfile
and setup.py, read 2026-11); a slim one may not."""
STORAGE = "https://storage.googleapis.com"
STORAGE_VARIABLE = "STORAGE_EMULATOR_HOST"
"""Another place to ask, as Google's own clients have it; for tests."""
READ_ONLY = "https://www.googleapis.com/auth/devstorage.read_only"
CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
"""For one answer of the bucket or of a hub; a start has minutes."""
BUCKET_ATTEMPTS = 3
_STOPPED = 128 + signal.SIGTERM
_REFUSED = 2
_LOG = logging.getLogger("start")


def settings_mistakes() -> list[str]:
    """Return what is wrong with the settings. A stack sets them all; a person may forget one."""
    settings = os.environ
    wrong = [
        f"{name}: must be set, {what}"
        for name, what in (
            ("HUB_REPOSITORY", "organization/name of the model"),
            ("HUB_ENDPOINTS", "URLs of hubs with spaces between, such as https://huggingface.co"),
            ("HF_HOME", "a folder to write to"),
        )
        if not settings.get(name)
    ]
    if uri := settings.get("WEIGHTS_URI"):
        if uri.partition("://")[0] not in STREAMERS:
            wrong.append(f"WEIGHTS_URI: must be s3://… or gs://…, got {uri!r}")
        wrong += streaming_mistakes(settings.get("WEIGHTS_ARGUMENTS", ""))
    return wrong


def streaming_mistakes(text: str) -> list[str]:
    """Return what is wrong with the arguments for weights in a bucket."""
    try:
        arguments = json.loads(text)
    except ValueError:
        arguments = None
    if isinstance(arguments, list) and all(isinstance(one, str) for one in arguments):
        return []
    example = '["--load-format=runai_streamer"]'
    return [f"WEIGHTS_ARGUMENTS: must be a list of texts such as {example}, got {text!r}"]


def why_not_bucket(uri: str) -> str:
    """Return why the weights cannot be streamed from the bucket; empty when they can."""
    scheme, _, place = uri.partition("://")
    missing = [name for name in STREAMERS[scheme] if not is_installed(name)]
    if missing:
        return f"the image lacks {', '.join(missing)}"
    bucket, _, prefix = place.partition("/")
    asked = why_not_s3 if scheme == "s3" else why_not_cloud_storage
    return asked(bucket, f"{prefix}/{MARKER}")


def is_installed(name: str) -> bool:
    """Say whether a module can be imported; importing it may take seconds."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # not even the package that it is in
        return False


def why_not_s3(bucket: str, key: str) -> str:
    """Return why a bucket of S3 does not give out an object; empty when it does."""
    # Here and not above: an image without them must still start.
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        retries={"mode": "standard", "total_max_attempts": BUCKET_ATTEMPTS},
    )
    try:
        boto3.client("s3", config=config).head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return f"no {MARKER} there" if code in {"404", "NoSuchKey"} else f"S3 answers {code}"
    except BotoCoreError as error:  # no credentials, no route, no answer
        return str(error)
    return ""


def why_not_cloud_storage(bucket: str, key: str) -> str:
    """Return why a bucket of Cloud Storage does not give out an object; empty when it does.

    The credentials are the streamer's: the metadata server's, for the account of the pod.
    """
    # Here and not above: an image without them must still start.
    import google.auth  # noqa: PLC0415
    import urllib3  # noqa: PLC0415
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415
    from google.auth.transport.urllib3 import AuthorizedHttp  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    # Statuses are tried again too: in a pod's first seconds the metadata server may not answer yet
    # (GKE, "Workload Identity Federation", limitations, 2026).
    retry = urllib3.Retry(
        BUCKET_ATTEMPTS - 1,
        backoff_factor=0.5,
        status_forcelist=(429, 500, 502, 503),
        raise_on_status=False,
    )
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
    pool = urllib3.PoolManager(retries=retry, timeout=timeout)
    place = os.environ.get(STORAGE_VARIABLE, STORAGE)
    url = f"{place}/storage/v1/b/{bucket}/o/{urllib.parse.quote(key, safe='')}?fields=name"
    try:
        credentials, _ = google.auth.default(scopes=[READ_ONLY])
        status = AuthorizedHttp(credentials, pool).request("GET", url).status
    except (GoogleAuthError, HTTPError) as error:  # no credentials, no route, no answer
        return str(error) or type(error).__name__
    if status == HTTPStatus.OK:
        return ""
    missing = status == HTTPStatus.NOT_FOUND
    return f"no {MARKER} there" if missing else f"Cloud Storage answers {status}"


def why_not_hub(endpoint: str, repository: str, revision: str, token: str) -> str:
    """Return why a hub cannot be used; empty when it gives out this very checkpoint."""
    # A file that vLLM reads first. The hub's page about a gated model answers to everyone.
    url = f"{endpoint}/{repository}/resolve/{revision or 'main'}/config.json"
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310  the stack file allows https
    if token:
        # Not passed on when the hub redirects to where its files lie.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):  # noqa: S310  as above
            return ""
    except urllib.error.HTTPError as error:
        return f"answers {error.code}"
    except (OSError, HTTPException) as error:
        return str(error) or type(error).__name__


def is_on_disk(repository: str) -> bool:
    """Say whether an earlier start of this pod has downloaded from a hub."""
    folder = Path(os.environ["HF_HOME"], "hub", f"models--{repository.replace('/', '--')}")
    return any(folder.glob("snapshots/*/config.json"))


def arguments_for_hub() -> list[str]:
    """Choose a hub, set the environment for it, and return vLLM's arguments; exit without one."""
    repository, revision = os.environ["HUB_REPOSITORY"], os.environ.get("HUB_REVISION", "")
    # Whoever runs a mirror further down the list has no business with the token of the first.
    token = os.environ.pop("HF_TOKEN", "")
    for endpoint in os.environ["HUB_ENDPOINTS"].split():
        reason = why_not_hub(endpoint, repository, revision, token)
        if not reason:
            os.environ["HF_ENDPOINT"] = endpoint
            if token:
                os.environ["HF_TOKEN"] = token
            _LOG.info("weights from the hub %s: %s", endpoint, repository)
            break
        _LOG.warning("not from the hub %s: %s", endpoint, reason)
        token = ""
    else:
        if not is_on_disk(repository):
            _LOG.error("no weights: neither the bucket nor a hub has %s", repository)
            sys.exit(1)
        os.environ["HF_HUB_OFFLINE"] = "1"
        _LOG.warning("weights from this pod's disk, as an earlier start left them: %s", repository)
    return [repository, *([f"--revision={revision}"] if revision else [])]


def arguments_for_bucket(uri: str) -> list[str]:
    """Set the environment for the bucket and return vLLM's arguments."""
    # Configuration and tokenizer come from the bucket too: nothing is asked of a hub (vllm#39155).
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.pop("HF_TOKEN", None)
    _LOG.info("weights from the bucket: %s", uri)
    return [uri, *json.loads(os.environ["WEIGHTS_ARGUMENTS"])]


def weights_arguments() -> list[str]:
    """Return the arguments that say where the weights are."""
    uri = os.environ.get("WEIGHTS_URI")
    if uri:
        reason = why_not_bucket(uri)
        if not reason:
            return arguments_for_bucket(uri)
        _LOG.warning("not from the bucket %s: %s", uri, reason)
    return arguments_for_hub()


def stop(_number: int, _frame: object) -> None:
    """End at once: nothing is served yet."""
    sys.exit(_STOPPED)


def main() -> None:
    """Find the weights and become vLLM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s start: %(message)s")
    # The first process of a container ignores signals that it does not handle.
    signal.signal(signal.SIGTERM, stop)
    if wrong := settings_mistakes():
        _LOG.error("nothing started:\n%s", "\n".join(wrong))
        sys.exit(_REFUSED)
    command = ["vllm", "serve", *weights_arguments(), *sys.argv[1:]]
    os.execvp(command[0], command)  # noqa: S606  `vllm` is wherever the image has it


if __name__ == "__main__":
    main()

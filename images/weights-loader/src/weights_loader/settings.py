"""What the loader is told, by environment variables alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from weights_loader.errors import RefusedError

MAIN = "main"
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_REVISION = re.compile(r"[\w.-]+(/[\w.-]+)*", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_PLACE = re.compile(r"(s3|gs)://([^/\s]+)/(\S*[^/\s])")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings without a mistake."""

    repository: str
    """`organization/name` on the hub."""
    revision: str
    """Commit or branch."""
    endpoints: tuple[str, ...]
    """Hubs in the order in which they are tried."""
    token: str = field(repr=False)
    """Token for the first of them; empty for none."""
    scheme: str
    """`s3` or `gs`."""
    bucket: str
    folder: str
    """Folder of the checkpoint in the bucket, without a slash at its ends."""
    region: str
    """Region of an S3 bucket; empty where the client finds it by itself."""

    @property
    def is_pinned(self) -> bool:
        """Whether the revision is a commit, which never moves."""
        return is_commit(self.revision)


def is_commit(revision: str) -> bool:
    """Say whether a revision is a whole commit hash."""
    return _COMMIT.fullmatch(revision) is not None


def read(environment: Mapping[str, str]) -> Settings:
    """Return the settings of an environment.

    Raises:
        RefusedError: All mistakes, a line each.
    """
    repository = environment.get("HUB_REPOSITORY", "")
    revision = environment.get("HUB_REVISION") or MAIN
    endpoints = tuple(one.rstrip("/") for one in environment.get("HUB_ENDPOINTS", "").split())
    uri = environment.get("WEIGHTS_URI", "")
    token = environment.get("HF_TOKEN", "").strip()
    wrong = [*_wrong_source(repository, revision, endpoints), *_wrong_place(uri)]
    if not wrong and not uri.endswith(f"/{repository}/{revision}"):
        wrong.append(
            f"WEIGHTS_URI: must end with /{repository}/{revision}, the model and its revision, "
            f"got {uri!r}; servers look for it there"
        )
    if any(not character.isprintable() or character.isspace() for character in token):
        wrong.append("HF_TOKEN: must be one word; its value is not shown")
    if wrong:
        raise RefusedError(*wrong)
    scheme, _, rest = uri.partition("://")
    bucket, _, folder = rest.partition("/")
    return Settings(
        repository=repository,
        revision=revision,
        endpoints=endpoints,
        token=token,
        scheme=scheme,
        bucket=bucket,
        folder=folder,
        region=environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION", ""),
    )


def _wrong_source(repository: str, revision: str, endpoints: tuple[str, ...]) -> list[str]:
    wrong = []
    if not _REPOSITORY.fullmatch(repository) or ".." in repository:
        example = "such as Qwen/Qwen2.5-7B-Instruct"
        wrong.append(f"HUB_REPOSITORY: must be organization/name, {example}, got {repository!r}")
    if not _REVISION.fullmatch(revision) or ".." in revision:
        wrong.append(f"HUB_REVISION: must be a commit or a branch, got {revision!r}")
    if not endpoints:
        example = "such as https://huggingface.co"
        wrong.append(f"HUB_ENDPOINTS: must be URLs with spaces between, {example}, got ''")
    wrong += [
        "HUB_ENDPOINTS: must be https:// (or http://) with a host, without a user, "
        f"got {_without_user(endpoint)!r}"
        for endpoint in endpoints
        if not _is_endpoint(endpoint)
    ]
    return wrong


def _wrong_place(uri: str) -> list[str]:
    if _PLACE.fullmatch(uri) and not {"", ".", ".."} & set(uri.partition("://")[2].split("/")):
        return []
    wanted = "s3://bucket/organization/name/revision or gs://…"
    return [f"WEIGHTS_URI: must be {wanted}, got {uri!r}"]


def _is_endpoint(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and plain


def _without_user(text: str) -> str:
    """Return an endpoint without what may be a password."""
    before, at, after = text.rpartition("@")
    return f"{before.partition('://')[0]}://…@{after}" if at else text

"""A bucket of S3.

Owns uploads in parts that are found again (ListMultipartUploads, ListParts), and writing in the
place of what is known to be there and nothing else (conditional writes). S3 checks each part
against the CRC32 that boto3 sends with it. Rights: the loader may not delete, so it never does.
"""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from weights_loader.errors import TakenError, UnreachableError
from weights_loader.hub_files import HubFile
from weights_loader.store import SHA256, Found

if TYPE_CHECKING:
    from botocore.client import BaseClient

MOST_PARTS = 10_000
"""Of one object (S3 user guide, "Amazon S3 multipart upload limits", 2026)."""
CHECKSUM = "CRC32"
_MIB = 2**20
_CONNECTIONS = 16
_ATTEMPTS = 6
_MISSING = {"404", "NoSuchKey"}
_TAKEN = {
    "412",
    "PreconditionFailed",
    "409",
    "ConditionalRequestConflict",
    "NoSuchUpload",
    "InvalidPart",
}
"""Answers when somebody else was quicker; an object read meanwhile has changed (412), too."""


class S3Store:
    """One bucket."""

    def __init__(self, bucket: str, region: str) -> None:
        """Ask `bucket`, with the credentials that boto3 finds."""
        config = Config(
            connect_timeout=10,
            read_timeout=60,
            max_pool_connections=_CONNECTIONS,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        )
        self._bucket = bucket
        self._client: BaseClient = boto3.client("s3", config=config, region_name=region or None)

    def part_bytes(self, size: int, wanted: int) -> int:
        """Return `wanted`, or whole MiB so that the parts are not too many."""
        least = -(-size // MOST_PARTS)
        return wanted if least <= wanted else -(-least // _MIB) * _MIB

    def sizes(self, prefix: str) -> Mapping[str, int]:
        """Return the objects below a prefix with their bytes."""
        found: dict[str, int] = {}
        with _translated():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                found |= {one["Key"]: one["Size"] for one in page.get("Contents", [])}
        return found

    def find(self, key: str) -> Found | None:
        """Return an object."""
        with _translated():
            try:
                answer = self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if _code(error) in _MISSING:
                    return None
                raise
        return Found(answer["ContentLength"], answer["ETag"])

    def read(self, key: str) -> tuple[bytes, str] | None:
        """Return content and tag of a small object."""
        with _translated():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if _code(error) in _MISSING:
                    return None
                raise
            return answer["Body"].read(), answer["ETag"]

    def stream(self, key: str, tag: str) -> Iterator[bytes]:
        """Yield the content of an object as it was when it had this tag."""
        with _translated():
            answer = self._client.get_object(Bucket=self._bucket, Key=key, IfMatch=tag)
            yield from answer["Body"].iter_chunks(_MIB)

    def write(self, key: str, content: bytes, *, replaces: str | None = None) -> str:
        """Write a small object in the place of nothing or of the one with a tag."""
        with _translated():
            answer = self._client.put_object(
                Bucket=self._bucket, Key=key, Body=content, **_condition(replaces)
            )
        return answer["ETag"]

    def upload(
        self, key: str, file: HubFile, part_bytes: int, replaces: str | None
    ) -> "S3SmallUpload | S3Upload":
        """Begin an object, or go on with what an earlier loader has begun."""
        target = _Target(self._client, self._bucket, key, file.sha256, replaces)
        if file.size <= part_bytes:
            return S3SmallUpload(target)
        with _translated():
            begun = self._begun(key)
            if begun is not None:
                parts = self._whole_parts(key, begun, file.size, part_bytes)
                if parts is not None:
                    return S3Upload(target, begun, part_bytes, parts)
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=begun)
            return S3Upload(target, target.begin(), part_bytes, [])

    def _begun(self, key: str) -> str | None:
        pages = self._client.get_paginator("list_multipart_uploads")
        for page in pages.paginate(Bucket=self._bucket, Prefix=key):
            for upload in page.get("Uploads", []):
                if upload["Key"] == key:
                    return upload["UploadId"]
        return None

    def _whole_parts(
        self, key: str, upload: str, size: int, part_bytes: int
    ) -> list[dict[str, str | int]] | None:
        """Return the parts from the first on without a gap; none when another size cut them."""
        pages = self._client.get_paginator("list_parts")
        found = {
            part["PartNumber"]: part
            for page in pages.paginate(Bucket=self._bucket, Key=key, UploadId=upload)
            for part in page.get("Parts", [])
        }
        kept = []
        # The last part is sent again: what it ends is only made once all is known to be there.
        for number in range(1, -(-size // part_bytes)):
            if number not in found:
                break
            if found[number]["Size"] != part_bytes:
                return None
            kept.append(_named(number, found[number]))
        return kept


class _Target:
    """Where an upload goes, and what it may replace."""

    def __init__(
        self, client: "BaseClient", bucket: str, key: str, sha256: str, replaces: str | None
    ) -> None:
        self.client = client
        self.place = {"Bucket": bucket, "Key": key}
        self.metadata = {SHA256: sha256} if sha256 else {}
        self.condition = _condition(replaces)

    def begin(self) -> str:
        answer = self.client.create_multipart_upload(
            **self.place, Metadata=self.metadata, ChecksumAlgorithm=CHECKSUM
        )
        return answer["UploadId"]


class S3SmallUpload:
    """An object of one part: nothing of it stays when it is cut."""

    offset = 0

    def __init__(self, target: _Target) -> None:
        """Begin nothing as yet."""
        self._target = target

    def send(self, part: bytes) -> None:
        """Be never called: the first part is the last."""
        raise NotImplementedError

    def finish(self, part: bytes) -> str:
        """Write the object and return its tag."""
        target = self._target
        with _translated():
            answer = target.client.put_object(
                **target.place, Body=part, Metadata=target.metadata, **target.condition
            )
        return answer["ETag"]

    def abandon(self) -> None:
        """Leave nothing, as nothing is there."""


class S3Upload:
    """An object of many parts."""

    def __init__(
        self, target: _Target, upload: str, part_bytes: int, parts: list[dict[str, str | int]]
    ) -> None:
        """Go on after `parts`."""
        self._target = target
        self._upload = upload
        self._parts = parts
        self.offset = len(parts) * part_bytes

    def send(self, part: bytes) -> None:
        """Add a part."""
        number = len(self._parts) + 1
        with _translated():
            answer = self._target.client.upload_part(
                **self._target.place,
                UploadId=self._upload,
                PartNumber=number,
                Body=part,
                ChecksumAlgorithm=CHECKSUM,
            )
        self._parts.append(_named(number, answer))

    def finish(self, part: bytes) -> str:
        """Add the last part, make the object and return its tag."""
        self.send(part)
        target = self._target
        with _translated():
            answer = target.client.complete_multipart_upload(
                **target.place,
                UploadId=self._upload,
                MultipartUpload={"Parts": self._parts},
                **target.condition,
            )
        return answer["ETag"]

    def abandon(self) -> None:
        """Throw its parts away."""
        with _translated():
            self._target.client.abort_multipart_upload(**self._target.place, UploadId=self._upload)


def _named(number: int, part: Mapping[str, str]) -> dict[str, str | int]:
    """Return a part as the object is made of it: this very content, or S3 refuses."""
    marks = {name: part[name] for name in ("ETag", f"Checksum{CHECKSUM}") if name in part}
    return {"PartNumber": number, **marks}


def _condition(replaces: str | None) -> dict[str, str]:
    return {"IfNoneMatch": "*"} if replaces is None else {"IfMatch": replaces}


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except ClientError as error:
        kind = TakenError if _code(error) in _TAKEN else UnreachableError
        message = f"S3: {error.operation_name} is answered {_code(error)}"
        raise kind(message) from error
    except BotoCoreError as error:  # no credentials, no route, no answer
        message = f"S3: {error}"
        raise UnreachableError(message) from error

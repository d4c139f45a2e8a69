"""What the weights loader meets: a hub, a bucket of either cloud, and a folder in it."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import boto3
import google.auth
import pytest
from botocore.awsrequest import AWSPreparedRequest
from google.auth.credentials import AnonymousCredentials
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.common_types import TYPE_RESPONSE
from moto.s3 import models as moto_s3
from moto.s3.exceptions import NoSuchUpload
from weights_loader import settings, waiting
from weights_loader.hub import Hub as HubClient
from weights_loader.loading import Load
from weights_loader.notes import BELOW
from weights_loader.store import Store
from weights_loader.store_gcs import GcsStore
from weights_loader.store_s3 import S3Store

from tests.support.cloud_storage import CloudStorage, storing
from tests.support.hub import REPOSITORY, Hub

BUCKET = "acme-weights"
FOLDER = f"{REPOSITORY}/main"
PART = 256 * 2**10
"""The smallest that Cloud Storage takes. moto is told to take it, too."""


class Bucket(Protocol):
    """A bucket as a person sees it."""

    scheme: str

    def store(self) -> Store:
        """Return it as the loader sees it."""
        ...

    def objects(self) -> dict[str, bytes]:
        """Return all objects."""
        ...

    def put(self, name: str, content: bytes) -> None:
        """Write an object past the loader."""

    def delete(self, name: str) -> None:
        """Delete one."""

    def metadata(self, name: str) -> dict[str, str]:
        """Return what is said of one."""
        ...


class S3Bucket:
    """moto's."""

    scheme = "s3"

    def __init__(self) -> None:
        self.client = boto3.client("s3", region_name="us-east-1")
        self.client.create_bucket(Bucket=BUCKET)

    def store(self) -> Store:
        return S3Store(BUCKET, "us-east-1")

    def objects(self) -> dict[str, bytes]:
        listed = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        names = [one["Key"] for one in listed]
        return {
            name: self.client.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in names
        }

    def put(self, name: str, content: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=name, Body=content)

    def delete(self, name: str) -> None:
        self.client.delete_object(Bucket=BUCKET, Key=name)

    def metadata(self, name: str) -> dict[str, str]:
        return self.client.head_object(Bucket=BUCKET, Key=name)["Metadata"]


@dataclass
class GsBucket:
    """The stand-in's."""

    place: CloudStorage
    scheme = "gs"

    def store(self) -> Store:
        return GcsStore(BUCKET, BELOW)

    def objects(self) -> dict[str, bytes]:
        return {name: content for name, (content, *_) in self.place.objects.items()}

    def put(self, name: str, content: bytes) -> None:
        self.place.make(name, content, "", {})

    def delete(self, name: str) -> None:
        del self.place.objects[name]

    def metadata(self, name: str) -> dict[str, str]:
        return self.place.objects[name][2]


@contextmanager
def s3_bucket(patched: pytest.MonkeyPatch) -> Generator[S3Bucket]:
    patched.setenv("AWS_ACCESS_KEY_ID", "marker")
    patched.setenv("AWS_SECRET_ACCESS_KEY", "marker")
    patched.setattr(moto_s3, "S3_UPLOAD_PART_MIN_SIZE", PART)
    _one_at_a_time(patched)
    for name in ("upload_part", "complete_multipart_upload"):
        _only_open_uploads(patched, name)
    with mock_aws():
        yield S3Bucket()


def _one_at_a_time(patched: pytest.MonkeyPatch) -> None:
    """Take one request after the other: moto is not made for threads, and S3 is."""
    real, lock = BotocoreStubber.process_request, threading.RLock()

    def process_request(self: BotocoreStubber, request: AWSPreparedRequest) -> TYPE_RESPONSE | None:
        with lock:
            return real(self, request)

    patched.setattr(BotocoreStubber, "process_request", process_request)


def _only_open_uploads(patched: pytest.MonkeyPatch, name: str) -> None:
    """Answer as S3 does where moto fails: the upload was ended, or thrown away."""
    real = getattr(moto_s3.S3Backend, name)

    def call(self: moto_s3.S3Backend, bucket_name: str, multipart_id: str, *more: object) -> object:
        if multipart_id not in self.get_bucket(bucket_name).multiparts:
            raise NoSuchUpload(multipart_id)
        return real(self, bucket_name, multipart_id, *more)

    patched.setattr(moto_s3.S3Backend, name, call)


@contextmanager
def gs_bucket(patched: pytest.MonkeyPatch) -> Generator[GsBucket]:
    def nobody(**_: object) -> tuple[AnonymousCredentials, None]:
        return AnonymousCredentials(), None

    patched.setattr(google.auth, "default", nobody)
    with storing() as place:
        patched.setenv("STORAGE_EMULATOR_HOST", place.url)
        yield GsBucket(place)


BUCKETS = {"s3": s3_bucket, "gs": gs_bucket}


@dataclass
class Stage:
    """A hub, a bucket, and loaders between them."""

    hub: Hub
    bucket: Bucket
    part_bytes: int = PART

    def environment(self, **more: str) -> dict[str, str]:
        revision = more.get("HUB_REVISION", "main")
        return {
            "HUB_REPOSITORY": REPOSITORY,
            "HUB_ENDPOINTS": self.hub.url,
            "WEIGHTS_URI": f"{self.bucket.scheme}://{BUCKET}/{REPOSITORY}/{revision}",
            "AWS_REGION": "us-east-1",
            **more,
        }

    def loader(self, **more: str) -> Load:
        wanted = settings.read(self.environment(**more))
        hub = HubClient(wanted.endpoints, wanted.repository, wanted.token)
        return Load(wanted, self.bucket.store(), hub, part_bytes=self.part_bytes)

    def load(self, **more: str) -> int:
        return self.loader(**more).run()

    def files(self, folder: str = FOLDER) -> dict[str, bytes]:
        """Return the objects of the checkpoint by their names in it."""
        found = self.bucket.objects().items()
        return {
            name.removeprefix(f"{folder}/"): content
            for name, content in found
            if name.startswith(f"{folder}/")
        }

    def manifest(self, folder: str = FOLDER) -> dict[str, object]:
        return json.loads(self.files(folder)[".manifest.json"])


def without_waiting(patched: pytest.MonkeyPatch) -> list[float | None]:
    """Let pauses take no time, and return what the other side asked for in each."""
    asked: list[float | None] = []

    def pause(_failures: int, asked_seconds: float | None = None) -> None:
        asked.append(asked_seconds)

    patched.setattr(waiting, "pause", pause)
    return asked

"""Cloud Storage: buckets, and what is in them as far as it keeps them from going.

Sources of words: terraform-google-modules/terraform-google-cloud-storage#238 (2023-08-03) for a
bucket of one's own, percona/mongo_terraform_ansible#24 (2024-07-22) for somebody else's,
kestra-io/plugin-gcp#321 (2024-01-29) for one that is not empty, ollionorg/gcp-landing-zone#59
(2024-03-13) for a key; no record was found of those for a bucket that is not there.
"""

import re

from infra.rehearsal.gcp.api.errors import Reason
from infra.rehearsal.gcp.api.iam.names import robot
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.rehearsal.gcp.api.stores.keys import Keys
from infra.replies import block, optional_text
from infra.wire import Properties, Value

METHODS = "storage.buckets"
OBJECTS = "storage.objects"
NAME = re.compile(r"[a-z0-9][-_.a-z0-9]{1,61}[a-z0-9]")
SOFT_DELETE_SECONDS = 7 * 24 * 3600
"""What a bucket keeps deleted objects for unless it says otherwise."""
MULTI_REGIONS = ("US", "EU", "ASIA")
TAKEN = ("models", "weights", "tokenworks")
"""Names that are somebody else's: buckets of all users share one space of names."""
ROBOT = "gs-project-accounts"


class Buckets:
    """Cloud Storage of one project."""

    def __init__(self, project: Project, policies: Policies, keys: Keys) -> None:
        """Serve it."""
        self._project = project
        self._policies = policies
        self._keys = keys
        for method_id, handler in (
            (f"{METHODS}.insert", self._insert),
            (f"{METHODS}.get", self._get),
            (f"{METHODS}.list", self._list),
            (f"{METHODS}.patch", self._patch),
            (f"{METHODS}.delete", self._delete),
            (f"{OBJECTS}.insert", self._put_object),
            (f"{OBJECTS}.list", self._list_objects),
            (f"{OBJECTS}.delete", self._delete_object),
            ("storage.projects.serviceAccount.get", self._service_agent),
        ):
            project.register(method_id, handler)
        policies.serve(METHODS, self._resource, "policy")

    def _insert(self, request: Request) -> Properties:
        name = optional_text(request.body, "name")
        if not NAME.fullmatch(name):
            raise request.refusal(Reason.INVALID, f"Invalid bucket name: '{name}'")
        if _full(name) in self._project.store:
            message = (
                "Your previous request to create the named bucket succeeded and you already own it."
            )
            raise request.refusal(Reason.CONFLICT, message)
        if name in TAKEN:
            message = (
                "The requested bucket name is not available. The bucket namespace is shared by all "
                "users of the system. Please select a different name and try again."
            )
            raise request.refusal(Reason.CONFLICT, message)
        self._check_key(request, request.body)
        location = str(request.body.get("location", "US")).upper()
        stamp = now()
        bucket: Properties = {
            "storageClass": "STANDARD",
            "softDeletePolicy": {
                "retentionDurationSeconds": str(SOFT_DELETE_SECONDS),
                "effectiveTime": stamp,
            },
            **request.body,
            "kind": "storage#bucket",
            "id": name,
            "name": name,
            "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}",
            "projectNumber": self._project.number,
            "location": location,
            "locationType": "multi-region" if location in MULTI_REGIONS else "region",
            "metageneration": "1",
            "generation": self._project.new_id(),
            "timeCreated": stamp,
            "updated": stamp,
            "etag": "CAE=",
        }
        bucket["iamConfiguration"] = _iam(block(request.body, "iamConfiguration"), stamp)
        return self._project.store.put(_full(name), bucket)

    def _get(self, request: Request) -> Properties:
        return self._found(request)

    def _list(self, request: Request) -> Properties:
        prefix = str(request.parameters.get("prefix") or "")
        found = [
            bucket
            for name, bucket in self._project.store.named(_full("*"))
            if name.startswith(_full(prefix))
        ]
        return {"kind": "storage#buckets", **page(request, found)}

    def _patch(self, request: Request) -> Properties:
        bucket = self._found(request)
        self._check_key(request, request.body)
        for field, value in request.body.items():
            old = bucket.get(field)
            if value is None:
                bucket.pop(field, None)
            elif field == "labels" and isinstance(value, dict) and isinstance(old, dict):
                # JSON merge: a label that is null is removed, one that is not named stays.
                merged = {**old, **value}
                bucket[field] = {key: item for key, item in merged.items() if item is not None}
            elif isinstance(value, dict) and isinstance(old, dict):
                bucket[field] = {**old, **value}
            else:
                bucket[field] = value
        bucket |= {"metageneration": str(int(str(bucket["metageneration"])) + 1), "updated": now()}
        return bucket

    def _delete(self, request: Request) -> Properties:
        bucket = self._found(request)
        name = str(bucket["name"])
        if any(self._project.store.named(f"{_full(name)}/o/*")):
            message = "The bucket you tried to delete is not empty."
            raise request.refusal(Reason.CONFLICT, message)
        self._policies.forget(_full(name))
        self._project.store.drop(_full(name))
        return {}

    def _put_object(self, request: Request) -> Properties:
        bucket, name = self._found(request), optional_text(request.body, "name")
        name = name or str(request.parameters.get("name", ""))
        full = f"{_full(str(bucket['name']))}/o/{_escaped(name)}"
        made: Properties = {**request.body, "name": name, "bucket": bucket["name"]}
        return self._project.store.put(full, made)

    def _list_objects(self, request: Request) -> Properties:
        bucket = self._found(request)
        wanted = f"{_full(str(bucket['name']))}/o/*"
        prefix = str(request.parameters.get("prefix") or "")
        found = [
            one
            for _name, one in self._project.store.named(wanted)
            if str(one["name"]).startswith(prefix)
        ]
        return {"kind": "storage#objects", **page(request, found)}

    def _delete_object(self, request: Request) -> Properties:
        bucket = self._found(request)
        full = f"{_full(str(bucket['name']))}/o/{_escaped(request['object'])}"
        if full not in self._project.store:
            message = f"No such object: {bucket['name']}/{request['object']}"
            raise request.refusal(Reason.NOT_FOUND, message)
        self._project.store.drop(full)
        return {}

    def _service_agent(self, _request: Request) -> Properties:
        email = robot(self._project.number, ROBOT)
        return {"kind": "storage#serviceAccount", "email_address": email}

    def _check_key(self, request: Request, body: Properties) -> None:
        key = optional_text(body, "encryption.defaultKmsKeyName")
        if key and self._keys.why_unusable(key, robot(self._project.number, ROBOT)):
            message = (
                "Permission denied on Cloud KMS key. Please ensure that your Cloud Storage service "
                "account has been authorized to use this key."
            )
            raise request.refusal(Reason.FORBIDDEN, message)

    def _resource(self, request: Request) -> str:
        return _full(str(self._found(request)["name"]))

    def _found(self, request: Request) -> Properties:
        return request.found(_full(request["bucket"]), "The specified bucket does not exist.")


def _iam(given: Properties, stamp: str) -> Properties:
    uniform = block(given, "uniformBucketLevelAccess")
    enabled = uniform.get("enabled", False)
    locked: dict[str, Value] = {"enabled": enabled}
    if enabled:
        locked["lockedTime"] = stamp
    return {"publicAccessPrevention": "inherited", **given, "uniformBucketLevelAccess": locked}


def _full(name: str) -> str:
    """Return the full name of a bucket; buckets are in no project's name."""
    return f"b/{name}"


def _escaped(name: str) -> str:
    return name.replace("/", "%2F")

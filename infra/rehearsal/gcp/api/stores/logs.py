"""Cloud Logging: log buckets, the sinks that fill them, and what is excluded from all others.

Owns: that a deleted log bucket keeps its id for seven days. Does not own logs: nothing is logged.

Sources of words: hashicorp/terraform-provider-google#7587 (2020-10-21) for a log bucket that is not
there, terraform-google-modules/terraform-example-foundation#478 (2021-05-12) for a sink that is;
mondoohq/cnspec#3786 (2026-09-13) quotes the documentation about keys of buckets in `global`. No
record was found of those for a key that cannot be used: they are Cloud KMS's.
"""

import re

from infra.rehearsal.gcp.api.errors import Reason, Status
from infra.rehearsal.gcp.api.iam.names import robot
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.masks import masked
from infra.rehearsal.gcp.api.operations import finished
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.rehearsal.gcp.api.stores.keys import Keys
from infra.replies import block, optional_text, text
from infra.wire import Properties

BUCKETS = "logging.projects.locations.buckets"
SINKS = "logging.projects.sinks"
EXCLUSIONS = "logging.projects.exclusions"
KIND = "google.logging.v2.LogBucket"
ROBOT = "gcp-sa-logging"
OWN_DAYS = {"_Default": 30, "_Required": 400}
"""Log buckets and sinks that every project has, and how long the buckets keep what they get (Cloud
Logging documentation, "Routing and storage overview", as public notes quote it; 30 days also in
pulumi-gcp, ProjectBucketConfig)."""
DAYS = 30
ACTIVE, DELETED = "ACTIVE", "DELETE_REQUESTED"
NAME = re.compile(r"[A-Za-z0-9][-_A-Za-z0-9.]{0,99}")


class Logs:
    """Cloud Logging of one project, as far as it is configured."""

    def __init__(self, project: Project, keys: Keys) -> None:
        """Serve it."""
        self._project = project
        self._keys = keys
        for method_id, handler in (
            (f"{BUCKETS}.create", self._create_bucket),
            (
                f"{BUCKETS}.createAsync",
                lambda request: finished(self._create_bucket(request), KIND),
            ),
            (f"{BUCKETS}.get", lambda request: self._bucket(request, request["name"])),
            (f"{BUCKETS}.list", self._list_buckets),
            (f"{BUCKETS}.patch", self._patch_bucket),
            (f"{BUCKETS}.updateAsync", lambda request: finished(self._patch_bucket(request), KIND)),
            (f"{BUCKETS}.delete", self._delete_bucket),
            (f"{SINKS}.create", self._create_sink),
            (f"{SINKS}.get", lambda request: self._found(request, request["sinkName"])),
            (f"{SINKS}.list", lambda request: self._list(request, "sinks")),
            (f"{SINKS}.update", lambda request: self._patch(request, request["sinkName"])),
            (f"{SINKS}.patch", lambda request: self._patch(request, request["sinkName"])),
            (f"{SINKS}.delete", lambda request: self._delete(request, request["sinkName"])),
            (f"{EXCLUSIONS}.create", self._create_exclusion),
            (f"{EXCLUSIONS}.get", lambda request: self._found(request, request["name"])),
            (f"{EXCLUSIONS}.list", lambda request: self._list(request, "exclusions")),
            (f"{EXCLUSIONS}.patch", lambda request: self._patch(request, request["name"])),
            (f"{EXCLUSIONS}.delete", lambda request: self._delete(request, request["name"])),
            ("logging.projects.getCmekSettings", self._key_settings),
        ):
            project.register(method_id, handler)

    def _key_settings(self, _request: Request) -> Properties:
        return {
            "name": self._project.path("cmekSettings"),
            "serviceAccountId": robot(self._project.number, ROBOT),
        }

    def _create_bucket(self, request: Request) -> Properties:
        wanted = str(request.parameters.get("bucketId") or "")
        if not NAME.fullmatch(wanted) or wanted in OWN_DAYS:
            message = f"Invalid bucket id: '{wanted}'"
            raise request.refusal(Reason.BAD_REQUEST, message)
        name = f"{request['parent']}/buckets/{wanted}"
        if name in self._project.store:
            message = f"Bucket {wanted} already exists"
            raise request.refusal(Reason.ALREADY_EXISTS, message)
        self._check_key(request, name, request.body)
        bucket: Properties = {
            "retentionDays": DAYS,
            **request.body,
            "name": name,
            "lifecycleState": ACTIVE,
            "createTime": now(),
            "updateTime": now(),
        }
        return self._project.store.put(name, bucket)

    def _patch_bucket(self, request: Request) -> Properties:
        bucket = self._bucket(request, request["name"])
        if bucket["lifecycleState"] == DELETED:
            # The rule is in the discovery document; the words are ours.
            message = "Buckets must be in an ACTIVE state to be modified"
            raise request.refusal(Reason.FAILED_PRECONDITION, message)
        self._check_key(request, request["name"], request.body)
        masked(request, bucket, request.body)
        bucket["updateTime"] = now()
        return self._project.store.put(request["name"], bucket)

    def _delete_bucket(self, request: Request) -> Properties:
        bucket = self._bucket(request, request["name"])
        if _own(request["name"]):
            message = "Cannot delete a bucket that every project has."
            raise request.refusal(Reason.BAD_REQUEST, message)
        bucket["lifecycleState"] = DELETED
        return {}

    def _list_buckets(self, request: Request) -> Properties:
        parent = request["parent"].replace("/locations/-", "/locations/*")
        own = [
            self._bucket(request, self._project.path("locations/global/buckets", name))
            for name in OWN_DAYS
            if parent.endswith(("/*", "/global"))
        ]
        found = [one for _name, one in self._project.store.named(f"{parent}/buckets/*")]
        return page(request, [*own, *found], "buckets")

    def _bucket(self, request: Request, name: str) -> Properties:
        found = self._project.store.get(name) or self._own_bucket(name)
        if found is None:
            message = f"Bucket {name.rpartition('/')[2]} does not exist"
            raise request.refusal(Reason.NOT_FOUND, message)
        return found

    def _own_bucket(self, name: str) -> Properties | None:
        wanted = _own(name)
        if not wanted or "/locations/global/" not in name:
            return None
        return {"name": name, "retentionDays": OWN_DAYS[wanted], "lifecycleState": ACTIVE}

    def _check_key(self, request: Request, name: str, body: Properties) -> None:
        key = optional_text(block(body, "cmekSettings"), "kmsKeyName")
        if not key:
            return
        if "/locations/global/" in name:
            message = "You can't configure CMEK for log buckets created in the global region."
            raise request.refusal(Reason.BAD_REQUEST, message)
        reason = self._keys.why_unusable(key, robot(self._project.number, ROBOT))
        if reason:
            raise request.refusal(Status.PERMISSION_DENIED, reason)

    def _create_sink(self, request: Request) -> Properties:
        name = optional_text(request.body, "name")
        full = f"{request['parent']}/sinks/{name}"
        if full in self._project.store or name in OWN_DAYS:
            raise request.refusal(Reason.ALREADY_EXISTS, f"Sink {name} already exists")
        sink: Properties = {
            **request.body,
            "resourceName": full,
            "writerIdentity": f"serviceAccount:{robot(self._project.number, ROBOT)}",
            "createTime": now(),
            "updateTime": now(),
        }
        return self._project.store.put(full, sink)

    def _create_exclusion(self, request: Request) -> Properties:
        name = text(request.body, "name")
        full = f"{request['parent']}/exclusions/{name}"
        if full in self._project.store:
            raise request.refusal(Reason.ALREADY_EXISTS, f"Exclusion {name} already exists")
        exclusion = {**request.body, "createTime": now(), "updateTime": now()}
        return self._project.store.put(full, exclusion)

    def _list(self, request: Request, collection: str) -> Properties:
        wanted = f"{request['parent']}/{collection}/*"
        found = [one for _name, one in self._project.store.named(wanted)]
        return page(request, found, collection)

    def _patch(self, request: Request, name: str) -> Properties:
        thing = self._found(request, name)
        masked(request, thing, request.body)
        thing["updateTime"] = now()
        return thing

    def _delete(self, request: Request, name: str) -> Properties:
        self._found(request, name)
        self._project.store.drop(name)
        return {}

    def _found(self, request: Request, name: str) -> Properties:
        _projects, _project, collection, short = name.split("/")
        kind = collection.removesuffix("s").capitalize()
        return request.found(name, f"{kind} {short} does not exist")


def _own(name: str) -> str:
    """Return the name of a bucket that every project has; empty for any other."""
    short = name.rpartition("/")[2]
    return short if short in OWN_DAYS else ""

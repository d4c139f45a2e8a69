"""Cloud KMS: key rings, keys and their versions.

Owns: that nothing of it goes at once. A version is destroyed 30 days after the order; a key can go
once its versions have gone, a ring once its keys have, so that their names stay taken for as long.
Also who may use a key: Google's own services ask here before they encrypt with it.

Sources: KMS API, descriptions of `destroy` and `delete` in the discovery document; for the words of
a name that is taken hashicorp/terraform-provider-google#1214 (2018-03-18). No record was found of
the words for what does not exist.
"""

from datetime import UTC, datetime, timedelta

from infra.rehearsal.gcp.api.errors import Reason, Status
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.iam.predefined import DECRYPT, ENCRYPT
from infra.rehearsal.gcp.api.iam.roles import Roles
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.masks import masked
from infra.rehearsal.gcp.api.operations import finished
from infra.rehearsal.gcp.api.project import Project, Request, now
from infra.replies import block, optional_text
from infra.wire import Properties

RINGS = "cloudkms.projects.locations.keyRings"
KEYS = f"{RINGS}.cryptoKeys"
VERSIONS = f"{KEYS}.cryptoKeyVersions"
ENABLED = "ENABLED"
DOOMED = "DESTROY_SCHEDULED"
GONE = "DESTROYED"
DEFAULT_ALGORITHM = "GOOGLE_SYMMETRIC_ENCRYPTION"
DEFAULT_DESTROY_DAYS = 30


class Keys:
    """Cloud KMS of one project."""

    def __init__(self, project: Project, policies: Policies, roles: Roles) -> None:
        """Serve it."""
        self._project = project
        self._policies = policies
        self._roles = roles
        for method_id, handler in (
            (f"{RINGS}.create", self._create_ring),
            (f"{RINGS}.get", self._get),
            (f"{RINGS}.list", self._list_rings),
            (f"{RINGS}.delete", self._delete),
            (f"{KEYS}.create", self._create_key),
            (f"{KEYS}.get", self._get),
            (f"{KEYS}.list", self._list_keys),
            (f"{KEYS}.patch", self._patch),
            (f"{KEYS}.delete", self._delete),
            (f"{VERSIONS}.get", self._get),
            (f"{VERSIONS}.list", self._list_versions),
            (f"{VERSIONS}.destroy", self._destroy),
            (f"{VERSIONS}.delete", self._delete_version),
        ):
            project.register(method_id, handler)
        policies.serve(RINGS, self._resource)
        policies.serve(KEYS, self._resource)

    def why_unusable(self, key: str, robot: str) -> str:
        """Return why a service's agent cannot encrypt with a key; empty when it can.

        Args:
            key: full name of the key.
            robot: address of the agent.
        """
        found = self._project.store.get(key)
        if found is None:
            return f"CryptoKey {key} not found."
        if block(self._shown(found), "primary").get("state") != ENABLED:
            version = optional_text(found, "primary.name") or key
            return f"{version} is not enabled, current state is: {DOOMED}."
        ring = key.rpartition("/cryptoKeys/")[0]
        roles = self._roles.with_permission(ENCRYPT, DECRYPT)
        places = (key, ring, self._project.path())
        if f"serviceAccount:{robot}" in self._policies.holders(places, roles):
            return ""
        return f"Permission '{ENCRYPT}' denied on resource '{key}' (or it may not exist)."

    def _create_ring(self, request: Request) -> Properties:
        name = f"{request['parent']}/keyRings/{request.parameters.get('keyRingId', '')}"
        if name in self._project.store:
            raise request.refusal(Reason.ALREADY_EXISTS, f"KeyRing {name} already exists.")
        return self._project.store.put(name, {"name": name, "createTime": now()})

    def _create_key(self, request: Request) -> Properties:
        ring = request["parent"]
        self._found(request, ring)
        name = f"{ring}/cryptoKeys/{request.parameters.get('cryptoKeyId', '')}"
        if name in self._project.store:
            raise request.refusal(Reason.ALREADY_EXISTS, f"CryptoKey {name} already exists.")
        key: Properties = {
            "destroyScheduledDuration": f"{DEFAULT_DESTROY_DAYS * 24 * 3600}s",
            **request.body,
            "name": name,
            "createTime": now(),
        }
        template = block(key, "versionTemplate")
        key["versionTemplate"] = {
            "protectionLevel": "SOFTWARE",
            "algorithm": DEFAULT_ALGORITHM,
            **template,
        }
        self._project.store.put(name, key)
        if not request.parameters.get("skipInitialVersionCreation"):
            key["primary"] = self._add_version(key)
        return self._shown(key)

    def _add_version(self, key: Properties) -> Properties:
        name = f"{key['name']}/cryptoKeyVersions/1"
        template = block(key, "versionTemplate")
        version: Properties = {
            "name": name,
            "state": ENABLED,
            "createTime": now(),
            "generateTime": now(),
            "protectionLevel": template["protectionLevel"],
            "algorithm": template["algorithm"],
        }
        return self._project.store.put(name, version)

    def _get(self, request: Request) -> Properties:
        return self._shown(self._found(request, request["name"]))

    def _list_rings(self, request: Request) -> Properties:
        return self._listed(request, "keyRings")

    def _list_keys(self, request: Request) -> Properties:
        self._found(request, request["parent"])
        return self._listed(request, "cryptoKeys")

    def _list_versions(self, request: Request) -> Properties:
        self._found(request, request["parent"])
        return self._listed(request, "cryptoKeyVersions")

    def _listed(self, request: Request, collection: str) -> Properties:
        wanted = f"{request['parent']}/{collection}/*"
        found = [self._shown(thing) for _name, thing in self._project.store.named(wanted)]
        return {**page(request, found, collection), "totalSize": len(found)}

    def _patch(self, request: Request) -> Properties:
        key = self._found(request, request["name"])
        masked(request, key, request.body)
        return self._shown(key)

    def _destroy(self, request: Request) -> Properties:
        version = self._found(request, request["name"])
        if version["state"] != ENABLED:
            message = f"{version['name']} is not enabled, current state is: {version['state']}."
            raise request.refusal(Status.FAILED_PRECONDITION, message)
        end = datetime.now(UTC) + timedelta(days=DEFAULT_DESTROY_DAYS)
        version |= {"state": DOOMED, "destroyTime": end.isoformat(timespec="milliseconds")}
        return version

    def _delete_version(self, request: Request) -> Properties:
        version = self._found(request, request["name"])
        if version["state"] != GONE:
            message = f"{version['name']} must be {GONE}, current state is: {version['state']}."
            raise request.refusal(Status.FAILED_PRECONDITION, message)
        return self._dropped(request["name"])

    def _delete(self, request: Request) -> Properties:
        name = request["name"]
        self._found(request, name)
        child = next(
            (one for one, _thing in self._project.store.everything() if one.startswith(f"{name}/")),
            "",
        )
        if child:
            message = f"{name} cannot be deleted while {child} exists."
            raise request.refusal(Status.FAILED_PRECONDITION, message)
        self._policies.forget(name)
        return self._dropped(name)

    def _dropped(self, name: str) -> Properties:
        self._project.store.drop(name)
        return finished({}, "google.protobuf.Empty")

    def _resource(self, request: Request) -> str:
        self._found(request, request["resource"])
        return request["resource"]

    def _found(self, request: Request, name: str) -> Properties:
        kinds = {"keyRings": "KeyRing", "cryptoKeys": "CryptoKey"}
        kind = kinds.get(name.split("/")[-2], "CryptoKeyVersion")
        return request.found(name, f"{kind} {name} not found.")

    def _shown(self, thing: Properties) -> Properties:
        """Return a key with its primary version as that is now."""
        primary = optional_text(thing, "primary.name")
        now_primary = self._project.store.get(primary) if primary else None
        return {**thing, "primary": now_primary} if now_primary else thing

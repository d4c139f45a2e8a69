"""How keys, buckets, image repositories, DNS zones, and where logs are kept, are found."""

from collections.abc import Mapping, Sequence
from functools import partial

from infra.google_api import GoogleApi, listed
from infra.recovery.candidates import BY_NAME, Candidate, Finder, called, same
from infra.recovery.gcp.marks import last, location_of, project_of, wears
from infra.replies import optional_text, text
from infra.wire import Properties

RINGS = "cloudkms.projects.locations.keyRings"
DESTROYED = ("DESTROYED", "DESTROY_SCHEDULED")
"""States of a key's primary version after the provider's delete, which cannot delete the key."""
DELETED = "DELETE_REQUESTED"
"""State of a log bucket for the seven days in which it can be brought back."""


def _rings(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a key ring.

    The provider cannot delete one, so those of earlier lives of the stack lie around under other
    drawn names. The one of a create that was interrupted has no key yet. Of several without one the
    newest is taken: they are all alike, and nobody can delete them.
    """
    place = f"projects/{project_of(api, inputs)}/locations/{location_of(inputs)}"
    pattern = text(inputs, "name")
    fitting = [
        item
        for item in listed(api, f"{RINGS}.list", "keyRings", parent=place)
        if called(last(text(item, "name")), pattern)
        and not ("?" in pattern and _keys_of(api, text(item, "name")))
    ]
    newest = sorted(fitting, key=lambda item: optional_text(item, "createTime"))[-1:]
    return [
        Candidate(name, as_made={"name": last(name)})
        for name in (text(item, "name") for item in newest)
    ]


def _keys(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a key of a ring; one whose versions were destroyed keeps its name for ever."""
    pattern = text(inputs, "name")
    return [
        Candidate(name, ours=wears(item.get("labels"), inputs), as_made={"name": last(name)})
        for item in _keys_of(api, text(inputs, "keyRing"))
        if called(last(name := text(item, "name")), pattern)
        and optional_text(item, "primary.state") not in DESTROYED
    ]


def _keys_of(api: GoogleApi, ring: str) -> list[Properties]:
    return listed(api, f"{RINGS}.cryptoKeys.list", "cryptoKeys", parent=ring)


def _buckets(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a bucket of the project; a name is given only once in the world."""
    pattern = text(inputs, "name")
    found = listed(
        api,
        "storage.buckets.list",
        "items",
        project=project_of(api, inputs),
        prefix=pattern.partition("?")[0],
    )
    return [
        Candidate(name, ours=wears(item.get("labels"), inputs), as_made={"name": name})
        for item in found
        if called(name := text(item, "name"), pattern)
    ]


def _repositories(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    place = f"projects/{project_of(api, inputs)}/locations/{location_of(inputs)}"
    name = f"{place}/repositories/{text(inputs, 'repositoryId')}"
    found = api.call("artifactregistry.projects.locations.repositories.get", name=name)
    return [Candidate(name, ours=wears(found.get("labels"), inputs))]


def _secrets(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    name = f"projects/{project_of(api, inputs)}/secrets/{text(inputs, 'secretId')}"
    found = api.call("secretmanager.projects.secrets.get", name=name)
    return [Candidate(name, ours=wears(found.get("labels"), inputs))]


def _zones(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    project, pattern = project_of(api, inputs), text(inputs, "name")
    return [
        Candidate(
            f"projects/{project}/managedZones/{name}",
            ours=wears(item.get("labels"), inputs),
            as_made={"name": name},
        )
        for item in listed(api, "dns.managedZones.list", "managedZones", project=project)
        if called(name := text(item, "name"), pattern)
    ]


def _log_buckets(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    place = f"projects/{project_of(api, inputs)}/locations/{location_of(inputs)}"
    name = f"{place}/buckets/{text(inputs, 'bucketId')}"
    found = api.call("logging.projects.locations.buckets.get", name=name)
    if found.get("lifecycleState") == DELETED:
        return []
    return [Candidate(name, ours=same(found, inputs, {"description": "description"}))]


def _logging(
    collection: str, content: Sequence[str], api: GoogleApi, inputs: Properties
) -> Sequence[Candidate]:
    """Find a sink or an exclusion of the project."""
    project, pattern = f"projects/{project_of(api, inputs)}", text(inputs, "name")
    found = listed(api, f"logging.projects.{collection}.list", collection, parent=project)
    return [
        Candidate(
            f"{project}/{collection}/{name}",
            ours=same(item, inputs, dict(zip(content, content, strict=True))),
            as_made={"name": name},
        )
        for item in found
        if called(name := text(item, "name"), pattern)
    ]


FINDERS: Mapping[str, Finder[GoogleApi]] = {
    "gcp:kms/keyRing:KeyRing": Finder(BY_NAME, _rings),
    "gcp:kms/cryptoKey:CryptoKey": Finder(BY_NAME, _keys),
    "gcp:storage/bucket:Bucket": Finder(BY_NAME, _buckets),
    "gcp:artifactregistry/repository:Repository": Finder(BY_NAME, _repositories),
    "gcp:secretmanager/secret:Secret": Finder(BY_NAME, _secrets),
    "gcp:dns/managedZone:ManagedZone": Finder(BY_NAME, _zones),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": Finder(BY_NAME, _log_buckets),
    "gcp:logging/projectSink:ProjectSink": Finder(
        BY_NAME, partial(_logging, "sinks", ["destination", "filter"])
    ),
    "gcp:logging/projectExclusion:ProjectExclusion": Finder(
        BY_NAME, partial(_logging, "exclusions", ["filter"])
    ),
}

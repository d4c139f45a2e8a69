"""Rows of Cloud Logging: log buckets, sinks, exclusions.

What changes in place is what the provider changes so (terraform-provider-google@e03b762,
2026-08-21, services/logging).
"""

from collections.abc import Mapping

from infra.google_discovery import body_violations, method
from infra.rehearsal.cloud.table import Pending
from infra.rehearsal.gcp.api.errors import GoogleError
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.model import without_unknowns
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import (
    STEERING,
    ResourceType,
    converted,
    patched,
    served,
)
from infra.wire import Properties

BUCKETS = "logging.projects.locations.buckets"
SINKS = "logging.projects.sinks"
EXCLUSIONS = "logging.projects.exclusions"
BUCKET = Form("projects/{project}/locations/{location}/buckets/{bucketId}", name="bucketId")
SINK = Form("projects/{project}/sinks/{name}")
CHANGEABLE_OF_A_BUCKET = ("description", "retentionDays", "cmekSettings", "locked")
EXCLUSION = Form("projects/{project}/exclusions/{name}")


def _make_bucket(
    place: Place, inputs: Properties, _labels: Mapping[str, str]
) -> tuple[str, Pending | None]:
    """Make a bucket, or take over the one that has its id already, as the provider does.

    So in resource_logging_project_bucket_config.go, `AcquireOrCreate`: every project has buckets
    from the start.
    """
    physical_id = BUCKET.id_of(place, inputs)
    body, _left = _bucket_body(inputs)
    try:
        place.call(f"{BUCKETS}.get", name=physical_id)
    except GoogleError as error:
        if not error.not_found:
            raise
        parent, _buckets, bucket_id = physical_id.rsplit("/", 2)
        place.call(f"{BUCKETS}.create", body, parent=parent, bucketId=bucket_id)
    else:
        mask = ",".join(sorted(body))
        place.call(f"{BUCKETS}.patch", body, name=physical_id, updateMask=mask)
    return physical_id, None


def _bucket_body(inputs: Properties) -> tuple[Properties, list[str]]:
    sent = {name: value for name, value in inputs.items() if name not in BUCKET.places}
    sent = {name: value for name, value in sent.items() if name not in STEERING | {"bucketId"}}
    return converted(f"{BUCKETS}.create", "", sent, {})


def _bucket_problems(inputs: Properties) -> list[str]:
    body, left = _bucket_body(inputs)
    wrong = body_violations(method(f"{BUCKETS}.create"), without_unknowns(body))
    return [*wrong, *(f"{path}: not simulated" for path in left)]


def _bucket_outputs(_place: Place, physical_id: str, _api: Properties) -> Properties:
    return {"name": physical_id, "bucketId": physical_id.rpartition("/")[2]}


ROWS = (
    ResourceType(
        pulumi_type="gcp:logging/projectBucketConfig:ProjectBucketConfig",
        **served(BUCKETS, BUCKET),
        make=_make_bucket,
        checks=(_bucket_problems,),
        updates=(patched(*CHANGEABLE_OF_A_BUCKET, by=f"{BUCKETS}.patch", form=BUCKET),),
        outputs=_bucket_outputs,
        autoname=None,
        computed_blocks=frozenset({"cmekSettings"}),
    ),
    ResourceType(
        pulumi_type="gcp:logging/projectSink:ProjectSink",
        **served(SINKS, SINK),
        asked=lambda _place, inputs: {
            "uniqueWriterIdentity": inputs.get("uniqueWriterIdentity") is not False
        },
        settings=STEERING | {"uniqueWriterIdentity", "customWriterIdentity"},
        updates=(
            patched(
                *("destination", "filter", "description", "disabled", "exclusions"),
                by=f"{SINKS}.patch",
                form=SINK,
            ),
        ),
    ),
    ResourceType(
        pulumi_type="gcp:logging/projectExclusion:ProjectExclusion",
        **served(EXCLUSIONS, EXCLUSION),
        updates=(
            patched(
                *("description", "disabled", "filter"), by=f"{EXCLUSIONS}.patch", form=EXCLUSION
            ),
        ),
    ),
)

"""Rows of Cloud Logging: log buckets, sinks, exclusions.

What changes in place is what the provider changes so (terraform-provider-google, services/logging,
read 2026-11).
"""

from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import STEERING, ResourceType, deleted, got, patched
from infra.wire import Properties

BUCKETS = "logging.projects.locations.buckets"
SINKS = "logging.projects.sinks"
EXCLUSIONS = "logging.projects.exclusions"
BUCKET = Form("projects/{project}/locations/{location}/buckets/{bucketId}", name="bucketId")
SINK = Form("projects/{project}/sinks/{name}")
EXCLUSION = Form("projects/{project}/exclusions/{name}")


def _bucket_outputs(_place: Place, physical_id: str, _api: Properties) -> Properties:
    return {"name": physical_id, "bucketId": physical_id.rpartition("/")[2]}


ROWS = (
    ResourceType(
        pulumi_type="gcp:logging/projectBucketConfig:ProjectBucketConfig",
        form=BUCKET,
        create=f"{BUCKETS}.create",
        name_parameter="bucketId",
        read=got(f"{BUCKETS}.get", BUCKET),
        delete=deleted(f"{BUCKETS}.delete", BUCKET),
        updates=(
            patched(
                *("description", "retentionDays", "cmekSettings", "locked"),
                by=f"{BUCKETS}.patch",
                form=BUCKET,
            ),
        ),
        outputs=_bucket_outputs,
        autoname=None,
        computed_blocks=frozenset({"cmekSettings"}),
    ),
    ResourceType(
        pulumi_type="gcp:logging/projectSink:ProjectSink",
        form=SINK,
        create=f"{SINKS}.create",
        asked=lambda _place, inputs: {
            "uniqueWriterIdentity": inputs.get("uniqueWriterIdentity") is not False
        },
        read=got(f"{SINKS}.get", SINK),
        delete=deleted(f"{SINKS}.delete", SINK),
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
        form=EXCLUSION,
        create=f"{EXCLUSIONS}.create",
        read=got(f"{EXCLUSIONS}.get", EXCLUSION),
        delete=deleted(f"{EXCLUSIONS}.delete", EXCLUSION),
        updates=(
            patched(
                *("description", "disabled", "filter"), by=f"{EXCLUSIONS}.patch", form=EXCLUSION
            ),
        ),
    ),
)

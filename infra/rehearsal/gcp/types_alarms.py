"""The row of alert policies.

What changes in place is what the provider's own description gives an update call, which is all but
the project (GoogleCloudPlatform/magic-modules@d577844, 2026-08-21, mmv1/products/monitoring/
AlertPolicy.yaml, read 2026-11-27). Its labels are an input like others (`KeyValuePairs` there):
default labels do not reach them.
"""

from collections.abc import Mapping

from infra.google_discovery import body_violations, method
from infra.rehearsal.cloud.table import Pending
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.model import without_unknowns
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import STEERING, ResourceType, converted, patched, served
from infra.replies import text
from infra.wire import Properties

POLICIES = "monitoring.projects.alertPolicies"
POLICY = Form("projects/{project}/alertPolicies/{name}")
CHANGEABLE = (
    *("alertStrategy", "combiner", "conditions", "displayName", "documentation"),
    *("enabled", "notificationChannels", "severity", "userLabels"),
)


def _body(inputs: Properties) -> tuple[Properties, list[str]]:
    skipped = STEERING | {"project"}
    sent = {name: value for name, value in inputs.items() if name not in skipped}
    return converted(f"{POLICIES}.create", "", sent, {})


def _make(
    place: Place, inputs: Properties, _labels: Mapping[str, str]
) -> tuple[str, Pending | None]:
    """Make a policy: Cloud Monitoring draws its name."""
    body, _left = _body(inputs)
    project = place.field(inputs, "project")
    reply = place.call(f"{POLICIES}.create", body, name=f"projects/{project}")
    return text(reply, "name"), None


def _problems(inputs: Properties) -> list[str]:
    body, left = _body(inputs)
    wrong = body_violations(method(f"{POLICIES}.create"), without_unknowns(body))
    return [*wrong, *(f"{path}: not simulated" for path in left)]


def _outputs(_place: Place, physical_id: str, _api: Properties) -> Properties:
    return {"name": physical_id}


ROWS = (
    ResourceType(
        pulumi_type="gcp:monitoring/alertPolicy:AlertPolicy",
        **served(POLICIES, POLICY),
        make=_make,
        checks=(_problems,),
        updates=(patched(*CHANGEABLE, by=f"{POLICIES}.patch", form=POLICY),),
        outputs=_outputs,
        autoname=None,
        # Each condition gets a name of its own.
        computed_blocks=frozenset({"conditions"}),
    ),
)

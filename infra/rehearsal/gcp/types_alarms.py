"""The row of alert policies.

What changes in place is what the provider's own description gives an update call, which is all but
the project (GoogleCloudPlatform/magic-modules@d577844, 2026-08-21, mmv1/products/monitoring/
AlertPolicy.yaml, read 2026-11-27). Its labels are an input like others (`KeyValuePairs` there):
default labels do not reach them.
"""

from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import ResourceType, patched, served
from infra.wire import Properties

POLICIES = "monitoring.projects.alertPolicies"
POLICY = Form("projects/{project}/alertPolicies/{name}")
CHANGEABLE = (
    *("alertStrategy", "combiner", "conditions", "displayName", "documentation"),
    *("enabled", "notificationChannels", "severity", "userLabels"),
)


def _outputs(_place: Place, physical_id: str, _api: Properties) -> Properties:
    return {"name": physical_id}


ROWS = (
    ResourceType(
        pulumi_type="gcp:monitoring/alertPolicy:AlertPolicy",
        **served(POLICIES, POLICY),
        is_drawn=True,
        updates=(patched(*CHANGEABLE, by=f"{POLICIES}.patch", form=POLICY),),
        outputs=_outputs,
        autoname=None,
        # Each condition gets a name of its own.
        computed_blocks=frozenset({"conditions"}),
    ),
)

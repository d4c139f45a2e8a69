"""The APIs that a bootstrap and a first `up` need: asked for, and enabled together.

Does not own which a stack uses: the preflight asks for the same ones.
"""

from typing import TYPE_CHECKING

from infra.bootstrap.gcp.looking import Looking
from infra.preflight.gcp.services import DOMAIN, SERVICES
from infra.replies import blocks, text

if TYPE_CHECKING:
    from infra.wire import Value

TRUST = "sts"
"""Beside those of a stack: who exchanges a job's token for one of Google's."""
NEEDED = (*SERVICES, TRUST)
MOST_AT_ONCE = 20
"""Services of one `batchEnable` (Service Usage API, `BatchEnableServicesRequest.serviceIds`)."""


def enable_services(looking: Looking) -> str:
    """Enable what is off, and return the number of the project.

    Raises:
        CloudApiError: Google refuses. Service Usage itself is on in every new project.
    """
    parent = f"projects/{looking.api.project}"
    names: list[Value] = [f"{parent}/services/{name}{DOMAIN}" for name in NEEDED]
    states = blocks(
        looking.api.call("serviceusage.services.batchGet", None, parent=parent, names=names),
        "services",
    )
    on = {
        text(one, "name").rpartition("/")[2].removesuffix(DOMAIN)
        for one in states
        if one.get("state") == "ENABLED"
    }
    off = [name for name in NEEDED if name not in on]
    if off:
        ids: list[Value] = [f"{name}{DOMAIN}" for name in off]
        looking.begin(
            f"enable APIs: {', '.join(off)}",
            ("serviceusage.services.batchEnable", "serviceusage.operations.get"),
            {"serviceIds": ids},
            parent=parent,
        )
    else:
        looking.hand.fine(f"APIs, all {len(NEEDED)}")
    return text(states[0], "name").split("/")[1]

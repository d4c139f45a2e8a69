"""Whether a stack may go on with charts, images or add-ons that nobody has resolved.

Owns the rule: a real update of a production stack refuses, everything else warns. Does not own what
is unresolved (`infra.catalog.releases`).
"""

import os

import pulumi

from infra.catalog import releases
from infra.spec.environment import Environment
from infra.spec.stack import StackSpec

ALLOW = "TOKENWORKS_ALLOW_UNRESOLVED"
"""Environment variable that turns the refusal into the warning. A rehearsal sets it: no registry
can be asked there. So may somebody who has to ship an urgent change before the lock is resolved."""


def require_resolved(spec: StackSpec) -> None:
    """Warn about what is unresolved, or refuse to go on.

    Raises:
        pulumi.RunError: a production stack is about to be changed. Pulumi shows the message without
            a traceback.
    """
    missing = releases.unresolved(spec.cloud.provider)
    if not missing:
        return
    listed = f"{len(missing)} unresolved: {', '.join(missing)}"
    previews = pulumi.runtime.is_dry_run()
    if spec.environment is Environment.PROD and not previews and os.environ.get(ALLOW) != "1":
        message = (
            f"{listed}\nproduction runs only what is pinned by digest and version: "
            "`tokenworks lock` writes it into infra/catalog/releases.lock.yaml; "
            f"or set {ALLOW}=1 for this one run"
        )
        raise pulumi.RunError(message)
    pulumi.log.warn(f"{listed}; a real update of a production stack would refuse")

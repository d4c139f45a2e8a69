"""Events, as a recorder of Kubernetes writes them."""

from infra.rehearsal.kubernetes.values import text
from infra.wire import Properties

MESSAGE_LIMIT = 1024
"""Of a message (Kubernetes API)."""


def event(  # noqa: PLR0913 - the parts of an Event, each named where it is called
    about: Properties,
    *,
    kind: str,
    reason: str,
    message: str,
    component: str,
    namespace: str,
    at: str,
) -> Properties:
    """Return an Event of `component` about an object.

    Args:
        about: the object, with `apiVersion` and `kind`.
        kind: `Normal` or `Warning`.
        reason: a word for programs.
        message: what happened; cut where the API would refuse it.
        component: who says it.
        namespace: where the Event is; that of its object where it has one.
        at: time, as the API server writes it.
    """
    name = text(about, "metadata", "name")
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{name}.", "namespace": namespace},
        "involvedObject": {
            "apiVersion": text(about, "apiVersion"),
            "kind": text(about, "kind"),
            "namespace": text(about, "metadata", "namespace"),
            "name": name,
            "uid": text(about, "metadata", "uid"),
        },
        "type": kind,
        "reason": reason,
        "message": message[:MESSAGE_LIMIT],
        "source": {"component": component},
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 1,
    }

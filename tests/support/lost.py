"""What a stack looks like when a part of it was taken away behind its back."""

from collections.abc import Collection, Mapping

from infra.rehearsal.engine import OperationResult
from infra.rehearsal.kubernetes.client import ApiClient
from infra.replies import block, blocks, optional_text, text
from infra.wire import Properties
from tests.support.stage import Stage

POOLS = ("aws:eks/nodeGroup:", "gcp:container/nodePool:")


def ready_pods(api: ApiClient, but: Collection[str] = ()) -> Mapping[str, str]:
    """Return every pod that is ready and does not end by itself, by its name: its uid.

    Args:
        api: the cluster.
        but: namespaces to leave out.
    """
    return {
        f"{pod['metadata']['namespace']} {pod['metadata']['name']}": pod["metadata"]["uid"]
        for pod in api.list_objects("v1", "Pod")
        if pod["metadata"]["namespace"] not in but
        and not any(
            owner["kind"] == "Job" for owner in pod["metadata"].get("ownerReferences") or ()
        )
        and any(
            (one["type"], one["status"]) == ("Ready", "True")
            for one in pod["status"].get("conditions") or ()
        )
    }


def steps(result: OperationResult, operation: str) -> set[str]:
    """Return what an operation creates, updates or deletes, by name.

    Without our components, and pools of nodes: the autoscaler moves their size.
    """
    assert result.ok, result.errors
    return {
        step.name
        for step in result.steps
        if step.op == operation and not step.type.startswith(("tokenworks:", *POOLS))
    }


def in_state(stage: Stage, stack: str, name: str) -> Properties:
    """Return what the cloud says of a resource, as the state has it."""
    state = dict(stage.session.export(stack))
    (found,) = (
        resource
        for resource in blocks(state, "deployment.resources")
        if text(resource, "urn").endswith(f"::{name}") and optional_text(resource, "id")
    )
    return block(found, "outputs")

"""Whether the working hours of a stack's models can be kept, as its cluster has them.

Owns the look, and what the summary says. Does not own the clock: no hour passes in a rehearsal, so
nobody is opened or closed there (`tests/real/test_working_hours.py` does what the CronJobs do).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components import labels
from components.kubernetes.model_namespace import NAMESPACE
from components.serving.working_hours import CLOSE, OPEN
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import at, mappings, text
from infra.spec.stack import StackSpec


@dataclass(frozen=True)
class HoursKept:
    """What opens and closes the models of a stack."""

    hours: str
    """When they run, in words."""
    share: float
    """Of all hours, 0 to 1."""
    servers: frozenset[str]
    """Deployments of models."""
    left: frozenset[str]
    """Those of them that are not opened or not closed."""

    @property
    def text(self) -> str:
        """One line for the summary."""
        both = len(self.servers) - len(self.left)
        said = (
            f"models run {self.hours}, {self.share:.0%} of all hours; "
            f"{both} of {len(self.servers)} Deployments are opened and closed"
        )
        return f"{said}; left out: {', '.join(sorted(self.left))}" if self.left else said


def working_hours(api: ApiClient, stacks: Sequence[StackSpec]) -> HoursKept | None:
    """Return how the hours are kept; None where models run day and night.

    Raises:
        ApiError: the API server cannot be reached or refuses.
    """
    spec = next((one for one in stacks if one.working_hours.are_kept), None)
    if spec is None:
        return None
    servers = frozenset(
        text(one, "metadata", "name")
        for one in api.list_objects("apps/v1", "Deployment", NAMESPACE)
        if text(one, "metadata", "labels", labels.MODEL)
    )
    jobs = {
        text(one, "metadata", "name"): frozenset(_scaled(one))
        for one in api.list_objects("batch/v1", "CronJob", NAMESPACE)
    }
    nobody = frozenset[str]()
    kept = jobs.get(OPEN, nobody) & jobs.get(CLOSE, nobody)
    hours = spec.working_hours
    return HoursKept(hours.text, float(hours.share), servers, left=servers - kept)


def _scaled(job: dict) -> Iterator[str]:
    pod = ("spec", "jobTemplate", "spec", "template", "spec")
    for container in mappings(job, *pod, "containers"):
        arguments = at(container, "args")
        for argument in arguments if isinstance(arguments, list) else ():
            kind, slash, name = str(argument).partition("/")
            if slash and kind == "deployment":
                yield name

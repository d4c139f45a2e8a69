"""What Prometheus says: which rules it has, which of them are true, and what a query answers.

Owns its HTTP API, as far as it is asked here (Prometheus 3.14, "HTTP API"). Does not own the way
there (`kubectl`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from components.observability import names
from infra.doctor.kubectl import Answer, Kubectl

SERVICE = f"{names.PROMETHEUS}:{names.PROMETHEUS_PORT}"

Data = TypeVar("Data", bound=BaseModel)


class State(StrEnum):
    """How an alert stands, in Prometheus' words."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"


class UnreachableError(ValueError):
    """Prometheus gives no answer, or one that is not its own; the message says which."""


class _Said(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class ActiveAlert(_Said):
    """One alert that is true now."""

    labels: dict[str, str]
    """Its labels."""
    annotations: dict[str, str] = {}
    """What is said of it, filled in."""
    state: State
    """Whether anybody was told."""
    active_at: str = ""
    """Since when, RFC 3339."""
    value: str = ""
    """What the expression answered."""


class LoadedRule(_Said):
    """An alert rule as Prometheus has it."""

    name: str
    """Its name."""
    health: str
    """`ok`, `err`, or `unknown` before it was evaluated."""
    last_error: str = ""
    """Why it could not be evaluated."""
    alerts: tuple[ActiveAlert, ...] = ()
    """Where it is true."""


class _Reply(_Said):
    status: Literal["success"]
    data: dict[str, object]


class _Group(_Said):
    rules: tuple[LoadedRule, ...] = ()


class _Groups(_Said):
    groups: tuple[_Group, ...] = ()


class _Sample(_Said):
    metric: dict[str, str]
    value: tuple[float, str]


class _Vector(_Said):
    result_type: Literal["vector"]
    result: tuple[_Sample, ...] = ()


@dataclass(frozen=True)
class Prometheus:
    """The Prometheus of a cluster."""

    kubectl: Kubectl
    """Way to it."""

    def rules(self) -> Mapping[str, LoadedRule]:
        """Return the alert rules that it has, by name.

        Raises:
            UnreachableError: It cannot be asked.
        """
        said = self._ask(_Groups, "/api/v1/rules", type="alert")
        return {rule.name: rule for group in said.groups for rule in group.rules}

    def query(self, expression: str) -> tuple[str, ...]:
        """Return what a query answers now: a line for each series, none where it has no answer.

        Raises:
            UnreachableError: It cannot be asked, or does not understand.
        """
        said = self._ask(_Vector, "/api/v1/query", query=expression)
        return tuple(f"{_labels(one.metric)} {one.value[1]}".strip() for one in said.result)

    def _ask(self, kind: type[Data], path: str, **query: str) -> Data:
        answer = self.kubectl.ask_service(names.NAMESPACE, SERVICE, path, **query)
        try:
            return kind.model_validate(_Reply.model_validate_json(answer.output).data)
        except ValidationError:
            raise UnreachableError(_first_line(answer)) from None


def _first_line(answer: Answer) -> str:
    return answer.output.splitlines()[0][:300] if answer.output else "no answer"


def _labels(metric: Mapping[str, str]) -> str:
    name = metric.get("__name__", "")
    inside = ", ".join(f'{key}="{value}"' for key, value in metric.items() if key != "__name__")
    return f"{name}{{{inside}}}" if inside else name

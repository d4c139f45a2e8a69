"""The words for a review: one stack's part, and all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from infra.cost.model import Estimate, Span
from infra.review.changes import Action, ResourceChange
from infra.spec.stack import StackSpec


class Outcome(StrEnum):
    """What a rule says."""

    FAILS = "fails"
    """A mandatory rule: nothing is created."""
    WARNS = "warns"
    UNKNOWN = "cannot judge"
    """Not before the engine has run."""


@dataclass(frozen=True, kw_only=True)
class PolicyResult:
    """One finding of one rule, with everything it was found at."""

    rule: str
    outcome: Outcome
    message: str
    resources: tuple[str, ...]
    is_new: bool
    """Whether the base does not have it."""


class Fit(StrEnum):
    """Whether a model's servers fit the GPUs of its pool."""

    FITS = "fits"
    DOES_NOT_FIT = "does not fit"
    UNKNOWN = "not judged"


@dataclass(frozen=True, kw_only=True)
class ModelFit:
    """One model on its pool."""

    model: str
    source: str
    pool: str
    gpus: int
    """GPUs of one server."""
    gpu: str
    servers: str
    """Least and most: `2-6`."""
    fit: Fit
    detail: str
    change: str
    """`new`, what changed, or empty."""


@dataclass(frozen=True, kw_only=True)
class StackReview:
    """What the change does to one stack."""

    stack: str
    cloud: str
    is_new: bool = False
    is_gone: bool = False
    mistakes: str = ""
    """What the stack file has wrong: then nothing else is known of it."""
    changes: tuple[ResourceChange, ...] = ()
    base_cost: Estimate | None = None
    head_cost: Estimate | None = None
    cost_problem: str = ""
    """Why there is no estimate."""
    policies: tuple[PolicyResult, ...] = ()
    models: tuple[ModelFit, ...] = ()
    lost_models: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    spec: StackSpec | None = None

    @property
    def counts(self) -> Mapping[Action, int]:
        """How many resources meet each fate."""
        return {action: sum(one.action is action for one in self.changes) for action in Action}

    @property
    def grave(self) -> tuple[ResourceChange, ...]:
        """What stands above the fold."""
        return tuple(one for one in self.changes if one.is_grave)

    @property
    def turned_over(self) -> tuple[ResourceChange, ...]:
        """What stands above the fold though it is only updated."""
        return tuple(one for one in self.changes if one.turns_over)

    @property
    def new_warnings(self) -> tuple[PolicyResult, ...]:
        """What rules found that stops nothing and that the base does not have."""
        return tuple(
            one for one in self.policies if one.is_new and one.outcome is not Outcome.FAILS
        )

    @property
    def failing(self) -> tuple[PolicyResult, ...]:
        """Mandatory rules that are broken."""
        return tuple(one for one in self.policies if one.outcome is Outcome.FAILS)

    @property
    def unfit(self) -> tuple[ModelFit, ...]:
        """Models that do not fit."""
        return tuple(one for one in self.models if one.fit is Fit.DOES_NOT_FIT)

    @property
    def must_stop(self) -> bool:
        """Whether this stack is a reason for exit code 1."""
        return bool(self.mistakes or self.failing or self.unfit)

    @property
    def usd_change(self) -> Span | None:
        """By how much the month changes, end by end; None where a side is not known."""
        if self.head_cost is None or (self.base_cost is None and not self.is_new):
            return None
        after = self.head_cost.total
        before = self.base_cost.total if self.base_cost else after * Decimal(0)
        ends = (
            after.minimum - before.minimum,
            after.expected - before.expected,
            after.maximum - before.maximum,
        )
        low, _, high = sorted(ends)
        return Span(minimum=low, expected=ends[1], maximum=high)

    @property
    def gpu_change(self) -> Mapping[str, tuple[Span | None, Span | None]]:
        """GPUs by model, before and after, where they differ."""
        before = self.base_cost.gpus if self.base_cost else {}
        after = self.head_cost.gpus if self.head_cost else {}
        return {
            name: (before.get(name), after.get(name))
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        }

    @property
    def is_touched(self) -> bool:
        """Whether there is anything to say about it."""
        moved = self.usd_change is not None and self.usd_change.expected != 0
        return bool(
            self.changes
            or self.mistakes
            or self.notes
            or moved
            or self.gpu_change
            or any(one.is_new for one in self.policies)
            or any(one.change for one in self.models)
            or self.is_new
            or self.is_gone
        )


@dataclass(frozen=True, kw_only=True)
class Review:
    """What the change does to all stacks."""

    base: str
    """The reference as it was asked for."""
    base_commit: str
    head_commit: str
    is_dirty: bool
    stacks: tuple[StackReview, ...]
    untouched: tuple[str, ...]
    """Stacks whose files and code are the same."""
    notes: tuple[str, ...] = ()
    secrets: frozenset[str] = field(default_factory=frozenset, repr=False)
    """Texts that must not appear anywhere."""

    @property
    def exit_code(self) -> int:
        """1 when a mandatory rule is broken, a model does not fit or a stack does not load."""
        return 1 if any(one.must_stop for one in self.stacks) else 0

"""How a step of Google Cloud looks at a thing, changes it, and mends its policy.

Owns the four ways in which Google's APIs give and take a policy.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from infra.bootstrap.gcp.patience import Patient
from infra.bootstrap.gcp.policies import VERSION, Grant, Ours, grants_in, mended
from infra.bootstrap.hand import BootstrapError, Hand
from infra.cloud_error import CloudApiError
from infra.wire import Properties, Value


@dataclass(frozen=True)
class PolicyHome:
    """Where the policy of a resource is asked for and written."""

    what: str
    """The resource, in words."""
    methods: str
    """Collection that has it, `iam.projects.serviceAccounts`."""
    resource: Properties
    """Parameter that names it."""
    question: Properties = field(
        default_factory=lambda: {"options.requestedPolicyVersion": VERSION}
    )
    """Parameters that ask for conditions."""
    asking: Properties | None = None
    """Body that asks for them, where the method takes one."""
    is_bare: bool = False
    """Whether the policy is the body itself and not a member of it."""


@dataclass(frozen=True)
class Looking:
    """The eyes and the hand of one run."""

    api: Patient
    hand: Hand

    def found(self, method_id: str, /, **parameters: Value) -> Properties | None:
        """Return a thing, or None where it is not there.

        An API that is off is looked at by a dry run alone, which takes what is in it for nothing:
        a run has enabled all by then.

        Raises:
            CloudApiError: Google refuses for another reason.
        """
        try:
            return self.api.call(method_id, None, **parameters)
        except CloudApiError as error:
            if error.not_found or (self.hand.dry_run and error.api_is_off):
                return None
            raise

    def change(
        self, what: str, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        """Make a call that changes something; in a dry run say so, and reply nothing."""
        return self.hand.change(what, lambda: self.api.call(method_id, body, **parameters), {})

    def begin(
        self,
        what: str,
        methods: tuple[str, str],
        /,
        body: Properties | None = None,
        **parameters: Value,
    ) -> Properties:
        """Make a call that begins an operation, and wait for its end.

        Args:
            what: the change.
            methods: the call, and the one that asks for its operation.
            body: body of the call.
            parameters: parameters of the call.
        """
        method_id, look = methods

        def whole() -> Properties:
            return self.api.finished(self.api.call(method_id, body, **parameters), look)

        return self.hand.change(what, whole, {})

    def mend_policy(
        self, home: PolicyHome, wanted: Collection[Grant], ours: Ours, *, is_there: bool
    ) -> None:
        """Make the grants that are ours in a policy as they should be.

        Args:
            home: whose policy.
            wanted: all that should be granted there.
            ours: which of its grants are to be taken away unless they are wanted.
            is_there: whether the resource is; a dry run has not made it.

        Raises:
            CloudApiError: Google refuses; that somebody else changed it in between, too.
        """
        policy = self._policy(home) if is_there else {}
        new = mended(policy, wanted, ours)
        if new is None:
            return
        before, after = grants_in(policy), grants_in(new)
        lines = [f"give {_said(one, 'to')}" for one in after if one not in before]
        lines += [f"take {_said(one, 'from')}" for one in before if one not in after]
        self.change(
            "\n  ".join((f"change who may what with {home.what}:", *lines)),
            f"{home.methods}.setIamPolicy",
            new if home.is_bare else {"policy": new},
            **home.resource,
        )

    def _policy(self, home: PolicyHome) -> Properties:
        method_id = f"{home.methods}.getIamPolicy"
        try:
            return self.api.call(method_id, home.asking, **home.resource, **home.question)
        except CloudApiError as error:
            if self.hand.dry_run and error.api_is_off:
                return {}
            raise


def require_mark(what: str, found: Value, mark: str, how: str) -> None:
    """Refuse to change a thing that a bootstrap of this stack did not make.

    Args:
        what: the thing, in words.
        found: its mark, as it is.
        mark: the mark that it should have.
        how: how to mark it.

    Raises:
        BootstrapError: it has another mark, or none.
    """
    if found != mark:
        message = (
            f"{what} is there, and no bootstrap of this stack made it: rename or delete it, or "
            f"{how}"
        )
        raise BootstrapError(message)


def _said(grant: Grant, way: str) -> str:
    held = f", {grant.title}" if grant.title else ""
    return f"{grant.role} {way} {grant.member}{held}"

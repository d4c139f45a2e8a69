"""What is too wide among grants, whatever somebody may ask.

Owns the rules: no primitive role, nobody unnamed, no predefined role without a written reason, and
none on a whole project that is not said to be for that.
Does not own the reasons: the components that grant write them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from infra.iam.gcp.bindings import EVERYBODY, Binding
from infra.iam.gcp.roles import PRIMITIVE


class Rule(StrEnum):
    """What a binding may be refused for."""

    PRIMITIVE = "primitive role"
    EVERYBODY = "everybody"
    REASON = "role without a written reason"
    PROJECT = "role on a whole project"


@dataclass(frozen=True, slots=True)
class Finding:
    """One binding that is too wide."""

    rule: Rule
    binding: Binding
    got: str

    def __str__(self) -> str:
        """Return the finding as a sentence."""
        return f"{self.binding}: {self.rule}, got {self.got}"


def audit(
    bindings: Collection[Binding],
    reasons: Mapping[str, str],
    on_projects: Collection[str],
    own_on_projects: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield what is too wide.

    Args:
        bindings: all grants.
        reasons: predefined role to what it is granted for.
        on_projects: predefined roles that may be granted on a project without a condition.
        own_on_projects: how the ids of custom roles begin that may be, too.
    """
    for binding in bindings:
        is_custom = not binding.role.startswith("roles/")
        whole = binding.scope.count("/") == 1 and binding.condition is None
        if binding.role in PRIMITIVE:
            yield Finding(Rule.PRIMITIVE, binding, binding.role)
        elif not is_custom and not reasons.get(binding.role):
            yield Finding(Rule.REASON, binding, binding.role)
        if binding.member in EVERYBODY or binding.member.startswith("domain:"):
            yield Finding(Rule.EVERYBODY, binding, binding.member)
        own = binding.role.rpartition("/roles/")[2].startswith(tuple(own_on_projects))
        if whole and not (own if is_custom else binding.role in on_projects):
            yield Finding(Rule.PROJECT, binding, binding.role)

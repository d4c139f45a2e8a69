"""What a bootstrap says at its end: what it did, and the next commands.

Owns the words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.bootstrap.hand import Hand
from infra.bootstrap.plan import GITHUB, Forge, Role, Stacks


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is there after a bootstrap, on any cloud."""

    backend: str
    """`s3://…`, for `pulumi login`."""
    secrets_provider: str
    """`awskms://…`, for `pulumi stack init`."""
    identities: Mapping[Role, str]
    """Role to what a job becomes: an ARN, or the address of an account."""
    variables: Mapping[str, str]
    """Variables of every environment beside that of the identity, by name."""
    identity_variable: str
    """Variable of an environment that names the identity."""
    deployer: str
    """How `cluster.modelDeployers` names who ships models; empty where nobody does."""
    by_hand: Sequence[str] = ()
    """What is left to somebody with other rights, each a whole sentence."""


def conclusion(outcome: Outcome, stacks: Stacks, forge: Forge, hand: Hand) -> str:
    """Return the end of a run: a count, and what to do next."""
    count = len(hand.changes)
    done = "would change" if hand.dry_run else "changed"
    lines = [f"{done} {count} thing{'' if count == 1 else 's'}", "", "next:"]
    if hand.dry_run:
        return "\n".join((*lines, "  run it again without --dry-run"))
    lines += [
        f"  pulumi login '{outcome.backend}'",
        *(
            f"  pulumi stack init {name} --secrets-provider='{outcome.secrets_provider}'"
            for name in stacks.names
        ),
        f"  tokenworks preflight {stacks.ground}",
    ]
    return "\n".join((*lines, "", *_of_the_forge(outcome, stacks, forge)))


def _of_the_forge(outcome: Outcome, stacks: Stacks, forge: Forge) -> Sequence[str]:
    lines = [f"in {forge.repository}, for jobs (docs/delivery.md):"]
    for role, identity in outcome.identities.items():
        where = ", ".join(_places(forge, role, stacks))
        lines.append(f"  {where}: {outcome.identity_variable}={identity}")
    lines += [f"  everywhere: {name}={value}" for name, value in outcome.variables.items()]
    if outcome.deployer:
        lines.append(
            f"in stacks/Pulumi.{stacks.ground}.yaml, so that models come up without other rights: "
            f"cluster.modelDeployers: [{outcome.deployer}]"
        )
    return [*lines, *outcome.by_hand]


def _places(forge: Forge, role: Role, stacks: Stacks) -> Sequence[str]:
    subjects = forge.subjects(role, stacks)
    if forge.issuer == GITHUB:
        return [f"environment {subject.rpartition(':')[2]}" for subject in subjects]
    return [f"branch {subject.rpartition(':')[2]}" for subject in subjects]

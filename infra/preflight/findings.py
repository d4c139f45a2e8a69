"""What is found about a network that exists, on any cloud.

A finding either blocks, because `up` or the first node would fail, or it advises, because it costs
money or fails later.
"""

from dataclasses import dataclass

from infra.spec.mistakes import Mistake


@dataclass(frozen=True)
class Finding:
    """One thing about a network."""

    mistake: Mistake
    """What is wrong, in five parts."""
    blocks: bool
    """Whether the platform cannot come up with it; otherwise it costs, or fails later."""


def finding(  # noqa: PLR0913 - the five parts of a mistake
    setting: str, problem: str, got: str, allowed: str, next_step: str, *, blocks: bool = True
) -> Finding:
    """Return a finding from the five parts of its mistake."""
    mistake = Mistake(
        setting=setting, problem=problem, got=got, allowed=allowed, next_step=next_step
    )
    return Finding(mistake, blocks)

"""Words that every addition ends with: its lines, two columns, what comes next."""

from collections.abc import Sequence
from difflib import unified_diff

from infra.additions.stack_source import StackSource

_INDENT = 9


def diff(before: StackSource, after: StackSource) -> str:
    """Return the lines that are added, with those around them."""
    lines = unified_diff(
        before.text.splitlines(), after.text.splitlines(), before.shown, after.shown, lineterm=""
    )
    return "\n".join(lines)


def rows(found: Sequence[tuple[str, str]]) -> str:
    """Return words and what is said of them, in two columns."""
    return "\n".join(f"{word:<{_INDENT}}{said}".rstrip() for word, said in found)


def next_steps(name: str, stacks: Sequence[str]) -> str:
    """Return what to do with a file that was written, and who brings it up.

    Args:
        name: what was added.
        stacks: the stacks to update, in their order; the first is that of the file.
    """
    ups = ", then ".join(f"`pulumi up --stack {stack}`" for stack in stacks)
    return rows(
        [
            (
                "next",
                "make golden                     # the graphs and costs that a change carries",
            ),
            ("", "tokenworks review --base main   # what it does to every stack"),
            ("", f"git switch -c {stacks[0]}-{name}, commit, pull request"),
            ("then", f"whoever may run {ups} brings it up"),
        ]
    )

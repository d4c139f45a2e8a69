"""A translated environment as text and as stack files.

Owns words and files. Everything in them was decided in `environment`.
"""

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

import yaml

from infra.spec.files import STACKS_FOLDER
from infra.translate.environment import Translated, TranslationError

_WIDTH = 100


def report(translated: Sequence[Translated]) -> str:
    """Return what changes in each stack, with reason and price difference."""
    paragraphs = []
    for one in translated:
        title = f"{one.source} -> {one.name}"
        lines = [line for change in one.changes for line in change.lines()]
        paragraphs.append("\n".join([title, *(f"  {line}" for line in lines or ["as it is"])]))
    return "\n\n".join(paragraphs)


def stack_file(translated: Translated) -> str:
    """Return the stack file of a translated stack."""
    said = (
        f"Translated from stacks/Pulumi.{translated.source}.yaml by `tokenworks translate`.",
        *(line for change in translated.changes for line in change.lines()),
    )
    comments = []
    for line in said:
        indent = "  " * (line.startswith("  "))
        comments += wrap(
            line.strip(),
            _WIDTH,
            initial_indent=f"# {indent}",
            subsequent_indent=f"#   {indent}",
            break_long_words=False,
            break_on_hyphens=False,
        )
    body = yaml.safe_dump(
        {"config": translated.config}, sort_keys=False, width=_WIDTH, default_flow_style=None
    )
    return "\n".join((*comments, body))


def write_stacks(translated: Sequence[Translated], folder: Path = STACKS_FOLDER) -> list[Path]:
    """Write the stack files; none is written over.

    Raises:
        TranslationError: one of them is there already.
    """
    files = [folder / f"Pulumi.{one.name}.yaml" for one in translated]
    if there := [file.name for file in files if file.exists()]:
        message = f"{', '.join(there)}: there already, and nothing is written over; name another"
        raise TranslationError(message)
    for file, one in zip(files, translated, strict=True):
        file.write_text(stack_file(one), encoding="utf-8")
    return files

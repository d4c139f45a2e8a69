"""`tokenworks review`: what a change does to every stack. Thin."""

from pathlib import Path

import typer


def run(base: str, project: Path, *, html: Path | None, out: Path | None) -> int:
    """Review the present tree against a commit; return the exit code.

    0: nothing stops it. 1: a mandatory policy fails, a model does not fit or a stack does not load.
    2: the two trees cannot be compared.
    """
    from infra.review.html import page
    from infra.review.markdown import comment
    from infra.review.run import review
    from infra.review.trees import ReviewError

    try:
        found = review(base, project)
    except ReviewError as error:
        typer.echo(str(error), err=True)
        return 2
    text = comment(found)
    if out is None:
        typer.echo(text, nl=False)
    else:
        _write(out, text)
    if html is not None:
        _write(html, page(found))
    return found.exit_code


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    typer.echo(f"wrote {file}", err=True)

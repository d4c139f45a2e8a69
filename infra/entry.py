"""Where the command line starts: the one command that must not wait for the others' packages."""

import sys


def main() -> None:
    """Run `fit` at once, and every other command through the command line."""
    if sys.argv[1:2] == ["fit"]:
        from infra.cli_fit import run

        sys.exit(run(sys.argv[2:]))
    from infra.cli import main as run_command

    run_command()

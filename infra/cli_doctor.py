"""`tokenworks doctor`: what is wrong with a running platform, and which runbook says more. Thin."""

from pathlib import Path
from typing import Annotated

import typer

PROJECT = Path(__file__).resolve().parents[1]


def doctor(
    stack: Annotated[str, typer.Argument(help="Name of the stack file that builds the platform")],
    *,
    kubeconfig: Annotated[
        Path | None,
        typer.Option(help="File that names the cluster; else kubectl's own", exists=True),
    ] = None,
) -> None:
    """Ask a running platform for its alerts, and run what their runbooks say confirms them.

    Changes nothing. Exit code 1 when an alert is true or something is unknown, 2 when what was
    asked has mistakes.
    """
    from infra.doctor import kubectl, report
    from infra.doctor.examine import examine
    from infra.doctor.patient import platform_alerts
    from infra.doctor.prometheus import Prometheus
    from infra.spec.files import load_stack_file

    alerts = platform_alerts(load_stack_file(stack))
    way = kubectl.find(PROJECT, kubeconfig)
    findings = tuple(examine(alerts, Prometheus(way), way, PROJECT))
    typer.echo(report.text(findings))
    raise typer.Exit(0 if report.is_fine(findings) else 1)

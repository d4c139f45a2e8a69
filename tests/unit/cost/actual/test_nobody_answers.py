"""`tokenworks costs` where nobody answers: whether the stack file is why is said."""

import pytest
from typer.testing import CliRunner, Result

from infra.cli import app
from infra.spec import files
from infra.spec.observed_cost import ObservedCostSpec
from infra.spec.stack import StackSpec


def asked() -> Result:
    return CliRunner().invoke(app, ["costs", "aws-dev", "--opencost", "/no/such/answer.json"])


def test_a_stack_without_opencost_is_told_how_to_get_it() -> None:
    result = asked()

    assert result.exit_code == 2
    assert "No such file" in result.output
    assert "aws-dev installs no OpenCost: write `cost: {enabled: true}`" in result.output


def test_a_stack_that_has_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    load = files.load_stack_file

    def measured(stack: str) -> StackSpec:
        spec = load(stack)
        section = spec.observability.model_copy(update={"cost": ObservedCostSpec(enabled=True)})
        return spec.model_copy(update={"observability": section})

    monkeypatch.setattr(files, "load_stack_file", measured)
    result = asked()

    assert result.exit_code == 2
    assert "No such file" in result.output
    assert "installs no OpenCost" not in result.output

"""A model reaches tenants who name what they may use, in whichever file they stand."""

from pathlib import Path

import pytest

from infra.additions import stack_source
from infra.additions.model import ModelProposal, propose_model
from infra.additions.model_entry import ModelRequest
from infra.additions.stack_source import StackSource, write_stacks
from infra.additions.tenant import TenantRequest, propose_tenant
from infra.spec.environment import Layer
from infra.spec.files import load_stack_file, stack_text
from infra.spec.mistakes import SpecError
from infra.spec.stacks import load_environment
from tests.support.stack_folder import copied_stacks, without_tenants

KNOWN = "Qwen/Qwen3-8B"
PLATFORM = {"aws-dev": "aws-dev", "aws-prod-models": "aws-prod"}


@pytest.fixture(params=PLATFORM)
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A stack of models, its platform with one tenant who names all of them."""
    name: str = request.param
    platform, folder = PLATFORM[name], copied_stacks(tmp_path / "stacks")
    text = without_tenants(stack_text(platform, folder))
    if "tokenworks:gateway:" not in text:
        text += "\n  tokenworks:gateway:\n    domain: llm.example.com\n"
    (folder / f"Pulumi.{platform}.yaml").write_text(text, encoding="utf-8")
    served = tuple(model.name for one in load_environment(name, folder) for model in one.models)
    proposal = propose_tenant(platform, TenantRequest(name="search", models=served), folder)
    write_stacks([(proposal.before, proposal.after)])
    return name


def proposed(stack: str, folder: Path, *tenants: str) -> ModelProposal:
    return propose_model(stack, ModelRequest(source=KNOWN, tenants=tenants), folder)


def test_the_model_is_served_and_the_tenant_may_use_it(stack: str, tmp_path: Path) -> None:
    folder = tmp_path / "stacks"
    before = load_stack_file(stack, folder)

    proposal = proposed(stack, folder, "search")
    write_stacks(proposal.changes)

    after = load_stack_file(stack, folder)
    (old,), (new,) = before.tenants, after.tenants
    assert old.models is not None
    assert new == old.model_copy(update={"models": (*old.models, "qwen3-8b")})
    assert after.models[:-1] == before.models
    changed = {"tenants": (), "models": ()}
    assert after.model_copy(update=changed) == before.model_copy(update=changed)
    assert [one.name for _, one in proposal.changes] == list(
        dict.fromkeys((PLATFORM[stack], stack))
    )
    assert Layer.MODELS in load_stack_file(stack, folder).layers


def test_a_model_that_no_tenant_could_use_is_refused_with_the_option(
    stack: str, tmp_path: Path
) -> None:
    with pytest.raises(SpecError) as caught:
        proposed(stack, tmp_path / "stacks")

    (mistake,) = caught.value.mistakes
    assert mistake.setting == "--tenant"
    assert mistake.next_step.startswith("write --tenant search")


def test_tenants_that_are_not_there_or_need_not_be_told_are_refused_all_at_once(
    stack: str, tmp_path: Path
) -> None:
    folder = tmp_path / "stacks"
    proposal = propose_tenant(PLATFORM[stack], TenantRequest(name="everything"), folder)
    write_stacks([(proposal.before, proposal.after)])

    with pytest.raises(SpecError) as caught:
        proposed(stack, folder, "serach", "everything")

    unknown, needless = caught.value.mistakes
    assert unknown.next_step == "did you mean search?"
    assert needless.problem == "may use every model already"
    assert proposed(stack, folder).platform is None


def test_where_one_of_two_files_cannot_be_written_both_are_as_they_were(
    stack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "stacks"
    changes = proposed(stack, folder, "search").changes
    before = {file: file.read_bytes() for file in folder.iterdir()}
    write = stack_source.write_stack

    def full(old: StackSource, new: StackSource) -> Path:
        if new is changes[-1][1]:
            message = "no space left on device"
            raise OSError(message)
        return write(old, new)

    monkeypatch.setattr(stack_source, "write_stack", full)
    with pytest.raises(OSError, match="no space"):
        write_stacks(changes)

    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_a_list_with_a_line_for_each_model_is_continued_in_lines(tmp_path: Path) -> None:
    folder = copied_stacks(tmp_path / "lines")
    file = folder / "Pulumi.aws-dev.yaml"
    text = file.read_text(encoding="utf-8").replace("tokenworks:gateway:", "tokenworks:gone:")
    before, _, _ = text.partition("  tokenworks:gone:")
    file.write_text(
        before
        + """\
  tokenworks:gateway: {domain: llm.example.com}
  tokenworks:tenants:
    - name: search
      models:
        - qwen2.5-7b  # the first
""",
        encoding="utf-8",
    )

    after = proposed("aws-dev", folder, "search").after.text

    assert "        - qwen2.5-7b  # the first\n        - qwen3-8b\n" in after

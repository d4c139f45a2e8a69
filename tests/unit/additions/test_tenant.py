"""A tenant is added where the gateway is, or refused with the next step; its key is not seen."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.secrets import API_KEYS, put_command, read_command
from infra.additions.stack_source import write_stack
from infra.additions.tenant import TenantProposal, TenantRequest, propose_tenant
from infra.additions.tenant_text import key_text, tenant_text
from infra.spec.cloud import CloudProvider
from infra.spec.files import load_stack_file, stack_text
from infra.spec.mistakes import Mistake, SpecError
from tests.support import command
from tests.support.projects import make_project
from tests.support.stack_folder import added_lines, copied_stacks, without_tenants
from tests.support.stacks import STACKS

PLATFORMS = tuple(name for name in STACKS if load_stack_file(name).extends is None)
EVERYTHING = TenantRequest(name="everything")


def with_gateways(folder: Path) -> Path:
    """Return a folder with our stack files, every platform with a gateway and without tenants."""
    copied_stacks(folder)
    for stack in PLATFORMS:
        text = without_tenants(stack_text(stack, folder))
        if "tokenworks:gateway:" not in text:
            text += "\n  tokenworks:gateway:\n    domain: llm.example.com\n"
        (folder / f"Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_gateways(tmp_path / "stacks")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_gateways(tmp_path_factory.mktemp("shared") / "stacks")


def refused(stack: str, asked: TenantRequest, folder: Path) -> tuple[Mistake, ...]:
    before = {file: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(SpecError) as caught:
        propose_tenant(stack, asked, folder)
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
    return caught.value.mistakes


def written(stack: str, asked: TenantRequest, folder: Path) -> TenantProposal:
    proposal = propose_tenant(stack, asked, folder)
    write_stack(proposal.before, proposal.after)
    return proposal


@pytest.mark.parametrize("stack", PLATFORMS)
def test_a_platform_gets_its_first_tenant_and_its_second(stack: str, folder: Path) -> None:
    before, text = load_stack_file(stack, folder), stack_text(stack, folder)

    first = written(stack, EVERYTHING, folder)
    second = written(
        stack,
        TenantRequest(
            name="search", models=("qwen2.5-7b",), requests_per_minute=300, cpu=8, memory_gib=32.5
        ),
        folder,
    )

    after = load_stack_file(stack, folder)
    assert after.model_copy(update={"tenants": ()}) == before
    everything, search = after.tenants
    assert everything.name == "everything"
    assert "opens    all models, and those to come" in tenant_text(first)
    assert everything.requests_per_minute == before.gateway.requests_per_minute
    assert (search.models, search.requests_per_minute) == (("qwen2.5-7b",), 300)
    assert search.namespace is not None
    assert (search.namespace.cpu, search.namespace.memory_gib) == (8, 32.5)
    assert (
        "  tokenworks:tenants:\n"
        "    - name: everything\n"
        "    - name: search\n"
        "      models: [qwen2.5-7b]\n"
        "      requestsPerMinute: 300\n"
        "      namespace: {cpu: 8, memoryGib: 32.5}\n"
    ) in second.after.text
    assert len(added_lines(text, stack_text(stack, folder))) == 7
    assert "the first tenant" in tenant_text(first)
    assert "the first tenant" not in tenant_text(second)
    assert "opens    qwen2.5-7b, https://qwen2-5-7b." in tenant_text(second)
    assert "namespace tenant-search: 8 cores, 32.5 GiB" in tenant_text(second)


@settings(deadline=None, max_examples=40)
@given(
    stack=st.sampled_from(PLATFORMS),
    asked=st.builds(
        TenantRequest,
        name=st.sampled_from(["search", "a", "Not A Name", "x" * 41]),
        models=st.sampled_from([(), ("qwen2.5-7b",), ("nope",), ("qwen2.5-7b", "qwen2.5-7b")]),
        requests_per_minute=st.sampled_from([None, 0, 1, 300, 10**9]),
        cpu=st.sampled_from([None, 0.0, 0.5, 8.0]),
        memory_gib=st.sampled_from([None, 32.0, 1e6]),
        pods=st.sampled_from([None, 0, 40]),
    ),
)
def test_whatever_is_asked_one_entry_is_added_or_nothing(
    stack: str, asked: TenantRequest, shared: Path
) -> None:
    try:
        proposal = propose_tenant(stack, asked, shared)
    except SpecError:
        return

    before, after = load_stack_file(stack, shared), proposal.after.spec
    assert after.tenants[:-1] == before.tenants
    assert after.model_copy(update={"tenants": before.tenants}) == before
    new = after.tenants[-1]
    assert new.name == asked.name
    assert asked.models in ((), new.models)
    assert asked.requests_per_minute in (None, new.requests_per_minute)


def test_a_stack_that_extends_the_platform_names_it(folder: Path) -> None:
    (mistake,) = refused("aws-prod-models", EVERYTHING, folder)

    assert mistake.next_step == "`tokenworks tenant add aws-prod everything ...`"


def test_a_name_that_is_there_is_refused_with_its_line(folder: Path) -> None:
    written("aws-dev", EVERYTHING, folder)

    (mistake,) = refused("aws-dev", EVERYTHING, folder)

    assert mistake.problem == "is a tenant of aws-dev already"
    line = int(mistake.where.rpartition(":")[2])
    assert stack_text("aws-dev", folder).splitlines()[line - 1] == "    - name: everything"


def test_a_platform_without_a_gateway_has_no_tenants(folder: Path) -> None:
    file = folder / "Pulumi.aws-dev.yaml"
    text = file.read_text(encoding="utf-8")
    before, _, after = text.partition("  tokenworks:gateway:")
    _, _, rest = after.partition("\n  tokenworks:")
    file.write_text(before + (f"  tokenworks:{rest}" if rest else ""), encoding="utf-8")

    (mistake,) = refused("aws-dev", EVERYTHING, folder)

    assert mistake.setting == "tenants"
    assert mistake.next_step.startswith("write gateway: {domain: ...}")


@pytest.mark.parametrize("stack", ["aws-staging", "aws-prod"])
def test_models_that_would_be_left_to_nobody_and_unknown_ones_are_refused_in_every_stack(
    stack: str, folder: Path
) -> None:
    """Of production the models stand in another file, which must load with the tenant, too."""
    left = refused(stack, TenantRequest(name="search", models=("qwen2.5-7b",)), folder)
    assert {one.problem for one in left} == {
        "no tenant may use it: its servers would run for nobody"
    }

    (unknown,) = refused(stack, TenantRequest(name="search", models=("qwen2.5-7",)), folder)
    assert unknown.next_step == "did you mean qwen2.5-7b?"


FAKE_CLOUD = """\
#!/bin/sh
echo "$@" >> "$CALLS"
case "$*" in
  *get-secret-value*|*access*) test -z "$DENIED" && cat "$KEPT" ;;
  *put-secret-value*|*add*) cat > "$KEPT" ;;
esac
"""


@pytest.mark.parametrize("denied", ["", "yes"])
@pytest.mark.parametrize("cloud", list(CloudProvider))
def test_a_key_is_put_beside_those_that_are_there_and_is_in_no_argument(
    cloud: CloudProvider, denied: str, tmp_path: Path
) -> None:
    """Where they cannot be read, nothing is written: a new secret would lock all others out."""
    for program in ("aws", "gcloud", "kubectl"):
        (tmp_path / program).write_text(FAKE_CLOUD, encoding="utf-8")
        (tmp_path / program).chmod(0o755)
    calls, secret = tmp_path / "calls", tmp_path / "kept"
    kept = '{"other": "a-key-of-somebody"}'
    secret.write_text(kept, encoding="utf-8")
    read, put = (one(cloud, "p", API_KEYS) for one in (read_command, put_command))

    subprocess.run(
        ["/bin/sh", "-c", "\n".join(key_text("search", read, put).splitlines()[3:])],
        env={
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "CALLS": str(calls),
            "KEPT": str(secret),
            "DENIED": denied,
            "TMPDIR": str(tmp_path),
        },
        check=True,
        capture_output=True,
    )

    said = calls.read_text(encoding="utf-8")
    assert "force-sync" in said
    assert list(tmp_path.glob("tmp.*")) == []
    if denied:
        assert secret.read_text(encoding="utf-8") == kept
        return
    keys = json.loads(secret.read_text(encoding="utf-8"))
    assert keys["other"] == "a-key-of-somebody"
    assert len(keys["search"]) == 43
    assert not any(key in said for key in keys.values())


def test_the_command_writes_the_entry_and_says_who_puts_the_key(
    folder: Path, tmp_path: Path
) -> None:
    project = make_project(tmp_path / "it", {})
    (project / "stacks").rmdir()
    folder.rename(project / "stacks")
    before = stack_text("gcp-prod", project / "stacks")
    asked = ["tenant", "add", "gcp-prod", "search", "--requests-per-minute", "300"]

    dry = command.run(*asked, "--dry-run", project=project)
    assert dry.returncode == 0, dry.stderr
    assert stack_text("gcp-prod", project / "stacks") == before
    done = command.run(*asked, project=project)

    assert (done.returncode, done.stderr) == (0, "")
    after = stack_text("gcp-prod", project / "stacks")
    assert "  tokenworks:tenants:\n    - name: search\n      requestsPerMinute: 300\n" in after
    assert len(added_lines(before, after)) == 4
    assert "`pulumi up --stack gcp-prod`, then `pulumi up --stack gcp-prod-models`" in done.stdout
    assert "gcloud secrets versions add tokenworks-gcp-prod-api-keys --data-file=-" in done.stdout
    assert "by whoever may read and write the platform's secrets" in done.stdout
    again = command.run(*asked, project=project)
    assert again.returncode == 2
    assert "is a tenant of gcp-prod already" in again.stderr

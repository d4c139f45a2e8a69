"""checkov over what every stack declares: all its default checks, from the locked environment."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from infra.graph.render import render
from infra.rehearsal.charts.objects import part
from infra.wire import Properties
from tests.support.graphs import graph_of
from tests.support.manifests import maps
from tests.support.scan import Scan, mistakes, read_suppressions, scan
from tests.support.scan_report import render_all
from tests.support.stacks import STACKS

pytestmark = pytest.mark.real

WORSE = "worse"
"""A copy of a stack: one server asks for more than it may, one tells checkov to look away."""
GREEDY = "qwen2-5-7b-on-demand"
SKIPPING = "llama-3-1-8b-fp8-on-demand"


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scan]:
    """Every stack, and a copy of one that is wrong."""
    folder = tmp_path_factory.mktemp("rendered")
    folders = render_all(folder)
    folders[WORSE] = folder / WORSE
    render(graph_of("aws-staging"), folders[WORSE])
    _change(folders[WORSE], GREEDY, _worsen)
    _change(folders[WORSE], SKIPPING, _look_away)
    return {one.stack: one for one in scan(folders)}


def _change(folder: Path, server: str, change: Callable[[Properties], None]) -> None:
    file = folder / "models" / f"deployment-{server}.yaml"
    body = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(body)
    file.write_text(yaml.safe_dump(body), encoding="utf-8")


def _worsen(body: Properties) -> None:
    container = maps(part(body, "spec", "template", "spec")["containers"])[0]
    part(container, "securityContext").update(readOnlyRootFilesystem=False, privileged=True)


def _look_away(body: Properties) -> None:
    why: Properties = {"checkov.io/skip1": "CKV_K8S_11=because"}
    part(part(body, "spec"), "template", "metadata")["annotations"] = why
    part(body, "metadata")["annotations"] = why


def test_nothing_fails_but_what_is_suppressed_and_no_suppression_is_stale(
    scans: dict[str, Scan],
) -> None:
    wrong = mistakes([scans[stack] for stack in STACKS], read_suppressions())

    assert wrong == [], "\n".join(["", *wrong])


def test_a_server_that_asks_for_more_is_found_with_the_check_and_its_name(
    scans: dict[str, Scan],
) -> None:
    wrong = mistakes([scans[WORSE]], read_suppressions())

    for check in ("CKV_K8S_16", "CKV_K8S_22"):  # privileged; a root file system to write to
        assert any(
            line.startswith(f"{WORSE}: {check} on Deployment.models.{GREEDY}:") for line in wrong
        )


def test_an_annotation_that_skips_a_check_is_no_way_around_the_file(scans: dict[str, Scan]) -> None:
    wrong = mistakes([scans[WORSE]], read_suppressions())
    server = f"Deployment.models.{SKIPPING}"

    assert f"{WORSE}: not judged: {server}: an annotation skips CKV_K8S_11" in wrong

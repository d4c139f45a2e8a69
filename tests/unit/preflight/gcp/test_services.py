"""APIs of a project that must be enabled: asked at once, and named all at once."""

from infra.google_discovery import method, violations
from infra.preflight.gcp.services import DOMAIN, SERVICES, service_findings
from infra.wire import Properties, Value
from tests.unit.spec.stacks import a_gcp_stack, loaded

SPEC = loaded(a_gcp_stack(), "gcp-dev")


class Project:
    """A project with some APIs on."""

    project = "example-llm-dev"
    region = "us-central1"

    def __init__(self, *on: str) -> None:
        self.on = on
        self.asked = 0

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        assert violations(method(method_id), parameters, body) == []
        self.asked += 1
        assert parameters["filter"] == "state:ENABLED"
        return {"services": [{"config": {"name": name + DOMAIN}} for name in self.on]}


def test_a_project_with_all_apis_is_fit() -> None:
    project = Project(*SERVICES)

    assert service_findings(project, SPEC) == []
    assert project.asked == 1


def test_what_is_off_is_named_with_the_command_that_switches_it_on() -> None:
    (finding,) = service_findings(Project(*(SERVICES.keys() - {"container", "dns"})), SPEC)

    assert finding.blocks
    assert "container (the cluster), dns (names inside" in finding.mistake.problem
    assert finding.mistake.next_step.startswith(
        "`gcloud services enable container.googleapis.com dns.googleapis.com --project"
    )


def test_a_stack_on_the_ground_of_another_needs_none() -> None:
    models = loaded(
        {"tokenworks:extends": "gcp-dev", "tokenworks:layers": ["models"], **_models()},
        "gcp-models",
        gcp_dev={**a_gcp_stack(models=None), "tokenworks:layers": ["foundation", "platform"]},
    )

    assert service_findings(Project(), models) == []


def _models() -> dict[str, object]:
    return {"tokenworks:models": a_gcp_stack()["tokenworks:models"]}

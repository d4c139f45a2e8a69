"""One simulated project: what every call passes through, and how it outlives its process."""

from pathlib import Path

import pytest

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.cloud.journal import Journal, JournalError
from infra.rehearsal.gcp.api.errors import GoogleError, Reason
from infra.rehearsal.gcp.api.operations import Operations
from infra.rehearsal.gcp.api.project import Project, Request, project_number
from infra.rehearsal.gcp.api.services import ENABLED_AT_FIRST, Services
from infra.rehearsal.gcp.api.store import OutsideCallError
from infra.replies import text
from infra.wire import Properties

PROJECT, REGION = "tokenworks-dev", "us-central1"
NETWORK: Properties = {"name": "n", "autoCreateSubnetworks": False}


def make(journal: Journal | None = None, enabled: tuple[str, ...] = ("compute",)) -> Project:
    """Return a project that knows how to make a network, and no more."""
    project = Project(PROJECT, REGION, journal=journal)
    operations = Operations(project)
    Services(project, (*enabled, "serviceusage"))

    def insert(request: Request) -> Properties:
        name = project.path("global/networks", text(request.body, "name"))
        if name in project.store:
            raise request.refusal(Reason.ALREADY_EXISTS, f"The resource '{name}' already exists")
        project.store.put(name, {**request.body, "id": project.new_id()})
        return operations.compute("insert", name)

    def get(request: Request) -> Properties:
        name = project.path("global/networks", request["network"])
        found = project.store.get(name)
        if found is None:
            raise request.not_found(name)
        return found

    project.register("compute.networks.insert", insert)
    project.register("compute.networks.get", get)
    project.repeat()
    return project


def refusal(project: Project, method_id: str, body: Properties | None, **parameters: str) -> str:
    with pytest.raises(GoogleError) as caught:
        project.call(method_id, body, project=PROJECT, **parameters)
    return str(caught.value)


def test_a_refusal_reads_as_the_real_provider_prints_it() -> None:
    project = make()
    project.call("compute.networks.insert", NETWORK, project=PROJECT)

    assert refusal(project, "compute.networks.insert", NETWORK) == (
        "googleapi: Error 409: The resource 'projects/tokenworks-dev/global/networks/n' "
        "already exists, alreadyExists"
    )


def test_a_refusal_of_a_newer_api_has_no_reason_to_print() -> None:
    error = GoogleError("cloudkms.x.y", "ALREADY_EXISTS", "KeyRing k already exists.")

    assert str(error) == "googleapi: Error 409: KeyRing k already exists."
    assert not error.not_found


def test_a_name_of_a_wrong_form_is_refused_in_googles_words() -> None:
    body: Properties = {"name": "Big_Name"}

    assert refusal(make(), "compute.networks.insert", body) == (
        "googleapi: Error 400: Invalid value for field 'resource.name': 'Big_Name'. Must be a "
        "match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)', invalid"
    )


def test_a_parameter_of_a_wrong_form_is_refused_in_googles_words() -> None:
    assert refusal(make(), "compute.networks.get", None, network="Big_Name").startswith(
        "googleapi: Error 400: Invalid value 'Big_Name'. Values must match the following regular "
        "expression: '[a-z]("
    )


def test_a_field_that_google_does_not_have_is_refused() -> None:
    body: Properties = {"name": "n", "cidr": "10.0.0.0/8"}

    assert refusal(make(), "compute.networks.insert", body) == (
        "googleapi: Error 400: cidr: no such field, badRequest"
    )


def test_what_has_no_stand_in_is_not_simulated_and_never_faked() -> None:
    for method_id in ("compute.vpnTunnels.list", "compute.networks.explode"):
        with pytest.raises(NotSimulatedError, match=method_id):
            make().call(method_id, project=PROJECT, region=REGION)


def test_another_project_is_not_there() -> None:
    with pytest.raises(GoogleError, match="The resource 'projects/other' was not found, notFound"):
        make().call("compute.networks.get", project="other", network="n")


def test_an_api_that_is_not_enabled_is_refused_until_it_is() -> None:
    project, number = make(enabled=ENABLED_AT_FIRST), project_number(PROJECT)

    assert refusal(project, "compute.networks.insert", NETWORK) == (
        f"googleapi: Error 403: Compute Engine API has not been used in project {number} before or "
        "it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/"
        f"compute.googleapis.com/overview?project={number} then retry. If you enabled this API "
        "recently, wait a few minutes for the action to propagate to our systems and retry., "
        "accessNotConfigured"
    )

    name = f"projects/{number}/services/compute.googleapis.com"
    assert project.call("serviceusage.services.get", name=name)["state"] == "DISABLED"
    project.call("serviceusage.services.enable", {}, name=name)
    assert project.call("serviceusage.services.get", name=name)["state"] == "ENABLED"
    project.call("compute.networks.insert", NETWORK, project=PROJECT)


def test_an_operation_runs_and_is_done_when_asked_about() -> None:
    project = make()
    reply = project.call("compute.networks.insert", NETWORK, project=PROJECT)
    assert reply["status"] == "RUNNING"

    name = text(reply, "name")
    done = project.call("compute.globalOperations.wait", project=PROJECT, operation=name)
    assert done["status"] == "DONE"
    assert text(done, "targetLink").endswith("compute/v1/projects/tokenworks-dev/global/networks/n")


def test_nobody_can_change_the_project_past_its_api() -> None:
    project = make()
    reply = project.call("compute.networks.insert", NETWORK, project=PROJECT)
    reply["name"] = "another"
    found = project.call("compute.networks.get", project=PROJECT, network="n")
    found["name"] = "another"
    assert project.call("compute.networks.get", project=PROJECT, network="n")["name"] == "n"

    with pytest.raises(OutsideCallError):
        project.store.put("projects/p/global/networks/m", {})


def test_a_project_is_built_anew_from_its_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    first = make(Journal(path))
    operation = first.call("compute.networks.insert", NETWORK, project=PROJECT)
    refusal(first, "compute.networks.insert", NETWORK)
    network = first.call("compute.networks.get", project=PROJECT, network="n")

    second = make(Journal(path))

    assert second.call("compute.networks.get", project=PROJECT, network="n") == network
    name = text(operation, "name")
    done = second.call("compute.globalOperations.get", project=PROJECT, operation=name)
    assert done["id"] == operation["id"]


def test_a_journal_that_gives_something_else_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    make(Journal(path)).call("compute.networks.insert", NETWORK, project=PROJECT)
    path.write_text(path.read_text().replace('"name": "n"', '"name": "m"', 1))

    with pytest.raises(JournalError, match=r"compute\.networks\.insert, cannot be repeated"):
        make(Journal(path))

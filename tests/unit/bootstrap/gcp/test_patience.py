"""What was made a moment ago is asked for again while Google does not know it everywhere."""

from dataclasses import dataclass, field

import pytest

from infra.bootstrap.gcp.patience import PAUSE_S, TRIES, Patient
from infra.bootstrap.hand import Hand
from infra.cloud_error import CloudApiError
from infra.wire import Properties, Value
from tests.unit.bootstrap.gcp.scene import PROJECT, Line, Played, run

NOT_YET = {
    "API": (
        "accessNotConfigured",
        "Cloud Resource Manager API has not been used in project 1 before or it is disabled.",
    ),
    "account": ("badRequest", "Service account a@b.iam.gserviceaccount.com does not exist."),
    "role": ("badRequest", "Role (projects/p/roles/r) does not exist in the hierarchy."),
    "key": ("forbidden", "Permission denied on Cloud KMS key. Please ensure that ..."),
}


@dataclass
class Refusing:
    """Refuses some times, then answers."""

    times: int
    code: str
    message: str
    project: str = PROJECT
    region: str = "us-central1"
    asked: list[str] = field(default_factory=list)

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        """Refuse, or answer."""
        del body, parameters
        self.asked.append(method_id)
        if len(self.asked) <= self.times:
            raise CloudApiError(method_id, self.code, self.message)
        return {"done": True}


def _patient(api: Refusing, *, changed: bool = True, dry_run: bool = False) -> Patient:
    hand = Hand(lambda _line: None, dry_run=dry_run)
    hand.changes += ["create something"] * changed
    return Patient(api, hand, sleep=SLEPT.append)


SLEPT: list[float] = []


@pytest.fixture(autouse=True)
def _nobody_slept() -> None:
    SLEPT.clear()


@pytest.mark.parametrize(("code", "message"), NOT_YET.values(), ids=NOT_YET.keys())
def test_what_is_not_known_yet_is_asked_for_again(code: str, message: str) -> None:
    api = Refusing(3, code, message)

    assert _patient(api).call("iam.projects.roles.get") == {"done": True}

    assert len(api.asked) == 4
    assert SLEPT == [PAUSE_S] * 3


def test_after_two_minutes_whoever_runs_it_hears_googles_words() -> None:
    api = Refusing(1000, *NOT_YET["API"])

    with pytest.raises(CloudApiError, match="has not been used in project"):
        _patient(api).call("iam.projects.roles.get")

    assert len(api.asked) == TRIES
    assert sum(SLEPT) == 120


def test_a_run_waits_for_its_operations_and_for_nothing_else() -> None:
    played = Played()
    line = Line(played)

    run(line, sleep=SLEPT.append)

    operations = [one for one, _body, _given in line.calls if ".operations.get" in one]
    assert len(operations) == 2
    assert [PAUSE_S] * len(operations) == SLEPT


def test_a_look_that_finds_nothing_is_an_answer() -> None:
    api = Refusing(1, "notFound", NOT_YET["account"][1])

    with pytest.raises(CloudApiError, match="does not exist"):
        _patient(api).call("iam.projects.serviceAccounts.get")

    assert SLEPT == []


@pytest.mark.parametrize(
    ("changed", "dry_run", "code", "message"),
    [
        (False, False, *NOT_YET["API"]),
        (True, True, *NOT_YET["API"]),
        (True, False, "forbidden", "The caller does not have permission"),
        (True, False, "notFound", "Requested entity was not found."),
    ],
    ids=["nothing changed", "dry run", "denied", "not there"],
)
def test_any_other_refusal_is_told_at_once(
    *, changed: bool, dry_run: bool, code: str, message: str
) -> None:
    api = Refusing(1, code, message)

    with pytest.raises(CloudApiError, match=message[:20]):
        _patient(api, changed=changed, dry_run=dry_run).call("iam.projects.roles.get")

    assert SLEPT == []


def test_an_operation_that_fails_is_a_refusal() -> None:
    failed: Properties = {"name": "operations/1", "error": {"code": 9, "message": "not allowed"}}

    with pytest.raises(CloudApiError, match="code 9: not allowed"):
        _patient(Refusing(0, "", "")).finished(failed, "serviceusage.operations.get")


def test_an_operation_that_runs_is_waited_for() -> None:
    api = Refusing(0, "", "")

    _patient(api).finished({"name": "operations/1"}, "serviceusage.operations.get")

    assert (api.asked, SLEPT) == (["serviceusage.operations.get"], [PAUSE_S])


class Forgetful(Line):
    """Knows an account only when its policy is asked for the third time."""

    def __init__(self, played: Played) -> None:
        super().__init__(played)
        self.refused = 0

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        """Refuse twice."""
        if method_id == "iam.projects.serviceAccounts.setIamPolicy" and self.refused < 2:
            self.refused += 1
            raise CloudApiError(method_id, *NOT_YET["account"])
        return super().call(method_id, body, **parameters)


def test_a_run_goes_through_although_its_account_is_not_known_at_first() -> None:
    played, plain = Played(), Played()
    line = Forgetful(played)
    run(line)
    run(Line(plain))

    assert line.refused == 2
    assert played.everything().keys() == plain.everything().keys()

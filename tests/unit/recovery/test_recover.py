"""What is decided about a pending create, and what the state says afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from infra.cloud_error import CloudApiError
from infra.recovery.candidates import Account, Candidate, Condition, Finder
from infra.recovery.plan import Step, Verdict
from infra.recovery.recover import recover
from infra.replies import blocks, dig
from infra.wire import UNKNOWN, Properties, Value

PROVIDER = "urn:pulumi:dev::tokenworks::pulumi:providers:aws::aws"
KIND = "aws:ec2/vpc:Vpc"
URN = f"urn:pulumi:dev::tokenworks::{KIND}::network"


def _resource(
    kind: str = KIND, name: str = "network", inputs: Properties | None = None
) -> Properties:
    urn = f"urn:pulumi:dev::tokenworks::{kind}::{name}"
    return {
        "urn": urn,
        "type": kind,
        "custom": True,
        "provider": f"{PROVIDER}::id",
        "inputs": inputs or {},
    }


@dataclass
class State:
    """The state of one stack, in memory."""

    pending: list[Properties] = field(default_factory=list)
    resources: list[Properties] = field(default_factory=list)
    previewed: list[Properties] = field(default_factory=list)
    written: Mapping[str, Value] | None = None
    refreshed: Sequence[str] = ()

    def export(self, stack: str) -> Mapping[str, Value]:
        assert stack == "dev"
        provider: Properties = {"urn": PROVIDER, "type": "pulumi:providers:aws", "id": "id"}
        operations: list[Value] = [{"type": "creating", "resource": one} for one in self.pending]
        operations.append({"type": "updating", "resource": _resource(name="changing")})
        deployment: Properties = {
            "resources": [provider, *self.resources],
            "pending_operations": operations,
        }
        return {"version": 3, "deployment": deployment}

    def declared(self, stack: str) -> Sequence[Properties]:
        assert stack == "dev"
        return self.previewed

    def replace_state(self, stack: str, state: Mapping[str, Value]) -> None:
        assert stack == "dev"
        self.written = state

    def refresh_only(self, stack: str, urns: Sequence[str]) -> None:
        assert stack == "dev"
        self.refreshed = urns

    @property
    def last(self) -> Properties:
        """The last resource that was written."""
        assert self.written is not None
        return blocks(dict(self.written), "deployment.resources")[-1]


class Cloud:
    """What the search finds, and what it was asked."""

    def __init__(self) -> None:
        self.found: list[Candidate] = []
        self.refusal: CloudApiError | None = None
        self.asked: list[Properties] = []

    def recover(
        self, state: State, *, write: bool = True
    ) -> tuple[Sequence[Verdict], list[str], int]:
        """Return the verdicts, the lines that a person reads, and the exit code."""
        lines: list[str] = []
        account = Account(self, {KIND: Finder("its tags", Cloud._search)})
        recovery = recover("dev", state, account, write=write, say=lines.append)
        return recovery.verdicts, lines, recovery.exit_code

    def _search(self, inputs: Properties) -> list[Candidate]:
        self.asked.append(inputs)
        if self.refusal is not None:
            raise self.refusal
        return self.found


@pytest.fixture
def account() -> Cloud:
    """An account in which nothing is found."""
    return Cloud()


def test_nothing_pending_asks_nothing_and_changes_nothing(account: Cloud) -> None:
    state = State()

    assert account.recover(state) == ([], [], 0)
    assert state.written is None
    assert account.asked == []


def test_one_thing_is_adopted_with_its_id_and_read(account: Cloud) -> None:
    state = State([_resource(inputs={"cidrBlock": "10.0.0.0/16"})])
    account.found = [Candidate("vpc-1", facts={"arn": "arn:vpc-1"})]

    _verdicts, lines, code = account.recover(state)

    assert lines == [f"{KIND} network: vpc-1 found by its tags; adopted"]
    assert code == 0
    assert state.last["id"] == "vpc-1"
    assert state.last["outputs"] == {"cidrBlock": "10.0.0.0/16", "arn": "arn:vpc-1"}
    assert state.refreshed == [URN]
    assert [
        one["type"] for one in blocks(dict(state.written or {}), "deployment.pending_operations")
    ] == ["updating"]


def test_without_yes_nothing_is_written_and_the_exit_code_says_so(account: Cloud) -> None:
    state = State([_resource()])
    account.found = [Candidate("vpc-1")]

    _verdicts, lines, code = account.recover(state, write=False)

    assert (len(lines), code, state.written) == (1, 1, None)


def test_what_is_not_in_the_account_is_cleared(account: Cloud) -> None:
    state = State([_resource()])
    account.refusal = CloudApiError("DescribeVpcs", "InvalidVpcID.NotFound", "gone")

    (verdict,), lines, code = account.recover(state)

    assert verdict.step is Step.CLEAR
    assert lines[0].endswith("not in the account; the next `up` creates it")
    assert code == 0
    assert state.last["urn"] == PROVIDER
    assert state.refreshed == ()


def test_an_account_that_refuses_is_not_an_account_without_the_thing(account: Cloud) -> None:
    state = State([_resource()])
    account.refusal = CloudApiError("DescribeVpcs", "UnauthorizedOperation", "no")

    with pytest.raises(CloudApiError):
        account.recover(state)
    assert state.written is None


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([Candidate("vpc-1"), Candidate("vpc-2")], "2 found by its tags: vpc-1, vpc-2"),
        ([Candidate("vpc-1", ours=False)], "it is not ours"),
        ([Candidate("vpc-1", Condition.COMING)], "still being made"),
    ],
)
def test_what_cannot_be_decided_stops_all_of_it(
    account: Cloud, found: list[Candidate], words: str
) -> None:
    state = State(
        [_resource(), _resource("kubernetes:core/v1:Namespace", "a", {"metadata": {"name": "a"}})]
    )
    account.found = found

    _verdicts, lines, code = account.recover(state)

    assert words in lines[0]
    assert len(lines) == 2
    assert (code, state.written) == (2, None)


def test_a_type_that_nobody_can_search_stops_all_of_it(account: Cloud) -> None:
    state = State([_resource("aws:sqs/queue:Queue")])

    (verdict,), _lines, code = account.recover(state)

    assert (verdict.step, code, state.written) == (Step.STOP, 2, None)


def test_a_component_is_in_no_account_and_its_pending_create_is_cleared(
    account: Cloud,
) -> None:
    state = State([{**_resource("tokenworks:aws:Endpoints"), "custom": False}])

    (verdict,), _lines, code = account.recover(state)

    assert (verdict.step, code) == (Step.CLEAR, 0)
    assert state.last["urn"] == PROVIDER


def test_what_failed_to_come_up_is_replaced_by_the_next_update(account: Cloud) -> None:
    state = State([_resource()])
    account.found = [Candidate("vpc-1", Condition.FAILED)]

    account.recover(state)

    assert state.last["taint"] is True
    assert state.refreshed == ()


def test_a_second_one_of_what_the_state_has_is_deleted_by_the_next_update(
    account: Cloud,
) -> None:
    state = State([_resource()], [{**_resource(), "id": "vpc-0"}])
    account.found = [Candidate("vpc-0"), Candidate("vpc-1")]

    (verdict,), _lines, _code = account.recover(state)

    assert verdict.step is Step.DELETE
    assert (state.last["id"], state.last["delete"]) == ("vpc-1", True)


def test_what_the_state_forgot_is_found_from_what_the_program_declares(account: Cloud) -> None:
    inputs: Properties = {"name": "net-0123abc", "cidrBlock": "10.0.0.0/16"}
    state = State(previewed=[_resource(name="net", inputs=inputs)])
    account.found = [Candidate("vpc-1", as_made={"name": "net-fedcba9"})]

    account.recover(state)

    assert account.asked == [{"name": "net-???????", "cidrBlock": "10.0.0.0/16"}]
    assert dig(state.last, "inputs.name") == "net-fedcba9"
    assert state.last["id"] == "vpc-1"


def test_what_was_only_declared_and_never_begun_is_not_mentioned(account: Cloud) -> None:
    state = State(previewed=[_resource(), _resource(name="later", inputs={"vpcId": UNKNOWN})])

    assert account.recover(state) == ([], [], 0)
    assert len(account.asked) == 1  # what waits for another thing was not begun


def test_what_is_anothers_under_a_name_that_we_declare_is_left_to_the_update(
    account: Cloud,
) -> None:
    account.found = [Candidate("vpc-1", ours=False)]

    assert account.recover(State(previewed=[_resource()])) == ([], [], 0)


@pytest.mark.parametrize(
    ("kind", "inputs", "physical_id"),
    [
        ("kubernetes:core/v1:Namespace", {"metadata": {"name": "models"}}, "models"),
        (
            "kubernetes:core/v1:ConfigMap",
            {"metadata": {"name": "a", "namespace": "models"}},
            "models/a",
        ),
        ("kubernetes:helm.sh/v3:Release", {"name": "gpu", "namespace": "ops"}, "ops/gpu"),
    ],
)
def test_an_object_is_adopted_by_its_name_and_the_refresh_asks_the_cluster(
    account: Cloud, kind: str, inputs: Properties, physical_id: str
) -> None:
    state = State([_resource(kind, inputs=inputs)])

    account.recover(state)

    assert state.last["id"] == physical_id
    assert state.refreshed == [state.last["urn"]]

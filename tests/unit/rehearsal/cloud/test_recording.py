"""Which calls are written, what they relied on, and that a repetition is compared."""

import json
import random
from pathlib import Path

import pytest

import infra.rehearsal
from infra.rehearsal.cloud.chance import Chance
from infra.rehearsal.cloud.errors import CloudError
from infra.rehearsal.cloud.journal import Call, Journal, JournalError
from infra.rehearsal.cloud.recording import Recorder
from infra.rehearsal.kubernetes.client import ApiError
from infra.wire import Properties

CHANCE = Chance(random.Random(0))  # noqa: S311 - ids of a simulation
FOLDERS = ("cloud", "aws")


class _RefusedError(CloudError):
    @property
    def not_found(self) -> bool:
        return False


def _call(operation: str) -> Call:
    return Call("us-east-1", "ec2", operation, {})


def _recorder(path: Path) -> Recorder:
    return Recorder(
        Journal(path), CHANCE, lambda call: call.operation.startswith(("describe_", "get_"))
    )


def _live(path: Path) -> Recorder:
    recorder = _recorder(path)
    recorder.go_live()
    return recorder


def _drawn() -> Properties:
    return {"id": CHANCE.new_uuid()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal that is not there yet."""
    return tmp_path / "journal"


def test_a_change_is_written_and_a_read_is_not(path: Path) -> None:
    recorder = _live(path)

    recorder.run(_call("describe_vpcs"), _drawn)
    recorder.run(_call("create_vpc"), _drawn)

    assert [entry.call.operation for entry in Journal(path).entries] == ["create_vpc"]


def test_a_read_that_changed_something_inside_is_written(path: Path) -> None:
    recorder = _live(path)

    recorder.run(
        _call("describe_nodegroup"), lambda: recorder.run(_call("delete_nodegroup"), _drawn)
    )

    assert [entry.call.operation for entry in Journal(path).entries] == ["describe_nodegroup"]


def test_gap_code_can_say_that_a_read_changed_something(path: Path) -> None:
    recorder = _live(path)

    def move_on() -> Properties:
        recorder.note_change()
        return {}

    recorder.run(_call("describe_addon"), move_on)

    assert [entry.call.operation for entry in Journal(path).entries] == ["describe_addon"]


def test_a_refused_change_is_written_with_its_code(path: Path) -> None:
    recorder = _live(path)

    def refuse() -> Properties:
        message = "it exists"
        raise _RefusedError(message, "CreateRole", "EntityAlreadyExists")

    with pytest.raises(_RefusedError):
        recorder.run(_call("create_role"), refuse)

    assert [entry.refusal for entry in Journal(path).entries] == ["EntityAlreadyExists"]


def test_the_file_has_the_call_before_anyone_hears_of_it(path: Path) -> None:
    recorder = _live(path)
    seen: list[int] = []
    recorder.after_effect = lambda _call: seen.append(len(Journal(path).entries))

    recorder.run(_call("create_vpc"), _drawn)

    assert seen == [1]


def test_a_repetition_draws_the_same_ids_whatever_was_read_meanwhile(path: Path) -> None:
    recorder = _live(path)
    replies = []
    for number in range(3):
        for _ in range(number):
            recorder.run(_call("describe_vpcs"), _drawn)
        replies.append(recorder.run(_call("create_vpc"), _drawn))
    assert len({reply["id"] for reply in replies}) == 3

    again = _recorder(path)

    for entry in Journal(path).entries:
        again.repeat(entry, _drawn)


def test_a_read_inside_a_change_shifts_nothing(path: Path) -> None:
    recorder = _live(path)

    def with_read() -> Properties:
        recorder.run(_call("get_caller_identity"), _drawn)
        return _drawn()

    recorder.run(_call("create_cluster"), with_read)

    _recorder(path).repeat(Journal(path).entries[0], _drawn)


def test_a_repetition_that_differs_is_an_error_that_names_the_call(path: Path) -> None:
    _live(path).run(_call("create_vpc"), lambda: {"VpcId": "vpc-1"})

    with pytest.raises(JournalError, match=r"call 1, ec2\.create_vpc in us-east-1, cannot be rep"):
        _recorder(path).repeat(Journal(path).entries[0], lambda: {"VpcId": "vpc-2"})


def test_a_call_that_was_refused_must_be_refused_again(path: Path) -> None:
    _live(path).run(_call("create_vpc"), lambda: {"VpcId": "vpc-1"})

    def refuse() -> Properties:
        message = "too many"
        raise _RefusedError(message, "CreateVpc", "VpcLimitExceeded")

    with pytest.raises(JournalError, match="and now VpcLimitExceeded"):
        _recorder(path).repeat(Journal(path).entries[0], refuse)


def test_times_may_differ(path: Path) -> None:
    _live(path).run(_call("create_cluster"), lambda: {"createdAt": "2026-11-25T10:00:00Z"})

    _recorder(path).repeat(Journal(path).entries[0], lambda: {"createdAt": "2026-11-25T11:00:00Z"})


def test_a_repetition_does_not_ask_the_api_server_but_hears_what_it_said(path: Path) -> None:
    recorder = _live(path)
    recorder.run(
        _call("create_cluster"), lambda: {"nodes": len(str(recorder.witness(lambda: ["a node"])))}
    )

    again = _recorder(path)

    def ask() -> object:
        pytest.fail("asked")

    again.repeat(Journal(path).entries[0], lambda: {"nodes": len(str(again.witness(ask)))})


def test_a_refusal_of_the_api_server_is_repeated_as_well(path: Path) -> None:
    recorder = _live(path)

    def refuse() -> object:
        raise ApiError(409, "conflict")

    with pytest.raises(ApiError):
        recorder.run(_call("create_cluster"), lambda: {"x": str(recorder.witness(refuse))})

    again = _recorder(path)
    again.repeat(Journal(path).entries[0], lambda: {"x": str(again.witness(lambda: "fine"))})


def test_a_torn_last_line_is_a_call_that_nobody_heard_of(path: Path) -> None:
    Journal(path).close()
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"call": {"region"')

    assert Journal(path).entries == ()
    assert path.read_bytes() == whole


def test_a_file_of_something_else_is_refused(path: Path) -> None:
    path.write_text("hello\n", encoding="utf-8")
    with pytest.raises(JournalError, match="is no journal of a simulated cloud"):
        Journal(path)

    path.write_text(json.dumps({"format": 99, "seed": ""}) + "\n", encoding="utf-8")
    with pytest.raises(JournalError, match="journal of format 99"):
        Journal(path)


def test_only_its_owner_can_read_a_journal(path: Path) -> None:
    Journal(path).close()

    assert path.stat().st_mode & 0o077 == 0


def test_all_chance_in_the_account_comes_from_one_module() -> None:
    others = ("import uuid", "import random", "import secrets", "mock_random")
    allowed = {
        "chance.py",
        "journal.py",  # the seed itself
        "naming.py",  # names are in the calls, which the journal has
    }
    here = Path(str(infra.rehearsal.__file__)).parent
    for path in (path for folder in FOLDERS for path in (here / folder).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        assert path.name in allowed or not any(word in source for word in others), path

"""Fields that a program leaves to others, in what is applied."""

import pytest

from infra.rehearsal.kubernetes.ignored import leave_ignored
from infra.wire import Properties, Value

OURS, THEIRS = "pulumi-kubernetes-1", "kubectl"
DECLARED: Properties = {"spec": {"replicas": 2, "paused": False}}


def _live(replicas: int | None, *managers: str) -> Properties:
    entries: list[Value] = [
        {"manager": manager, "fieldsV1": {"f:spec": {"f:replicas": {}}}} for manager in managers
    ]
    spec: Properties = {"paused": True} | ({} if replicas is None else {"replicas": replicas})
    return {"metadata": {"managedFields": entries}, "spec": spec}


@pytest.mark.parametrize(
    ("live", "applied"),
    [
        (_live(0, THEIRS), {"paused": False}),
        (_live(0, OURS, THEIRS), {"replicas": 0, "paused": False}),
        (_live(3, OURS), {"replicas": 3, "paused": False}),
        (_live(3), {"replicas": 3, "paused": False}),
        (_live(None), {"replicas": 2, "paused": False}),
    ],
    ids=["theirs alone", "shared", "ours", "nobody's", "not there"],
)
def test_what_others_manage_alone_is_left_out_and_what_is_ours_stays_as_it_is(
    live: Properties, applied: Properties
) -> None:
    assert leave_ignored(DECLARED, live, OURS, ["spec.replicas"]) == {"spec": applied}
    assert DECLARED == {"spec": {"replicas": 2, "paused": False}}, "the declaration is untouched"


def test_a_path_that_is_declared_nowhere_keeps_what_is_there() -> None:
    live: Properties = {"data": {"by": {"hand": "x"}}}

    assert leave_ignored({}, live, OURS, ["data.by.hand"]) == live


def test_without_ignored_paths_everything_is_as_declared() -> None:
    assert leave_ignored(DECLARED, _live(0, THEIRS), OURS, ()) == DECLARED

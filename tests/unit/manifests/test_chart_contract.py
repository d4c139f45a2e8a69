"""A value that a chart does not have is seen: what `test_charts.py` rests on."""

import pytest

from infra.wire import Properties
from tests.support.contracts import ChartContract


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"gfd": {"enable": True}}, "gfd > enable"),
        ({"tolerance": []}, "tolerance"),
        ({"image": "x"}, "image"),
        ({"nodeSelector.a": "b"}, "nodeSelector.a"),
        ({"image": {"tag": {"a": "b"}}}, "image > tag > a"),
    ],
)
def test_a_value_that_helm_would_drop_is_seen(values: Properties, problem: str) -> None:
    known = ChartContract("a", "1", {"gfd.enabled": True, "image.tag": "", "nodeSelector": {}})

    assert list(known.unknown(values, {"nodeSelector"})) == [f"a: no such value, got {problem}"]


def test_a_value_that_the_chart_has_is_none() -> None:
    known = ChartContract("a", "1", {"gfd.enabled": True, "nodeSelector": {}})
    values: Properties = {"gfd": {"enabled": False}, "nodeSelector": {"a.b/c": "d"}}

    assert list(known.unknown(values, {"nodeSelector"})) == []
    assert list(known.unknown(values, set())) == ["a: no such value, got nodeSelector > a.b/c"]

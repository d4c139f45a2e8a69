"""The cache of a stack on the other cloud."""

from pathlib import Path

from infra.spec.cloud import CloudProvider
from tests.unit.spec.stacks import a_stack
from tests.unit.translate.test_translate import loaded, moved, reasons


def test_the_cache_keeps_its_sizes_and_its_nodes_follow_from_them(tmp_path: Path) -> None:
    cache = {
        "place": "managed",
        "counters": {"memoryGib": 3.0, "nodeType": "cache.m7g.large", "replicas": 2},
        "backupDays": 5,
    }
    one = moved(tmp_path, a_stack(cache=cache), CloudProvider.GCP)

    assert one.config["tokenworks:cache"] == {
        "place": "managed",
        "counters": {"memoryGib": 3.0, "replicas": 2},
        "backupDays": 5,
    }
    assert reasons(one)["cache.counters.nodeType"] == ("", "follows from memoryGib there")
    (spec,) = loaded(tmp_path, [one])
    assert spec.cache.counters.node_type == "STANDARD_SMALL"

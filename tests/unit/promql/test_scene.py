"""What the scene of the dashboards' pictures says is what exporters can say: the pinned lists."""

import re

from infra.catalog.metric_lists import metric_lists
from tests.support import expressions
from tests.support.observability.scene import scene
from tests.support.promql.checking import check
from tests.support.promql.names import Names

SERIES = re.compile(r"^([^{]+)\{(.*)\}$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def test_every_series_of_the_scene_is_one_that_its_exporter_gives() -> None:
    names = Names(metric_lists())
    recorded = check([*expressions.of_environment("aws-prod")]).recorded
    wrong = set()
    for written in scene().series:
        found = SERIES.match(str(written))
        assert found, str(written)
        name, labels = found[1], dict(LABEL.findall(found[2]))
        if name in recorded:
            continue
        job = labels.get("job")
        known = names.find(name, frozenset({job}) if job else None)
        unknown = set(labels) - (known.labels if known else set())
        if unknown:
            wrong.add(
                f"{name} of {job}: {', '.join(sorted(unknown)) if known else 'no such metric'}"
            )
    assert sorted(wrong) == []

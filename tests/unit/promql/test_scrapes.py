"""What the heads of the pinned lists say of a scrape is what the monitors of every stack do."""

import re

import pytest

from components.observability.metrics_values import Surroundings, metrics_values
from components.observability.pages import Page, pages
from infra.catalog.metric_lists import MetricList, metric_lists
from infra.spec.files import load_stack_file
from tests.support import expressions
from tests.support.promql.checking import check
from tests.support.promql.names import EVERY_JOB
from tests.support.stacks import STACKS

OF_PODS = frozenset({"namespace", "pod", "container", "node"})
"""What the operator and `Page.pod_monitor` add to the series of a pod."""
OF_THE_CHART = {"kube-state-metrics", "node-exporter", "kubelet", "apiserver"}
"""Jobs of monitors of the chart kube-prometheus-stack."""
PROBE = "probe"
"""Job of the Probe that comes with each model."""
LISTS = metric_lists()
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
KINDS = {"nodes": "node", "pods": "pod", "deployments": "deployment"}


def every_page() -> dict[str, Page]:
    """Return the pages that are scraped in any stack, by job."""
    return {one.job: one for stack in STACKS for one in pages(load_stack_file(stack))}


def shown_as(label: str) -> str:
    """Return what kube-state-metrics calls a label of an object (2.20.0, read live)."""
    return "label_" + re.sub(r"\W", "_", CAMEL.sub("_", label).lower())


@pytest.mark.parametrize("job", sorted(every_page()))
def test_the_series_of_every_page_are_in_a_list(job: str) -> None:
    assert any(job in one.jobs for one in LISTS)


@pytest.mark.parametrize("one", LISTS, ids=lambda one: one.file)
def test_a_list_says_what_its_scrape_adds_and_whose_labels_win(one: MetricList) -> None:
    for page in (page for job, page in every_page().items() if job in one.jobs):
        assert one.scrape_labels == OF_PODS | set(page.from_pod)
        assert one.honors_labels == page.keeps_labels


@pytest.mark.parametrize("platform", expressions.environments())
def test_what_rules_and_panels_name_is_scraped_in_their_stack(platform: str) -> None:
    scraped = {one.job for one in pages(load_stack_file(platform))} | OF_THE_CHART | {PROBE}
    jobs_of: dict[str, set[str]] = {}
    for one in LISTS:
        for series in one.series():
            jobs_of.setdefault(series.name, set()).update(one.jobs)
    used = check([*expressions.of_environment(platform)]).used
    dead = {
        f"{name}: {', '.join(sorted(set(places)))}"
        for name, places in used.items()
        if name in jobs_of and not jobs_of[name] & {*scraped, EVERY_JOB}
    }
    assert sorted(dead) == []


def test_labels_of_objects_are_those_that_kube_state_metrics_may_show() -> None:
    states = next(one for one in LISTS if one.exporter == "kube-state-metrics")
    pinned = {
        metric.name: {label for label in metric.labels if label.startswith("label_")}
        for metric in states.metrics
    }
    spec = load_stack_file("aws-prod")
    values = metrics_values(
        spec.observability, Surroundings(spec.platform_name, spec.environment, "disk")
    )
    allowed = re.findall(r"(\w+)=\[(.*?)\]", str(values["kube-state-metrics"]))
    assert {name: labels for name, labels in pinned.items() if labels} == {
        f"kube_{KINDS[kind]}_labels": {shown_as(label) for label in labels.split(",")}
        for kind, labels in allowed
    }

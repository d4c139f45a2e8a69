"""What the heads of the pinned lists say of a scrape is what the monitors of every stack do."""

import json
import re

import pytest

from components.observability.metrics_values import Surroundings, metrics_values
from components.observability.pages import Page, pages
from components.observability.probe import JOB, ways
from infra.catalog.metric_lists import TARGET_LABELS, MetricList, metric_lists
from infra.spec.files import load_stack_file
from infra.wire import Properties
from tests.support import expressions
from tests.support.manifests import maps
from tests.support.promql.checking import check
from tests.support.promql.names import EVERY_JOB
from tests.support.stacks import STACKS

OF_PODS = frozenset({"namespace", "pod", "container", "node"})
"""What the operator and `Page.pod_monitor` add to the series of a pod."""
OF_THE_CHART = {"kube-state-metrics", "node-exporter", "kubelet", "apiserver"}
"""Jobs of monitors of the chart kube-prometheus-stack."""
LISTS = metric_lists()
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
KINDS = {"nodes": "node", "pods": "pod", "deployments": "deployment"}


def as_sent(spec: object) -> Properties:
    return json.loads(json.dumps(spec))


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


def test_what_the_probe_says_is_known_by_model_and_way_and_by_no_server() -> None:
    (one,) = [found for found in LISTS if JOB in found.jobs]
    for way in ways(load_stack_file("aws-prod").gateway):
        (endpoint,) = maps(as_sent(way.service_monitor())["endpoints"])
        *others, last = maps(endpoint["relabelings"])
        written = {str(rule.get("targetLabel", "__")) for rule in others}

        assert {name for name in written if not name.startswith("__")} == {
            *one.scrape_labels,
            *TARGET_LABELS,
        }
        assert last["action"] == "labeldrop"
        assert set(str(last["regex"]).split("|")) >= OF_PODS


@pytest.mark.parametrize("platform", expressions.environments())
def test_what_rules_and_panels_name_is_scraped_in_their_stack(platform: str) -> None:
    scraped = {one.job for one in pages(load_stack_file(platform))} | OF_THE_CHART | {JOB}
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

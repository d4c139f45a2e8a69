"""Every Helm release that our stacks declare, against the values that its chart has."""

from dataclasses import replace
from pathlib import Path

import pytest

from infra.catalog import releases as lock
from infra.rehearsal.charts.objects import part
from infra.wire import Properties
from tests.support.contracts import CHARTS, ChartContract, chart_contract, needs
from tests.support.graphs import EVERYTHING, GCP_EVERYTHING, GCP_IN_CLOUD, IN_CLOUD, graph_of
from tests.support.manifests import releases_in
from tests.support.stacks import STACKS as OURS

STACKS = (*OURS, EVERYTHING, GCP_EVERYTHING, IN_CLOUD, GCP_IN_CLOUD)
WITHOUT_CONTRACT = {
    "alloy": "its placeholder has the values of chart 1.11.1 that we use, and refuses others",
    "ai-gateway-crds-helm": "it has no values, and its placeholder refuses all",
    "aws-load-balancer-controller": "its placeholder has values of 3.5.0, and refuses all others",
    "cluster-autoscaler": "its placeholder has the values of chart 9.59.0, and refuses all others",
    "external-dns": "its placeholder has the values of chart 1.21.1, and refuses all others",
    "external-secrets": "its placeholder has the values of chart 2.9.0, and refuses others",
    "opencost": "its placeholder has the values of chart 2.5.17 that we use, and refuses others",
    "prometheus-operator-crds": "its placeholder has the kinds that we use, and refuses others",
    "gateway-crds-helm": "its placeholder has the three values of v1.9.1, and refuses all others",
}
"""Charts that no contract describes, and what looks after their values instead. The same stands in
`docs/contracts.md`."""

OTHER_VERSIONS = {
    "ai-gateway-helm": (
        "v0.0.0-latest",
        "the version in its source, of 1.1.0; the notes of 1.2.1 name no value that we set",
    ),
    "cert-manager": (
        "v0.0.0",
        "the version in its source; what we set is in values.yaml of v1.21.2, too",
    ),
    "gateway-helm": (
        "v0.0.0-latest",
        "the version in its source; what we set is in values.tmpl.yaml of v1.9.1, too",
    ),
    "kube-prometheus-stack": (
        "88.5.3",
        "91.2.1 was not to be had: its operator is newer, and what else moved was not seen",
    ),
    "milvus": (
        "5.0.19",
        "later ones were not to be had: 5.0.27 takes Milvus 3.0.1, 5.0.28 other images of MinIO",
    ),
    "dcgm-exporter": (
        "4.8.2",
        "what we set is in values.yaml of 4.8.3 too (NVIDIA/dcgm-exporter@7ad5832, read 2026-11)",
    ),
}
"""Charts whose contract is of another version than the lock file's: that version, and why it will
do."""

OPEN_MAPS = {
    "ai-gateway-helm": {
        "controller.resources": "deployment.yaml: toYaml, 2026-08-21",
    },
    "cert-manager": {
        f"{program}resources": "its *deployment.yaml or *job.yaml: toYaml, v1.21.2"
        for program in ("", "webhook.", "cainjector.", "startupapicheck.")
    },
    "nvidia-device-plugin": {
        "nodeSelector": "daemonset-device-plugin.yml: toYaml, 2026-08-19",
        "resources": "daemonset-device-plugin.yml: toYaml, 2026-08-19",
    },
    "milvus": {
        "containerSecurityContext": "every *-deployment.yaml: toYaml, 2026-04-16",
        "securityContext": "every *-deployment.yaml: toYaml, 2026-04-16",
        **{
            f"{program}.resources": "its *-deployment.yaml: toYaml, 2026-04-16"
            for program in (
                *("standalone", "proxy", "mixCoordinator", "queryNode", "dataNode"),
                "streamingNode",
            )
        },
    },
    "kube-prometheus-stack": {
        **{
            f"prometheus.prometheusSpec.{name}": "prometheus.yaml: toYaml, 2026-08-22"
            for name in (
                *("externalLabels", "resources", "storageSpec", "serviceMonitorNamespaceSelector"),
                *("podMonitorNamespaceSelector", "ruleNamespaceSelector"),
                *("probeNamespaceSelector", "scrapeConfigNamespaceSelector", "podMetadata"),
            )
        },
        "alertmanager.alertmanagerSpec.resources": "alertmanager.yaml: toYaml, 2026-08-22",
        "alertmanager.alertmanagerSpec.storage": "alertmanager.yaml: toYaml, 2026-08-22",
        "prometheusOperator.resources": "deployment.yaml of the operator: toYaml, 2026-08-22",
        "prometheusOperator.prometheusConfigReloader.resources": (
            "deployment.yaml of the operator: its requests and limits become arguments, 2026-08-22"
        ),
    },
    "tempo": {
        "tempo.ingester": "values.yaml, `config`: Tempo's own settings, 2026-08-20",
        "tempo.resources": "statefulset.yaml: toYaml, 2026-08-20",
        "tempo.securityContext": "statefulset.yaml: toYaml, 2026-08-20",
    },
    "loki": {
        "loki.compactor": "values.yaml: Loki's own section, tpl toYaml, 2026-08-20",
        "loki.analytics": "values.yaml: Loki's own section, tpl toYaml, 2026-08-20",
        "loki.schemaConfig": "values.yaml: Loki's own section, toYaml, 2026-08-20",
        "singleBinary.resources": "_pod.tpl: toYaml, 2026-08-20",
    },
    "gateway-helm": {
        "certgen.job.resources": "certgen.yaml: toYaml, v1.9.1",
    },
    "valkey": {
        "auth.aclUsers": "init_config.yaml: range over its names, 2026-07-22",
        "initResources": "deploy_valkey.yaml: toYaml, 2026-07-22",
        "metrics.exporter.resources": "deploy_valkey.yaml: toYaml, 2026-07-22",
        "metrics.exporter.securityContext": "deploy_valkey.yaml: toYaml, 2026-07-22",
        "resources": "deploy_valkey.yaml: toYaml, 2026-07-22",
    },
    "dcgm-exporter": {
        "affinity": "daemonset.yaml: toYaml .Values.affinity, 2026-05-12",
        "nodeSelector": "daemonset.yaml: toYaml .Values.nodeSelector, 2026-05-12",
    },
}
"""Chart to its maps that take any key; the template that says so, and the date of its snapshot
(NVIDIA/k8s-device-plugin@1b826acc6, NVIDIA/dcgm-exporter@d5e5f51,
zilliztech/milvus-helm@9832476, valkey-io/valkey-helm@dbcf6a6,
prometheus-community/helm-charts@cf408a290,
grafana-community/helm-charts@3386a115)."""

PASSED_ON = {
    "loki": {
        "loki.limits_config": "values.yaml: Loki's own section, tpl toYaml, 2026-08-20",
        "loki.ingester.wal": "values.yaml: Loki's own section, tpl toYaml, 2026-08-20",
        "loki.storage": "values.yaml: bucketNames is there as a comment, 2026-08-20",
    },
    "ai-gateway-helm": {
        "controller.mutatingWebhook": "values.yaml: namespaceSelector is there as a comment, 1.1.0",
    },
    "gateway-helm": {
        "config.envoyGateway": "envoy-gateway-config.yaml: the controller's own file, v1.9.1",
    },
    "cert-manager": {
        **{
            f"{program}image": "values.yaml: its tag and digest are there as comments, v1.21.2"
            for program in ("", "webhook.", "cainjector.", "startupapicheck.")
        },
    },
    "tempo": {
        "securityContext": "statefulset.yaml: toYaml, 2026-08-20",
        "tempo.storage": "values.yaml, `config`: Tempo's own settings, 2026-08-20",
    },
    "dcgm-exporter": {
        "securityContext": "daemonset.yaml: toYaml .Values.securityContext, 2026-05-12",
    },
}
"""Chart to its maps that have keys of their own and are written out whole, with keys of ours. What
the keys mean is Kubernetes' to say: `tests/real` shows the pods to an API server."""

SUBCHARTS = {
    "nvidia-device-plugin": {
        "nfd": "node-feature-discovery 0.19.0: no contract; its placeholder refuses other values",
    },
    "kube-prometheus-stack": {
        "grafana": "grafana 12.11.1: its own contract, below",
        "kube-state-metrics": "kube-state-metrics 8.4.0: its own contract, below",
        "prometheus-node-exporter": "prometheus-node-exporter 4.56.1: its own contract, below",
    },
    "milvus": {
        "etcd": "etcd 8.12.0 of Bitnami: no contract; its placeholder refuses other values",
    },
}
"""Chart to where the values of another chart stand, and what looks after those."""

OPEN_MAPS_OF_SUBCHARTS = {
    "grafana": ("env", "resources", "sidecar.resources"),
    "kube-state-metrics": ("resources",),
    "prometheus-node-exporter": ("resources",),
}
"""Subchart with a contract to its maps that take any key."""

COMMENTED_IN_SUBCHARTS = {"prometheus-node-exporter": {"priorityClassName": ""}}
"""Subchart with a contract to values that its values.yaml has as comments (cf408a290)."""

DOCUMENTED_IN = Path(__file__).parents[3] / "docs" / "contracts.md"

RETIRED_REPOSITORIES = {
    "https://charts.bitnami.com": "images frozen since August 2025",
    "https://grafana.github.io/helm-charts": "charts have moved to grafana-community",
    "https://kubernetes.github.io/ingress-nginx": "retired in March 2026",
    "https://charts.helm.sh": "archived in November 2020",
}
"""Beginning of a repository's address to why it has no future (projects' announcements)."""

STAYED = {
    "alloy": "its chart is in grafana/alloy and its releases are in grafana's own repository",
}
"""Charts that did not leave with the others."""


def _open_to(chart: str) -> set[str]:
    return {*OPEN_MAPS.get(chart, {}), *PASSED_ON.get(chart, {}), *SUBCHARTS.get(chart, {})}


@needs(CHARTS)
@pytest.mark.parametrize("stack", STACKS)
def test_every_value_that_we_set_exists(stack: str) -> None:
    unknown = [
        problem
        for release in releases_in(graph_of(stack))
        if (contract := chart_contract(release.chart))
        for problem in contract.unknown(release.values, _open_to(release.chart))
    ]

    assert unknown == []


@needs(CHARTS)
@pytest.mark.parametrize("stack", STACKS)
def test_every_value_for_a_chart_inside_a_chart_exists_in_one_of_both(stack: str) -> None:
    unknown = [
        problem
        for release in releases_in(graph_of(stack))
        for section in SUBCHARTS.get(release.chart, {})
        if (contract := chart_contract(section)) and (around := chart_contract(release.chart))
        for problem in replace(contract, defaults=_with_those_of(around, contract)).unknown(
            part(release.values, section), OPEN_MAPS_OF_SUBCHARTS[section]
        )
    ]

    assert unknown == []


def _with_those_of(around: ChartContract, inside: ChartContract) -> Properties:
    """Return the values of a subchart, and those that the chart around it adds."""
    prefix = f"{inside.chart}."
    added = {
        key.removeprefix(prefix): value
        for key, value in around.defaults.items()
        if key.startswith(prefix)
    }
    return {**inside.defaults, **added, **COMMENTED_IN_SUBCHARTS.get(inside.chart, {})}


@needs(CHARTS)
def test_every_open_map_of_a_chart_inside_a_chart_is_one() -> None:
    closed = [
        f"{chart}: {path}"
        for chart, paths in OPEN_MAPS_OF_SUBCHARTS.items()
        for path in paths
        if not (contract := chart_contract(chart)) or not contract.is_open(path)
    ]

    assert closed == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_release_is_the_one_of_the_lock_file(stack: str) -> None:
    installed = {
        release.chart: (release.version, release.repository)
        for release in releases_in(graph_of(stack))
    }
    pinned = {chart: lock.chart(chart) for chart in installed}

    assert installed == {chart: (row.version, row.repository) for chart, row in pinned.items()}


@pytest.mark.parametrize("stack", STACKS)
def test_no_chart_comes_from_a_home_that_was_given_up(stack: str) -> None:
    retired = [
        f"{release.chart}: {reason}"
        for release in releases_in(graph_of(stack))
        for home, reason in RETIRED_REPOSITORIES.items()
        if release.repository.startswith(home) and release.chart not in STAYED
    ]

    assert retired == []


@needs(CHARTS)
@pytest.mark.thorough
def test_charts_without_a_contract_are_named() -> None:
    installed = {release.chart for stack in STACKS for release in releases_in(graph_of(stack))}

    assert {chart for chart in installed if not chart_contract(chart)} == WITHOUT_CONTRACT.keys()


def test_what_has_no_contract_is_documented() -> None:
    text = DOCUMENTED_IN.read_text(encoding="utf-8")
    below = [f"`{path}.*`" for paths in SUBCHARTS.values() for path in paths]

    assert [
        name
        for name in (*(f"`{chart}`" for chart in (*WITHOUT_CONTRACT, *OTHER_VERSIONS)), *below)
        if name not in text
    ] == []


@needs(CHARTS)
@pytest.mark.thorough
def test_contracts_of_another_version_are_named() -> None:
    differing = {
        release.chart: contract.version
        for stack in STACKS
        for release in releases_in(graph_of(stack))
        if (contract := chart_contract(release.chart)) and contract.version != release.version
    }

    assert differing == {chart: version for chart, (version, _) in OTHER_VERSIONS.items()}


@needs(CHARTS)
def test_no_chart_is_named_that_has_a_contract_by_now() -> None:
    assert [chart for chart in WITHOUT_CONTRACT if chart_contract(chart)] == []


@needs(CHARTS)
def test_every_open_map_is_one() -> None:
    """A map that got keys of its own must be looked at key by key again."""
    closed = [
        f"{chart}: {path}"
        for chart, paths in OPEN_MAPS.items()
        for path in paths
        if not (contract := chart_contract(chart)) or not contract.is_open(path)
    ]

    assert closed == []


@needs(CHARTS)
def test_every_map_that_is_passed_on_has_keys_of_its_own() -> None:
    """One that has none, or that is gone, belongs above."""
    others = [
        f"{chart}: {path}"
        for chart, paths in PASSED_ON.items()
        for path in paths
        if not (contract := chart_contract(chart))
        or not any(key.startswith(f"{path}.") for key in contract.defaults)
    ]

    assert others == []

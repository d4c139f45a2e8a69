"""Which chart, in which version, has a placeholder."""

from infra.rehearsal.charts import (
    ai_gateway_crds,
    ai_gateway_helm,
    alloy,
    aws_load_balancer_controller,
    cert_manager,
    cluster_autoscaler,
    dcgm_exporter,
    external_dns,
    external_secrets,
    gateway_crds,
    gateway_helm,
    kube_prometheus_stack,
    loki,
    milvus,
    nvidia_device_plugin,
    opencost,
    prometheus_operator_crds,
    tempo,
    valkey,
)
from infra.rehearsal.charts.errors import ChartValueError, UnknownChartError
from infra.rehearsal.charts.objects import Release, part
from infra.wire import Properties

_CHARTS = {
    ai_gateway_crds.CHART: (ai_gateway_crds.VERSIONS, ai_gateway_crds.objects),
    ai_gateway_helm.CHART: (ai_gateway_helm.VERSIONS, ai_gateway_helm.objects),
    alloy.CHART: (alloy.VERSIONS, alloy.objects),
    loki.CHART: (loki.VERSIONS, loki.objects),
    aws_load_balancer_controller.CHART: (
        aws_load_balancer_controller.VERSIONS,
        aws_load_balancer_controller.objects,
    ),
    cert_manager.CHART: (cert_manager.VERSIONS, cert_manager.objects),
    nvidia_device_plugin.CHART: (nvidia_device_plugin.VERSIONS, nvidia_device_plugin.objects),
    cluster_autoscaler.CHART: (cluster_autoscaler.VERSIONS, cluster_autoscaler.objects),
    milvus.CHART: (milvus.VERSIONS, milvus.objects),
    valkey.CHART: (valkey.VERSIONS, valkey.objects),
    dcgm_exporter.CHART: (dcgm_exporter.VERSIONS, dcgm_exporter.objects),
    external_dns.CHART: (external_dns.VERSIONS, external_dns.objects),
    external_secrets.CHART: (external_secrets.VERSIONS, external_secrets.objects),
    gateway_crds.CHART: (gateway_crds.VERSIONS, gateway_crds.objects),
    gateway_helm.CHART: (gateway_helm.VERSIONS, gateway_helm.objects),
    kube_prometheus_stack.CHART: (
        kube_prometheus_stack.VERSIONS,
        kube_prometheus_stack.objects,
    ),
    prometheus_operator_crds.CHART: (
        prometheus_operator_crds.VERSIONS,
        prometheus_operator_crds.objects,
    ),
    opencost.CHART: (opencost.VERSIONS, opencost.objects),
    tempo.CHART: (tempo.VERSIONS, tempo.objects),
}


def objects_of(
    chart: str, version: str, release_name: str, namespace: str, values: Properties
) -> list[Properties]:
    """Return the Kubernetes objects that a release of the chart would run.

    Args:
        chart: name of the chart, or its address in a registry, `oci://HOST/FOLDER/NAME`.
        version: exact version; another version may run other things.
        release_name: name of the Helm release.
        namespace: namespace of the Helm release.
        values: what the release sets over the chart's defaults, plain and fully known.

    Raises:
        UnknownChartError: No placeholder exists for this chart or version.
        ChartValueError: The chart has no such value, or would refuse it or the release's name.
    """
    if chart.startswith("oci://"):
        chart = chart.rpartition("/")[2]
    if chart not in _CHARTS:
        message = (
            f"chart: no placeholder workloads are known, got {chart!r}; one of "
            f"{', '.join(sorted(_CHARTS))}, or describe it beside them in the rehearsal's charts"
        )
        raise UnknownChartError(message)
    versions, build = _CHARTS[chart]
    if version not in versions:
        message = (
            f"chart {chart}: version: not read yet, got {version!r}; {', '.join(versions)}, or "
            "compare the new version's templates and values with its placeholder and add it there"
        )
        raise UnknownChartError(message)
    made = build(Release(release_name, namespace, chart, version, version), values)
    _refuse_same_names(chart, release_name, made)
    return made


def _refuse_same_names(chart: str, release_name: str, made: list[Properties]) -> None:
    """Charts cut names at 63 characters, after the part that tells two of their objects apart."""
    metadata = [(str(body["kind"]), part(body, "metadata")) for body in made]
    titles = [(kind, str(one.get("namespace")), str(one["name"])) for kind, one in metadata]
    double = sorted({title for title in titles if titles.count(title) > 1})
    if double:
        kind, _, name = double[0]
        message = (
            f"chart {chart}: release name: two objects would both be {kind} {name}, got "
            f"{release_name!r}; choose a shorter one"
        )
        raise ChartValueError(message)

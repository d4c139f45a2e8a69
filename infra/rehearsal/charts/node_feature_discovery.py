"""node-feature-discovery 0.19.0, as nvidia-device-plugin 0.20.0 carries it (its `nfd.` values).

Owns its master and collector Deployments and its worker DaemonSet, with requests, tolerations and
selectors. Source: NVIDIA/k8s-device-plugin@1b826acc6, charts/node-feature-discovery-0.19.0.tgz,
2026-08-19.

Not played: the node labels that it would write, its CRDs, roles and config maps, and the Job that
cleans labels up when the release is removed.
"""

from infra.rehearsal.charts.objects import Release, Workload, part, service_account
from infra.rehearsal.charts.values import refuse_on
from infra.wire import Properties

VERSION = "0.19.0"
_COLLECTOR_SECURITY: Properties = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
}
"""Of the collector's container; its template has it fixed (nfd-gc.yaml of 0.19.0)."""
_NOT_PLAYED = (("topologyUpdater", "enable"), ("prometheus", "enable"))


def objects(parent: Release, values: Properties) -> list[Properties]:
    """Return the objects for the merged values of the subchart.

    Raises:
        ChartValueError: A part is switched on that has no placeholder.
    """
    refuse_on("nvidia-device-plugin", values, _NOT_PLAYED, below="nfd.")
    # The subchart is known by its alias `nfd`; its default nameOverride gives the usual name.
    release = Release(parent.name, parent.namespace, "nfd", VERSION, f"v{VERSION}")
    roles = (("master", "-master", ""), ("worker", "-worker", "-worker"), ("gc", "-gc", "-gc"))
    made: list[Properties] = []
    for role, suffix, account_suffix in roles:
        settings = part(values, role)
        if settings.get("enable"):
            made += _role(release, values, role, suffix, account_suffix)
    return made


def _role(
    release: Release, values: Properties, role: str, suffix: str, account_suffix: str
) -> list[Properties]:
    settings = part(values, role)
    full, home = release.full_name(values), release.home(values)
    selector: Properties = {
        "app.kubernetes.io/name": release.app_name(values),
        "app.kubernetes.io/instance": release.name,
    }
    account = part(settings, "serviceAccount")
    account_name = str(account.get("name") or f"{full}{account_suffix}")
    workload = Workload(
        release=release,
        name=f"{full}{suffix}",
        namespace=home,
        selector={**selector, "role": role},
        pod_labels=part(settings, "labels"),
        pod_annotations=part(settings, "annotations"),
        pod=_pod(values, settings, role, account_name),
    )
    made = [service_account(release, account_name, home, selector)] if account.get("create") else []
    if role == "worker":
        return [*made, workload.daemon_set(settings.get("updateStrategy"))]
    return [*made, workload.deployment(settings.get("replicaCount"))]


def _pod(values: Properties, settings: Properties, role: str, account: str) -> Properties:
    image = part(values, "image")
    volumes = ("boot", "etc/os-release", "sys", "usr/lib", "lib", "proc/swaps")
    return {
        "serviceAccountName": account,
        "dnsPolicy": settings.get("dnsPolicy"),
        "hostNetwork": settings.get("hostNetwork"),
        "priorityClassName": settings.get("priorityClassName") or values.get("priorityClassName"),
        "securityContext": settings.get("podSecurityContext"),
        "nodeSelector": settings.get("nodeSelector"),
        "affinity": settings.get("affinity"),
        "tolerations": settings.get("tolerations"),
        "containers": [
            {
                "name": role,
                "image": f"{image.get('repository')}:{image.get('tag') or f'v{VERSION}'}",
                "resources": part(settings, "resources"),
                "securityContext": _COLLECTOR_SECURITY
                if role == "gc"
                else part(settings, "securityContext"),
            }
        ],
        "volumes": [
            {"name": f"host-{path.replace('/', '-')}", "hostPath": {"path": f"/{path}"}}
            for path in volumes
        ]
        if role == "worker"
        else None,
    }

"""external-secrets 2.13.0: the operator, its webhook, what renews the webhook's certificate, kinds.

Owns the objects with the chart's own names, selectors, ports, arguments and rights. Source:
external-secrets/external-secrets@cc5bfbc (chart 2.9.0, 2026-08-08), deploy/charts/external-secrets,
read 2026-11-27; 2.13.0 was not to be had.

Not played: the validating webhooks. Nothing answers at their Service here, so that the API server
would refuse every object; what they refuse, the kinds refuse here (`external_secrets_kinds`).
Not played, and refused where a release asks for it: certificates by cert-manager, monitors, the
chart's network policies, rights for one namespace only.
"""

from dataclasses import dataclass, replace

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.external_secrets_kinds import definitions
from infra.rehearsal.charts.external_secrets_pods import Program, deployment
from infra.rehearsal.charts.external_secrets_rights import certificate_rights, operator_rights
from infra.rehearsal.charts.objects import Release, part, service_account, without_empty
from infra.rehearsal.charts.values import defaults, effective, refuse_on
from infra.wire import Properties, Value

CHART = "external-secrets"
VERSIONS = ("2.13.0",)
_OFF: tuple[tuple[str, ...], ...] = (
    ("scopedRBAC",),
    ("scopedNamespace",),
    ("serviceMonitor", "enabled"),
    ("networkPolicy", "enabled"),
    ("webhook", "networkPolicy", "enabled"),
    ("webhook", "certManager", "enabled"),
    ("certController", "networkPolicy", "enabled"),
)
_ON = ("installCRDs", "createOperator")


@dataclass(frozen=True)
class _Part:
    """One program of the chart and what its objects are called."""

    program: Program
    account: str
    """Service account that the chart makes for it; empty: the release's full name."""
    budget: str
    """End of the name of its disruption budget."""
    metrics: str
    """End of the name of the Service of its metrics."""


_OPERATOR = _Part(Program(), "", "-pdb", "-metrics")
_WEBHOOK = _Part(
    Program("webhook", "webhook"), "external-secrets-webhook", "-webhook-pdb", "-webhook"
)
_CERTIFICATES = _Part(
    Program("certController", "cert-controller"),
    "external-secrets-cert-controller",
    "-cert-controller-pdb",
    "-cert-controller-metrics",
)


def default_values() -> Properties:
    """Return the chart's values."""
    return defaults(CHART)


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the objects of a release.

    Raises:
        ChartValueError: A value that the chart does not have, that it refuses, or a part without a
            placeholder.
    """
    known = effective(CHART, default_values(), values)
    _refuse(known)
    # Chart and operator have one version, and only the operator's begins with a `v` (Chart.yaml).
    release = replace(release, app_version=f"v{release.version}")
    made = [*definitions(), *_of(release, known, _OPERATOR)]
    if part(known, "rbac").get("create"):
        made += operator_rights(release, known, _account(release, known, _OPERATOR))
    if part(known, "webhook").get("create"):
        made += _of(release, known, _WEBHOOK)
        made += [_certificate(release, known), _webhook_service(release, known)]
    certificates = part(known, "certController")
    if certificates.get("create"):
        made += _of(release, known, _CERTIFICATES)
        if part(certificates, "rbac").get("create"):
            made += certificate_rights(release, known, _account(release, known, _CERTIFICATES))
    return made


def _refuse(known: Properties) -> None:
    refuse_on(CHART, known, _OFF)
    for name in _ON:
        if not known.get(name):
            message = f"{CHART}: {name}: no placeholder exists, got {known.get(name)!r}"
            raise ChartValueError(message)
    if not known.get("processPushSecret") and known.get("processClusterPushSecret"):
        message = (
            f"{CHART}: processPushSecret: the chart refuses False while processClusterPushSecret "
            "is on; switch that off, too"
        )
        raise ChartValueError(message)


def _of(release: Release, known: Properties, one: _Part) -> list[Properties]:
    own, program = one.program.settings(known), one.program
    account = _account(release, known, one)
    made = [deployment(release, known, program, account)]
    if part(own, "serviceAccount").get("create"):
        made.insert(0, _service_account(release, known, one, account))
    if part(own, "podDisruptionBudget").get("enabled"):
        made.append(_budget(release, known, one))
    if part(own, "metrics", "service").get("enabled") and one is not _WEBHOOK:
        made.append(_metrics_service(release, known, one))
    return made


def _account(release: Release, known: Properties, one: _Part) -> str:
    wanted = part(one.program.settings(known), "serviceAccount")
    if wanted.get("name"):
        return str(wanted["name"])
    if not wanted.get("create"):
        return "default"
    return one.account or release.full_name(known)


def _service_account(release: Release, known: Properties, one: _Part, name: str) -> Properties:
    own = part(one.program.settings(known), "serviceAccount")
    selector = one.program.selector(release, known)
    made = service_account(release, name, release.home(known), selector)
    metadata = part(made, "metadata")
    return {
        **made,
        "metadata": without_empty(
            {
                **metadata,
                "labels": {**part(metadata, "labels"), **part(own, "extraLabels")},
                "annotations": own.get("annotations"),
            }
        ),
    }


def _budget(release: Release, known: Properties, one: _Part) -> Properties:
    wanted = part(one.program.settings(known), "podDisruptionBudget")
    kind = "minAvailable" if wanted.get("maxUnavailable") is None else "maxUnavailable"
    name = wanted.get("nameOverride") or f"{release.full_name(known)}{one.budget}"
    selector = one.program.selector(release, known)
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": _metadata(release, known, str(name), selector),
        "spec": {kind: wanted.get(kind), "selector": {"matchLabels": selector}},
    }


def _metrics_service(release: Release, known: Properties, one: _Part) -> Properties:
    port = part(one.program.settings(known), "metrics", "service").get("port")
    name = f"{release.full_name(known)}{one.metrics}"
    return _service(release, known, one, name, [_port("metrics", port)])


def _webhook_service(release: Release, known: Properties) -> Properties:
    ports: list[Value] = [_port("webhook", 443)]
    metrics = part(known, "webhook", "metrics", "service")
    if metrics.get("enabled"):
        ports.append(_port("metrics", metrics.get("port")))
    name = f"{release.full_name(known)}{_WEBHOOK.metrics}"
    return _service(release, known, _WEBHOOK, name, ports)


def _service(
    release: Release, known: Properties, one: _Part, name: str, ports: list[Value]
) -> Properties:
    selector = one.program.selector(release, known)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(release, known, name, selector),
        "spec": {"type": "ClusterIP", "ports": ports, "selector": selector},
    }


def _port(name: str, port: Value) -> Properties:
    return {"name": name, "port": port, "protocol": "TCP", "targetPort": name}


def _certificate(release: Release, known: Properties) -> Properties:
    """The Secret that the certificate controller fills; empty at first, as in the chart."""
    name = f"{release.full_name(known)}-webhook"
    selector = _WEBHOOK.program.selector(release, known)
    metadata = _metadata(release, known, name, selector)
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata}


def _metadata(release: Release, known: Properties, name: str, selector: Properties) -> Properties:
    return {
        "name": name,
        "namespace": release.home(known),
        "labels": release.labels(selector),
    }

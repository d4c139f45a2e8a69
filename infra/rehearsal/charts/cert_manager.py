"""cert-manager v1.21.2: the controller, its webhook, and what tells the API server to trust that.

Owns which values are played, and the objects around the pods (`cert_manager_pods`) and the rights
(`cert_manager_rights`). Source: cert-manager v1.21.2, deploy/charts/cert-manager/templates, read
and rendered by Helm 3.22 on 2026-11-27; names, labels, ports and rules are those.

The Job `startupapicheck` is a hook of Helm's, gone when it has succeeded; here it is an object of
the release. Not played: both webhook configurations, because nothing answers at their address here
and every object would wait for it; what the webhook refuses is in the schemas of the kinds.
"""

import yaml

from infra.rehearsal.charts.cert_manager_kinds import definitions
from infra.rehearsal.charts.cert_manager_names import CHART, CONTROLLER, home
from infra.rehearsal.charts.cert_manager_pods import budgets, check_job, deployments, services
from infra.rehearsal.charts.cert_manager_rights import accounts, rights
from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.objects import Release, part
from infra.rehearsal.charts.values import defaults, effective, leaf_paths
from infra.wire import Properties, Value

VERSIONS = ("v1.21.2",)
_OF_PROGRAMS = (
    *("replicaCount", "strategy", "podDisruptionBudget", "image", "serviceAccount"),
    *("automountServiceAccountToken", "enableServiceLinks", "resources", "securityContext"),
    *("containerSecurityContext", "deploymentAnnotations", "podAnnotations", "podLabels"),
    *("nodeSelector", "affinity", "tolerations", "topologySpreadConstraints", "extraArgs"),
    *("extraEnv", "featureGates", "livenessProbe", "readinessProbe"),
)
_PLAYED = (
    *_OF_PROGRAMS,
    *(f"webhook.{name}" for name in _OF_PROGRAMS),
    *(f"cainjector.{name}" for name in _OF_PROGRAMS),
    *(f"startupapicheck.{name}" for name in _OF_PROGRAMS),
    *("crds", "config", "maxConcurrentChallenges", "imageRegistry", "imageNamespace"),
    *("clusterResourceNamespace", "namespace", "nameOverride", "fullnameOverride"),
    *("enableCertificateOwnerRef", "dns01RecursiveNameservers", "dns01RecursiveNameserversOnly"),
    *("approveSignerNames", "prometheus.enabled", "acmesolver.image"),
    *("webhook.securePort", "cainjector.enabled", "webhook.timeoutSeconds"),
    *("startupapicheck.enabled", "startupapicheck.timeout", "startupapicheck.backoffLimit"),
    *("startupapicheck.ttlSecondsAfterFinished",),
    *("global.commonLabels", "global.priorityClassName", "global.leaderElection"),
    *("global.logLevel", "global.rbac", "global.revisionHistoryLimit", "global.imagePullSecrets"),
    *("global.nodeSelector",),
)


def default_values() -> Properties:
    """Return the chart's values."""
    return defaults(CHART)


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the objects of a release.

    Raises:
        ChartValueError: A value that the chart does not have, or a part without a placeholder.
    """
    default = default_values()
    known = effective(CHART, default, values)
    _refuse_unplayed(default, values)
    made: list[Properties] = []
    crds = part(known, "crds")
    if crds.get("enabled"):
        made += definitions(keep=crds.get("keep") is True)
    made += accounts(release, known)
    made += rights(release, known)
    made += _configuration(release, known)
    made += deployments(release, known)
    made += services(release, known)
    made += budgets(release, known)
    made += check_job(release, known)
    return made


def _refuse_unplayed(default: Properties, values: Properties) -> None:
    for path in leaf_paths(values):
        if any(path == name or path.startswith(f"{name}.") for name in _PLAYED):
            continue
        got, usual = _at(values, path), _at(default, path)
        if got not in (usual, None):
            message = f"{CHART}: {path}: no placeholder exists, got {got!r}"
            raise ChartValueError(message)


def _at(values: Properties, path: str) -> Value:
    here: Value = values
    for key in path.split("."):
        here = here.get(key) if isinstance(here, dict) else None
    return here


def _configuration(release: Release, known: Properties) -> list[Properties]:
    """The file that the controller reads, where a release has one."""
    said = _said(part(known, "config"))
    if not said:
        return []
    file: Properties = {
        "apiVersion": "controller.config.cert-manager.io/v1alpha1",
        "kind": "ControllerConfiguration",
        **said,
    }
    metadata: Properties = {
        "name": CONTROLLER.name(release, known),
        "namespace": home(release, known),
        "labels": CONTROLLER.labels(release, known),
    }
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata,
            "data": {"config.yaml": yaml.safe_dump(file)},
        }
    ]


def _said(values: Properties) -> Properties:
    """Return what is set; the table names keys that a release may set."""
    found: Properties = {}
    for key, value in values.items():
        if isinstance(value, dict):
            below = _said(value)
            if below:
                found[key] = below
        elif value is not None:
            found[key] = value
    return found

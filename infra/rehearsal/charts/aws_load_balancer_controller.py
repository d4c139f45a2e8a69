"""aws-load-balancer-controller 3.5.0: the Deployment, its webhook's Service, certificates, budget.

Owns the objects with the chart's own names, selectors, ports and arguments; rights are in
`aws_load_balancer_controller_rights`. Source: kubernetes-sigs/aws-load-balancer-controller, tag
v3.5.0 (11eb202c9, 2026-08-03), helm/aws-load-balancer-controller/templates, read 2026-11-27.

What the program does with a Service is played in `controllers/load_balancers`. Not played: both
webhook configurations, because nothing answers at their address here; the kinds in `crds/`, of
which it makes objects that only it reads. Refused where a release asks for it: certificates that
the chart draws, a class for Ingresses, the webhook that changes every Service.
"""

from infra.rehearsal.charts.aws_load_balancer_controller_rights import rights
from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.objects import Release, Workload, part, service_account, without_empty
from infra.rehearsal.charts.values import defaults, effective, refuse_on
from infra.wire import Properties, Value

CHART = "aws-load-balancer-controller"
VERSIONS = ("3.5.0",)
APP_VERSION = "v3.5.0"
_PREFIX = "aws-load-balancer"
_CERTIFICATES = "cert-manager.io/v1"
_PORTS: list[Value] = [
    {"name": "webhook-server", "containerPort": 9443, "protocol": "TCP"},
    {"name": "metrics-server", "containerPort": 8080, "protocol": "TCP"},
]
_OFF = (("createIngressClassResource",), ("enableServiceMutatorWebhook",))
_FLAGS = {
    "clusterName": "cluster-name",
    "ingressClass": "ingress-class",
    "region": "aws-region",
    "vpcId": "aws-vpc-id",
    "enableShield": "enable-shield",
    "enableWaf": "enable-waf",
    "enableWafv2": "enable-wafv2",
    "logLevel": "log-level",
    "watchNamespace": "watch-namespace",
    "enableBackendSecurityGroup": "enable-backend-security-group",
    "defaultTargetType": "default-target-type",
    "defaultLoadBalancerScheme": "default-load-balancer-scheme",
    "loadBalancerClass": "load-balancer-class",
}
"""Values that are flags of the program, in another order than the chart's."""


def default_values() -> Properties:
    """Return the chart's values."""
    return defaults(CHART)


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the objects of a release.

    Raises:
        ChartValueError: A value that the chart does not have, or a part without a placeholder.
    """
    known = effective(CHART, default_values(), values)
    _refuse(known)
    account = str(part(known, "serviceAccount").get("name") or release.full_name(known))
    made = [service_account(release, account, release.namespace, release.selector(known))]
    made += rights(release, release.full_name(known), _labels(release, known), account)
    made += _certificates(release, known)
    made += [_deployment(release, known, account), _service(release, known)]
    return [*made, *_budget(release, known)]


def _refuse(known: Properties) -> None:
    refuse_on(CHART, known, _OFF)
    if not known.get("enableCertManager"):
        message = f"{CHART}: enableCertManager: no placeholder exists, got False"
        raise ChartValueError(message)
    if not known.get("clusterName"):
        message = f"{CHART}: clusterName: the chart cannot be installed without one"
        raise ChartValueError(message)


def _labels(release: Release, known: Properties) -> Properties:
    labels = release.labels(release.selector(known))
    return {**labels, "app.kubernetes.io/version": APP_VERSION}


def _metadata(release: Release, known: Properties, name: str) -> Properties:
    return {"name": name, "namespace": release.namespace, "labels": _labels(release, known)}


def _deployment(release: Release, known: Properties, account: str) -> Properties:
    selector = release.selector(known)
    workload = Workload(
        release=release,
        name=release.full_name(known),
        namespace=release.namespace,
        selector=selector,
        pod_labels=part(known, "podLabels"),
        pod_annotations={
            "prometheus.io/scrape": "true",
            "prometheus.io/port": "8080",
            **part(known, "podAnnotations"),
        },
        pod={
            "serviceAccountName": account,
            "volumes": [{"name": "cert", "secret": {"secretName": f"{_PREFIX}-tls"}}],
            "securityContext": known.get("podSecurityContext"),
            "dnsPolicy": known.get("dnsPolicy"),
            "containers": [_container(known)],
            "terminationGracePeriodSeconds": known.get("terminationGracePeriodSeconds"),
            "nodeSelector": known.get("nodeSelector"),
            "affinity": known.get("affinity") or _affinity(release, known),
            "tolerations": known.get("tolerations"),
            "priorityClassName": known.get("priorityClassName"),
            "topologySpreadConstraints": known.get("topologySpreadConstraints"),
        },
    )
    made = workload.deployment(known.get("replicaCount"), known.get("updateStrategy"))
    marks = without_empty({"annotations": known.get("deploymentAnnotations")})
    return {
        **made,
        "metadata": {**_metadata(release, known, release.full_name(known)), **marks},
        "spec": {**part(made, "spec"), "revisionHistoryLimit": known.get("revisionHistoryLimit")},
    }


def _affinity(release: Release, known: Properties) -> Properties:
    """Two of its pods are not on one node, if that can be."""
    if not known.get("configureDefaultAffinity"):
        return {}
    name: Value = {
        "key": "app.kubernetes.io/name",
        "operator": "In",
        "values": [release.app_name(known)],
    }
    term: Value = {
        "labelSelector": {"matchExpressions": [name]},
        "topologyKey": "kubernetes.io/hostname",
    }
    preferred: list[Value] = [{"weight": 100, "podAffinityTerm": term}]
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}


def _container(known: Properties) -> Properties:
    image = part(known, "image")
    return without_empty(
        {
            "name": CHART,
            "args": [*_arguments(known)],
            "securityContext": known.get("securityContext"),
            "image": f"{image.get('repository')}:{image.get('tag')}",
            "imagePullPolicy": image.get("pullPolicy"),
            "volumeMounts": [
                {
                    "mountPath": "/tmp/k8s-webhook-server/serving-certs",  # noqa: S108 - of a pod
                    "name": "cert",
                    "readOnly": True,
                }
            ],
            "ports": [*_PORTS],
            "resources": known.get("resources"),
            "livenessProbe": known.get("livenessProbe"),
            "readinessProbe": known.get("readinessProbe"),
        }
    )


def _arguments(known: Properties) -> list[str]:
    instance = known.get("defaultTargetType") == "instance"
    said = {**known, "defaultTargetType": None if instance else known.get("defaultTargetType")}
    gates = part(known, "controllerConfig", "featureGates")
    of_pairs = {
        "default-tags": part(known, "defaultTags"),
        "feature-gates": gates,
        "aws-vpc-tags": part(known, "vpcTags"),
    }
    return [
        *(
            f"--{flag}={_text(said.get(name))}"
            for name, flag in _FLAGS.items()
            if _is_set(said.get(name))
        ),
        *(f"--{flag}={_pairs(values)}" for flag, values in of_pairs.items() if values),
    ]


def _is_set(value: Value) -> bool:
    """A switch that is off is said, too; the chart leaves out what is empty."""
    return isinstance(value, bool) or value not in (None, "")


def _pairs(values: Properties) -> str:
    """Helm's range goes through a map in the order of its keys."""
    return ",".join(f"{key}={_text(values[key])}" for key in sorted(values))


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _service(release: Release, known: Properties) -> Properties:
    metadata = _metadata(release, known, f"{_PREFIX}-webhook-service")
    labels = {
        **part(metadata, "labels"),
        "app.kubernetes.io/component": "webhook",
        "prometheus.io/service-monitor": "false",
    }
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {**metadata, "labels": labels},
        "spec": {
            "ports": [{"port": 443, "name": "webhook-server", "targetPort": "webhook-server"}],
            "selector": release.selector(known),
        },
    }


def _budget(release: Release, known: Properties) -> list[Properties]:
    wanted = without_empty(part(known, "podDisruptionBudget"))
    replicas = known.get("replicaCount")
    if not wanted or not isinstance(replicas, int | float) or replicas <= 1:
        return []
    return [
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": _metadata(release, known, release.full_name(known)),
            "spec": {"selector": {"matchLabels": release.selector(known)}, **wanted},
        }
    ]


def _certificates(release: Release, known: Properties) -> list[Properties]:
    """An authority that signs itself, and what it signs for the webhook."""
    own = part(known, "certManager")
    host = f"{_PREFIX}-webhook-service.{release.namespace}.svc"
    domain = part(known, "cluster").get("dnsDomain")
    root: Properties = {
        "secretName": f"{_PREFIX}-root-cert",
        "duration": part(own, "rootCert").get("duration"),
        "issuerRef": {"name": f"{_PREFIX}-selfsigned-issuer"},
        "commonName": "ca.webhook.aws-load-balancer-controller",
        "isCA": True,
        "subject": {"organizations": [CHART]},
    }
    serving: Properties = {
        "dnsNames": [host, f"{host}.{domain}"],
        "issuerRef": {"kind": "Issuer", "name": f"{_PREFIX}-root-issuer"},
        "secretName": f"{_PREFIX}-tls",
        "duration": own.get("duration"),
        "renewBefore": own.get("renewBefore"),
    }
    specs: tuple[tuple[str, str, Properties], ...] = (
        ("Issuer", "selfsigned-issuer", {"selfSigned": {}}),
        ("Certificate", "root-cert", root),
        ("Issuer", "root-issuer", {"ca": {"secretName": f"{_PREFIX}-root-cert"}}),
        ("Certificate", "serving-cert", serving),
    )
    return [
        {
            "apiVersion": _CERTIFICATES,
            "kind": kind,
            "metadata": _metadata(release, known, f"{_PREFIX}-{end}"),
            "spec": spec,
        }
        for kind, end, spec in specs
    ]

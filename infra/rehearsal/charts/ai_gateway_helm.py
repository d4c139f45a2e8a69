"""ai-gateway-helm v1.2.1: the controller of the AI gateway, its Service, rights and certificate.

Owns the objects with the chart's own names, selectors, ports and arguments. Source:
envoyproxy/ai-gateway@c217da8 (v1.1.0, 2026-08-21), manifests/charts/ai-gateway-helm/templates, read
2026-11-27. What changed until v1.2.1 was not seen but for its notes: seeds of MCP sessions are no
longer arguments, and are left out here.

What the program does is played in `controllers/ai_gateway`. Not played: the webhook configuration,
because nothing answers at its address here, and every pod of a proxy would wait for it. Refused
where a release asks for it: a certificate that the chart draws, the node's network, volumes.
"""

from infra.rehearsal.charts.errors import ChartValueError
from infra.rehearsal.charts.objects import Release, Workload, part, service_account, without_empty
from infra.rehearsal.charts.values import defaults, effective, refuse_on
from infra.wire import Properties, Value

CHART = "ai-gateway-helm"
VERSIONS = ("v1.2.1",)
RBAC = "rbac.authorization.k8s.io"
GRPC_PORT = 1063
_CERTIFICATES = "cert-manager.io/v1"
_OFF = (
    *(("controller", "hostNetwork"), ("controller", "volumes"), ("controller", "podEnv")),
    *(("controller", "imagePullSecrets"), ("extProc", "imagePullSecrets")),
    *(("global", "imagePullSecrets"), ("controller", "watch", "namespaces")),
)
_ALL = ["*"]
_READ = ["get", "list", "watch"]
_RULES: tuple[tuple[str, list[str], list[str]], ...] = (
    ("", ["services", "secrets", "pods"], _ALL),
    ("apps", ["deployments", "daemonsets"], _ALL),
    ("inference.networking.k8s.io", _ALL, _ALL),
    ("gateway.networking.k8s.io", _ALL, _ALL),
    ("aigateway.envoyproxy.io", _ALL, _ALL),
    ("gateway.envoyproxy.io", _ALL, _ALL),
    ("coordination.k8s.io", ["leases"], [*_READ, "create", "update"]),
    ("apiextensions.k8s.io", ["customresourcedefinitions"], ["get", "list"]),
    ("", ["events"], ["create", "patch"]),
    ("admissionregistration.k8s.io", ["mutatingwebhookconfigurations"], _READ),
)
_POOLS = "envoy-ai-gateway-inference-pool-reader"


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
    controller = part(known, "controller")
    account = str(part(controller, "serviceAccount").get("name") or _name(release, controller))
    return [
        service_account(release, account, release.namespace, _selector(release)),
        *_rights(release, account, str(part(known, "envoyGateway")["namespace"])),
        *_certificates(release, controller),
        _deployment(release, known, account),
        _service(release, controller),
        *_budget(release, controller),
    ]


def _refuse(known: Properties) -> None:
    refuse_on(CHART, known, _OFF)
    webhook = part(known, "controller", "mutatingWebhook")
    if not part(webhook, "certManager").get("enable"):
        message = f"{CHART}: controller.mutatingWebhook.certManager.enable: no placeholder exists, "
        message += "got False"
        raise ChartValueError(message)
    ports = _ports(part(known, "controller"))
    if webhook.get("port") not in [port.get("port") for port in ports]:
        message = (
            f"{CHART}: controller.service.ports: the webhook listens on {webhook.get('port')}, and "
            "no port of the Service leads there"
        )
        raise ChartValueError(message)


def _selector(release: Release) -> Properties:
    return {
        "app.kubernetes.io/name": release.chart,
        "app.kubernetes.io/instance": release.name,
    }


def _name(release: Release, controller: Properties) -> str:
    return release.full_name(controller)


def _metadata(release: Release, name: str) -> Properties:
    return {
        "name": name,
        "namespace": release.namespace,
        "labels": release.labels(_selector(release)),
    }


def _rights(release: Release, account: str, gateways: str) -> list[Properties]:
    """The controller's rights, and Envoy Gateway's to read pools of servers."""
    own: Properties = {"name": account, "namespace": release.namespace}
    theirs: Properties = {"name": "envoy-gateway", "namespace": gateways}
    webhook = f"envoy-ai-gateway-gateway-pod-mutator.{release.namespace}"
    rules = [_rule(*one) for one in _RULES]
    rules.append(
        {
            **_rule(
                "admissionregistration.k8s.io",
                ["mutatingwebhookconfigurations"],
                ["update", "patch"],
            ),
            "resourceNames": [webhook],
        }
    )
    pools = [_rule("inference.networking.k8s.io", ["inferencepools"], _READ)]
    return [
        *_role(f"{account}:{release.namespace}", rules, own),
        *_role(f"{_POOLS}:{release.namespace}", pools, theirs),
    ]


def _rule(group: str, resources: list[str], verbs: list[str]) -> Properties:
    return {"apiGroups": [group], "resources": [*resources], "verbs": [*verbs]}


def _role(name: str, rules: list[Properties], subject: Properties) -> list[Properties]:
    return [
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": name},
            "rules": list[Value](rules),
        },
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", **subject}],
        },
    ]


def _certificates(release: Release, controller: Properties) -> list[Properties]:
    webhook = part(controller, "mutatingWebhook")
    wanted = part(webhook, "certManager")
    host = f"{_name(release, controller)}.{release.namespace}.svc"
    return [
        {
            "apiVersion": _CERTIFICATES,
            "kind": "Certificate",
            "metadata": {"name": wanted["certificateName"], "namespace": release.namespace},
            "spec": {
                "commonName": host,
                "dnsNames": [host],
                "issuerRef": {"kind": "Issuer", "name": wanted["issuerName"]},
                "secretName": webhook["tlsCertSecretName"],
            },
        },
        {
            "apiVersion": _CERTIFICATES,
            "kind": "Issuer",
            "metadata": {"name": wanted["issuerName"], "namespace": release.namespace},
            "spec": {"selfSigned": {}},
        },
    ]


def _deployment(release: Release, known: Properties, account: str) -> Properties:
    controller = part(known, "controller")
    secret = part(controller, "mutatingWebhook")["tlsCertSecretName"]
    workload = Workload(
        release=release,
        name=_name(release, controller),
        namespace=release.namespace,
        selector=_selector(release),
        pod_labels=part(controller, "podLabels"),
        pod_annotations=part(controller, "podAnnotations"),
        pod={
            "serviceAccountName": account,
            "securityContext": controller.get("podSecurityContext"),
            "containers": [_container(release, known)],
            "volumes": [{"name": "certs", "secret": {"secretName": secret}}],
            **{
                key: controller.get(key)
                for key in ("nodeSelector", "affinity", "topologySpreadConstraints", "tolerations")
            },
        },
    )
    return workload.deployment(controller.get("replicaCount"))


def _container(release: Release, known: Properties) -> Properties:
    controller = part(known, "controller")
    probe: Properties = {"grpc": {"port": GRPC_PORT}, "initialDelaySeconds": 5, "periodSeconds": 2}
    place: Value = {"fieldRef": {"fieldPath": "metadata.namespace"}}
    more = controller.get("extraEnvVars")
    return without_empty(
        {
            "name": CHART,
            "image": _image(release, part(controller, "image")),
            "imagePullPolicy": controller.get("imagePullPolicy"),
            "securityContext": controller.get("securityContext"),
            "ports": [{"containerPort": port.get("targetPort")} for port in _ports(controller)],
            "args": list[Value](_arguments(release, known)),
            "env": [
                {"name": "POD_NAMESPACE", "valueFrom": place},
                *(more if isinstance(more, list) else []),
            ],
            "livenessProbe": probe,
            "readinessProbe": probe,
            "resources": controller.get("resources"),
            "volumeMounts": [{"name": "certs", "mountPath": "/certs", "readOnly": True}],
        }
    )


def _arguments(release: Release, known: Properties) -> list[str]:
    """What the program is started with, as far as what is played here looks at it."""
    controller, beside = part(known, "controller"), part(known, "extProc")
    webhook = part(controller, "mutatingWebhook")
    environment = ";".join(
        f"{one.get('name')}={one.get('value')}" for one in _items(beside.get("extraEnvVars"))
    )
    attributes = controller.get("metricsRequestHeaderAttributes")
    return [
        f"-logLevel={controller['logLevel']}",
        f"-logFormat={controller['logFormat']}",
        f"--extProcImage={_image(release, part(beside, 'image'))}",
        f"--extProcImagePullPolicy={beside['imagePullPolicy']}",
        f"--extProcLogLevel={beside['logLevel']}",
        f"--extProcLogFormat={beside['logFormat']}",
        f"--envoyGatewayNamespace={part(known, 'envoyGateway')['namespace']}",
        *([f"--metricsRequestHeaderAttributes={attributes}"] if attributes else []),
        *([f"--extProcExtraEnvVars={environment}"] if environment else []),
        "--tlsCertDir=/certs",
        f"--webhookPort={webhook['port']}",
        *(["--enableLeaderElection=true"] if part(controller, "leaderElection")["enabled"] else []),
        f"--rootPrefix={part(known, 'endpointConfig')['rootPrefix']}",
        f"--cacheSyncTimeout={part(controller, 'watch')['cacheSyncTimeout']}",
    ]


def _image(release: Release, image: Properties) -> str:
    return f"{image.get('repository')}:{image.get('tag') or release.app_version}"


def _service(release: Release, controller: Properties) -> Properties:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(release, _name(release, controller)),
        "spec": {
            "type": part(controller, "service").get("type"),
            "ports": list[Value](_ports(controller)),
            "selector": _selector(release),
        },
    }


def _budget(release: Release, controller: Properties) -> list[Properties]:
    budget = part(controller, "podDisruptionBudget")
    if not budget.get("enabled"):
        return []
    most = budget.get("maxUnavailable")
    kept: Properties = (
        {"minAvailable": budget.get("minAvailable")} if most is None else {"maxUnavailable": most}
    )
    return [
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": _metadata(release, _name(release, controller)),
            "spec": {**kept, "selector": {"matchLabels": _selector(release)}},
        }
    ]


def _ports(controller: Properties) -> list[Properties]:
    return _items(part(controller, "service").get("ports"))


def _items(value: Value) -> list[Properties]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

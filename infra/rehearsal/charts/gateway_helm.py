"""gateway-helm v1.9.1: the controller of Envoy Gateway and the Job that makes its certificates.

Owns the objects with the chart's own names, selectors, ports and mounts. Source:
envoyproxy/gateway v1.9.1, charts/gateway-helm/templates, read 2026-11-27.

The Job is a hook of Helm's; here it is an object of the release. What it leaves, the played
controller makes (`controllers/envoy_gateway/certificates`): Secrets that no uninstall removes.

Not played: the webhook that tells proxies their zone (nothing answers at its address here, and
every pod of the namespace would wait for it; its rights and port are there), and, refused where a
release asks for it: a HorizontalPodAutoscaler, watching some namespaces only, proxies in the
Gateway's own namespace. The rate-limit service is made by the controller, not by the chart.
"""

import yaml

from infra.rehearsal.charts import gateway_crds
from infra.rehearsal.charts.gateway_helm_rights import ACCOUNT, rights
from infra.rehearsal.charts.objects import Release, items, part, without_empty
from infra.rehearsal.charts.values import defaults, effective, merged, refuse_on
from infra.wire import Properties, Value

CHART = "gateway-helm"
VERSIONS = ("v1.9.1",)
NAME = "envoy-gateway"
CONFIGURATION = ("envoy-gateway-config", "envoy-gateway.yaml")
_OFF: tuple[tuple[str, ...], ...] = (
    ("hpa", "enabled"),
    ("createNamespace",),
    ("config", "envoyGateway", "provider", "kubernetes", "watch"),
    ("config", "envoyGateway", "provider", "kubernetes", "deploy"),
)
_WEBHOOK_PORT = 9443


def default_values() -> Properties:
    """Return the chart's values."""
    return defaults(CHART)


def objects(release: Release, values: Properties) -> list[Properties]:
    """Return the objects of a release.

    Raises:
        ChartValueError: A value that the chart does not have, or a part without a placeholder.
    """
    known = effective(CHART, default_values(), values)
    refuse_on(CHART, known, _OFF)
    labels = {**release.labels(release.selector(known)), **part(known, "commonLabels")}
    made = gateway_crds.definitions() if part(known, "crds").get("enabled") else []
    made += rights(release, known, labels)
    made.append(_configuration(release, known, labels))
    made.append(_deployment(release, known, labels))
    made.append(_service(release, known, labels))
    made += _budget(release, known)
    made.append(_job(release, known, labels))
    return made


def _of_controller(release: Release, known: Properties) -> Properties:
    return {"control-plane": NAME, **release.selector(known)}


def _metadata(release: Release, known: Properties, name: str, **marks: Value) -> Properties:
    return {"name": name, "namespace": release.home(known), **without_empty(marks)}


def _configuration(release: Release, known: Properties, labels: Properties) -> Properties:
    """The file that the controller reads: the chart's own settings below the release's."""
    own: Properties = {
        "provider": {
            "type": "Kubernetes",
            "kubernetes": {
                "rateLimitDeployment": {
                    "container": {"image": part(known, "global", "images", "ratelimit")["image"]}
                },
                "shutdownManager": {"image": _image(release, known)},
            },
        },
    }
    proxy = part(known, "global", "images", "envoyProxy").get("image")
    if proxy:
        container: Value = {"image": _in_registry(known, str(proxy))}
        own["envoyProxy"] = {
            "provider": {
                "type": "Kubernetes",
                "kubernetes": {"envoyDeployment": {"container": container}},
            }
        }
    if not part(known, "topologyInjector").get("enabled"):
        own["proxyTopologyInjector"] = {"disabled": True}
    written = {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "EnvoyGateway",
        **merged(own, part(known, "config", "envoyGateway")),
    }
    name, key = CONFIGURATION
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(release, known, name, labels=labels),
        "data": {key: yaml.safe_dump(written)},
    }


def _image(release: Release, known: Properties) -> str:
    """Return the controller's image: of the deployment, else of `global`, else the release's."""
    own = part(known, "deployment", "envoyGateway", "image")
    if own.get("repository"):
        tag = own.get("tag") or release.app_version
        return _in_registry(known, f"{own['repository']}:{tag}")
    of_all = part(known, "global", "images", "envoyGateway").get("image")
    return _in_registry(known, str(of_all or f"docker.io/envoyproxy/gateway:{release.version}"))


def _in_registry(known: Properties, image: str) -> str:
    registry = part(known, "global").get("imageRegistry")
    return f"{registry}/{image.partition('/')[2]}" if registry else image


def _pull(known: Properties) -> Properties:
    own = part(known, "deployment", "envoyGateway")
    of_all = part(known, "global", "images", "envoyGateway")
    return {"imagePullPolicy": own.get("imagePullPolicy") or of_all.get("pullPolicy")}


def _pull_secrets(known: Properties) -> Value:
    own = part(known, "deployment", "envoyGateway")
    of_all = part(known, "global", "images", "envoyGateway")
    shared = part(known, "global").get("imagePullSecrets")
    return shared or own.get("imagePullSecrets") or of_all.get("pullSecrets")


def _environment(known: Properties) -> list[Value]:
    path: Value = {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    return [
        {"name": "ENVOY_GATEWAY_NAMESPACE", "valueFrom": path},
        {"name": "KUBERNETES_CLUSTER_DOMAIN", "value": known.get("kubernetesClusterDomain")},
    ]


def _deployment(release: Release, known: Properties, labels: Properties) -> Properties:
    wanted, own = part(known, "deployment"), part(known, "deployment", "envoyGateway")
    pod, selector = part(wanted, "pod"), _of_controller(release, known)
    placed = {
        key: pod.get(key)
        for key in (
            *("affinity", "nodeSelector", "tolerations"),
            *("topologySpreadConstraints", "securityContext"),
        )
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(
            release,
            known,
            NAME,
            labels={"control-plane": NAME, **labels},
            annotations=wanted.get("annotations"),
        ),
        "spec": {
            "replicas": wanted.get("replicas"),
            **without_empty({"strategy": own.get("strategy")}),
            "selector": {"matchLabels": selector},
            "template": {
                "metadata": without_empty(
                    {
                        "labels": {**selector, **part(pod, "labels")},
                        "annotations": pod.get("annotations"),
                    }
                ),
                "spec": without_empty(
                    {
                        "automountServiceAccountToken": True,
                        **placed,
                        "containers": [_container(release, known)],
                        "imagePullSecrets": _pull_secrets(known),
                        "priorityClassName": wanted.get("priorityClassName"),
                        "serviceAccountName": ACCOUNT,
                        "terminationGracePeriodSeconds": 10,
                        "volumes": _volumes(known),
                    }
                ),
            },
        },
    }


def _container(release: Release, known: Properties) -> Properties:
    own = part(known, "deployment", "envoyGateway")
    pod = part(known, "deployment", "pod")
    ports: list[Value] = [
        {"name": port.get("name"), "containerPort": port.get("port")}
        for port in items(part(known, "deployment").get("ports"))
        if isinstance(port, dict)
    ]
    if part(known, "topologyInjector").get("enabled"):
        ports.append({"name": "webhook", "containerPort": _WEBHOOK_PORT})
    probes = {name: own.get(name) for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    return without_empty(
        {
            "name": NAME,
            "image": _image(release, known),
            **_pull(known),
            "args": ["server", "--config-path=/config/envoy-gateway.yaml"],
            "env": [*_environment(known), *items(own.get("extraEnv"))],
            "ports": ports,
            **probes,
            "resources": own.get("resources"),
            "securityContext": own.get("securityContext"),
            "volumeMounts": [
                {"name": CONFIGURATION[0], "mountPath": "/config", "readOnly": True},
                {"name": "certs", "mountPath": "/certs", "readOnly": True},
                {"name": "wasm-cache", "mountPath": "/var/lib/eg/wasm"},
                *items(pod.get("extraVolumeMounts")),
            ],
        }
    )


def _volumes(known: Properties) -> list[Value]:
    cache = part(known, "deployment", "envoyGateway", "wasmCacheVolume")
    return [
        {"name": CONFIGURATION[0], "configMap": {"name": CONFIGURATION[0]}},
        {"name": "certs", "secret": {"secretName": NAME}},
        {"name": "wasm-cache", **(cache or {"emptyDir": {}})},
        *items(part(known, "deployment", "pod").get("extraVolumes")),
    ]


def _service(release: Release, known: Properties, labels: Properties) -> Properties:
    wanted = part(known, "service")
    ports: list[Value] = [*items(part(known, "deployment").get("ports"))]
    if part(known, "topologyInjector").get("enabled"):
        ports.append({"name": "webhook", "port": _WEBHOOK_PORT, "targetPort": _WEBHOOK_PORT})
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(
            release,
            known,
            NAME,
            labels={"control-plane": NAME, **labels},
            annotations=wanted.get("annotations"),
        ),
        "spec": without_empty(
            {
                "type": wanted.get("type"),
                "selector": _of_controller(release, known),
                "ports": ports,
                "trafficDistribution": wanted.get("trafficDistribution"),
            }
        ),
    }


def _budget(release: Release, known: Properties) -> list[Properties]:
    """The chart makes one only where a number of pods is asked for."""
    wanted = without_empty(part(known, "podDisruptionBudget"))
    kept = {key: value for key, value in wanted.items() if value != 0}
    if not kept.keys() & {"minAvailable", "maxUnavailable"}:
        return []
    return [
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": _metadata(release, known, NAME),
            "spec": {**kept, "selector": {"matchLabels": _of_controller(release, known)}},
        }
    ]


def _job(release: Release, known: Properties, labels: Properties) -> Properties:
    wanted = part(known, "certgen", "job")
    pod, name = part(wanted, "pod"), f"{release.full_name(known)}-certgen"
    arguments = [*items(wanted.get("args"))]
    if not part(known, "topologyInjector").get("enabled"):
        arguments.append("--disable-topology-injector")
    container = without_empty(
        {
            "name": "envoy-gateway-certgen",
            "image": _image(release, known),
            **_pull(known),
            "command": ["envoy-gateway", "certgen"],
            "args": arguments,
            "env": _environment(known),
            "resources": wanted.get("resources"),
            "securityContext": wanted.get("securityContext"),
        }
    )
    placed = {key: wanted.get(key) for key in ("affinity", "nodeSelector", "tolerations")}
    spec = without_empty(
        {
            "automountServiceAccountToken": True,
            "securityContext": pod.get("securityContext"),
            "containers": [container],
            "imagePullSecrets": _pull_secrets(known),
            **placed,
            "restartPolicy": "Never",
            "serviceAccountName": name,
        }
    )
    marks = without_empty(
        {"labels": {"app": "certgen", **part(pod, "labels")}, "annotations": pod.get("annotations")}
    )
    lives = wanted.get("ttlSecondsAfterFinished")
    hook = {"helm.sh/hook": "pre-install, pre-upgrade", **part(wanted, "annotations")}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": _metadata(release, known, name, labels=labels, annotations=hook),
        "spec": {
            "backoffLimit": 1,
            "completions": 1,
            "parallelism": 1,
            "template": {"metadata": marks, "spec": spec},
            **({} if lives is None else {"ttlSecondsAfterFinished": lives}),
        },
    }

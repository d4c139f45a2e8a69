"""The Deployments of external-secrets: arguments, ports, probes and confinement.

Owns what the three programs have in common and what each has of its own. Source: as in
`external_secrets`, templates/deployment.yaml, webhook-deployment.yaml and
cert-controller-deployment.yaml.
"""

from dataclasses import dataclass

from infra.rehearsal.charts.objects import Release, Workload, part, without_empty
from infra.wire import Properties, Value

_OR_GLOBAL = ("nodeSelector", "affinity", "tolerations", "imagePullSecrets")
"""Settings of a program that fall back to `global`."""


@dataclass(frozen=True)
class Program:
    """One of the three programs."""

    section: str = ""
    """Section of the values; empty for the operator, whose values are the chart's own."""
    suffix: str = ""
    """End of the names of its objects; empty for the operator."""

    def settings(self, known: Properties) -> Properties:
        """Return its values."""
        return part(known, self.section) if self.section else known

    def selector(self, release: Release, known: Properties) -> Properties:
        """Return the labels that select its pods."""
        end = f"-{self.suffix}" if self.suffix else ""
        return {
            "app.kubernetes.io/name": f"{release.app_name(known)}{end}",
            "app.kubernetes.io/instance": release.name,
        }

    def name(self, release: Release, known: Properties) -> str:
        """Return the name of its Deployment."""
        full = release.full_name(known)
        return f"{full}-{self.suffix}" if self.suffix else full


def deployment(release: Release, known: Properties, program: Program, account: str) -> Properties:
    """Return the Deployment of a program."""
    own, selector = program.settings(known), program.selector(release, known)
    shared = part(known, "global")
    workload = Workload(
        release=release,
        name=program.name(release, known),
        namespace=release.home(known),
        selector=selector,
        pod_labels={
            **release.labels(selector),
            **(part(own, "podLabels") or part(shared, "podLabels")),
        },
        pod_annotations=part(own, "podAnnotations") or part(shared, "podAnnotations"),
        pod={
            "serviceAccountName": account,
            "automountServiceAccountToken": part(own, "serviceAccount").get("automount"),
            "hostNetwork": own.get("hostNetwork"),
            "dnsPolicy": known.get("dnsPolicy") if not program.section else None,
            "securityContext": _security(own, "podSecurityContext"),
            "priorityClassName": own.get("priorityClassName"),
            **{name: own.get(name) or shared.get(name) for name in _OR_GLOBAL},
            "topologySpreadConstraints": _spread(own, shared, selector),
            "containers": [_container(release, known, program)],
            "volumes": _volumes(release, known) if program.section == "webhook" else None,
        },
    )
    made = workload.deployment(own.get("replicaCount"), own.get("strategy"))
    metadata = {**part(made, "metadata"), "annotations": own.get("deploymentAnnotations")}
    spec = {**part(made, "spec"), "revisionHistoryLimit": own.get("revisionHistoryLimit")}
    return {**made, "metadata": without_empty(metadata), "spec": spec}


def _container(release: Release, known: Properties, program: Program) -> Properties:
    own = program.settings(known)
    image = part(own, "image")
    repository = part(known, "global").get("repository") or image.get("repository")
    metrics = part(own, "metrics", "listen").get("port")
    probes = _operator_probes(known) if not program.section else _probes(own)
    ports = {"metrics": metrics, **_other_ports(known, program)}
    return without_empty(
        {
            "name": program.suffix or release.chart,
            "image": f"{repository}:{image.get('tag') or release.app_version}",
            "imagePullPolicy": image.get("pullPolicy"),
            "args": _arguments(release, known, program),
            "env": own.get("extraEnv"),
            "ports": [
                {"name": name, "containerPort": port, "protocol": "TCP"}
                for name, port in ports.items()
            ],
            **probes,
            "resources": own.get("resources"),
            "securityContext": _security(own, "securityContext"),
            "volumeMounts": [
                {"name": "certs", "mountPath": own.get("certDir"), "readOnly": True},
            ]
            if program.section == "webhook"
            else None,
        }
    )


def _security(own: Properties, name: str) -> Properties:
    """A context that has nothing but its switch is left out, as in the templates."""
    context = dict(part(own, name))
    return context if context.pop("enabled", False) else {}


def _spread(own: Properties, shared: Properties, selector: Properties) -> list[Value]:
    wanted = own.get("topologySpreadConstraints") or shared.get("topologySpreadConstraints")
    return [
        {"labelSelector": {"matchLabels": selector}, **item}
        for item in (wanted if isinstance(wanted, list) else [])
        if isinstance(item, dict)
    ]


def _volumes(release: Release, known: Properties) -> list[Value]:
    secret = f"{release.full_name(known)}-webhook"
    return [{"name": "certs", "secret": {"secretName": secret}}]


def _other_ports(known: Properties, program: Program) -> Properties:
    if not program.section:
        live = part(known, "livenessProbe", "spec").get("port")
        return {"live": live} if _has_health(known) else {}
    own = program.settings(known)
    ready = {"ready": part(own, "readinessProbe").get("port")}
    return {"webhook": own.get("port"), **ready} if program.section == "webhook" else ready


def _has_health(known: Properties) -> bool:
    return any(part(known, f"{name}Probe").get("enabled") for name in ("liveness", "readiness"))


def _operator_probes(known: Properties) -> Properties:
    probes: Properties = {}
    for name in ("livenessProbe", "readinessProbe"):
        if part(known, name).get("enabled"):
            spec = part(known, name, "spec")
            probes[name] = {
                key: value for key, value in spec.items() if key not in ("address", "port")
            }
    return probes


def _probes(own: Properties) -> Properties:
    probes: Properties = {}
    for name, path in (("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
        spec = dict(part(own, name))
        if spec.pop("enabled", False):
            spec.pop("address", None)
            port = spec.pop("port")
            asked = port if name == "livenessProbe" else "ready"
            probes[name] = {"httpGet": {"port": asked, "path": path}, **spec}
    return probes


def _arguments(release: Release, known: Properties, program: Program) -> list[Value]:
    own = program.settings(known)
    first = {
        "": _operator_arguments,
        "webhook": _webhook_arguments,
        "certController": _certificate_arguments,
    }[program.section](release, known)
    log = part(own, "log")
    return [
        *first,
        f"--metrics-addr=:{part(own, 'metrics', 'listen').get('port')}",
        f"--loglevel={log.get('level')}",
        f"--zap-time-encoding={log.get('timeEncoding')}",
        *(
            f"--{name}={value}" if value else f"--{name}"
            for name, value in part(own, "extraArgs").items()
        ),
    ]


def _operator_arguments(_release: Release, known: Properties) -> list[str]:
    off = {
        "processClusterStore": "cluster-store",
        "processClusterExternalSecret": "cluster-external-secret",
        "processClusterPushSecret": "cluster-push-secret",
        "processPushSecret": "push-secret",
        "processSecretStore": "secret-store",
    }
    named = {
        "leaderElectionID": "leader-election-id",
        "storeRequeueInterval": "store-requeue-interval",
        "concurrent": "concurrent",
    }
    health = part(known, "livenessProbe", "spec")
    return [
        *(["--enable-leader-election=true"] if known.get("leaderElect") else []),
        *(f"--enable-{name}-reconciler=false" for key, name in off.items() if not known.get(key)),
        *(f"--{name}={known[key]}" for key, name in named.items() if known.get(key)),
        *(
            [f"--live-addr={health.get('address')}:{health.get('port')}"]
            if _has_health(known)
            else []
        ),
    ]


def _webhook_arguments(release: Release, known: Properties) -> list[str]:
    own = part(known, "webhook")
    ahead = own.get("lookaheadInterval")
    return [
        "webhook",
        f"--port={own.get('port')}",
        f"--dns-name={release.full_name(known)}-webhook.{release.home(known)}.svc",
        f"--cert-dir={own.get('certDir')}",
        f"--check-interval={own.get('certCheckInterval')}",
        _health_argument(own),
        *([f"--lookahead-interval={ahead}"] if ahead else []),
    ]


def _certificate_arguments(release: Release, known: Properties) -> list[str]:
    own, name = part(known, "certController"), f"{release.full_name(known)}-webhook"
    return [
        "certcontroller",
        f"--crd-requeue-interval={own.get('requeueInterval')}",
        f"--service-name={name}",
        f"--service-namespace={release.home(known)}",
        f"--secret-name={name}",
        f"--secret-namespace={release.home(known)}",
        _health_argument(own),
        *(["--enable-partial-cache=true"] if own.get("enablePartialCache") else []),
        *(["--enable-leader-election=true"] if known.get("leaderElect") else []),
    ]


def _health_argument(own: Properties) -> str:
    ready = part(own, "readinessProbe")
    return f"--healthz-addr={ready.get('address')}:{ready.get('port')}"

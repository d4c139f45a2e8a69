"""The pods of cert-manager's chart, and the Services and budgets around them.

Source: cert-manager v1.21.2, deploy/charts/cert-manager/templates, read 2026-11-27.
"""

from infra.rehearsal.charts.cert_manager_names import (
    CAINJECTOR,
    CHECK,
    CONTROLLER,
    WEBHOOK,
    Program,
    home,
    programs,
)
from infra.rehearsal.charts.objects import Release, items, part, without_empty
from infra.wire import Properties, Value

METRICS_PORT = 9402
HEALTH_PORT = 9403
WEBHOOK_HEALTH_PORT = 6080
_FOLDER = "/var/cert-manager/config"


def deployments(release: Release, known: Properties) -> list[Properties]:
    """Return a Deployment for each program."""
    return [_deployment(release, known, program) for program in programs(known)]


def _deployment(release: Release, known: Properties, program: Program) -> Properties:
    own = program.settings(known)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(release, known, program, own.get("deploymentAnnotations")),
        "spec": {
            "replicas": own.get("replicaCount"),
            **without_empty(
                {
                    "revisionHistoryLimit": part(known, "global").get("revisionHistoryLimit"),
                    "strategy": own.get("strategy"),
                }
            ),
            "selector": {"matchLabels": program.selector(release, known)},
            "template": _template(release, known, program),
        },
    }


def _metadata(
    release: Release, known: Properties, program: Program, annotations: Value = None
) -> Properties:
    return {
        "name": program.name(release, known),
        "namespace": home(release, known),
        "labels": program.labels(release, known),
        **without_empty({"annotations": annotations}),
    }


def _template(release: Release, known: Properties, program: Program) -> Properties:
    own = program.settings(known)
    annotations = {**part(own, "podAnnotations")}
    if part(known, "prometheus").get("enabled") and program is not CHECK:
        annotations |= {
            "prometheus.io/path": "/metrics",
            "prometheus.io/scrape": "true",
            "prometheus.io/port": str(METRICS_PORT),
        }
    marks = without_empty(
        {
            "labels": {**program.labels(release, known), **part(own, "podLabels")},
            "annotations": annotations,
        }
    )
    # The selector of all is laid over that of one: sprig's `merge` keeps what is there first.
    nodes = {**part(own, "nodeSelector"), **part(known, "global", "nodeSelector")}
    placed = {
        key: own.get(key)
        for key in ("affinity", "tolerations", "topologySpreadConstraints", "securityContext")
    }
    has_file = program is CONTROLLER and _has_file(known)
    spec = without_empty(
        {
            "serviceAccountName": program.account(release, known),
            "automountServiceAccountToken": own.get("automountServiceAccountToken"),
            "enableServiceLinks": own.get("enableServiceLinks"),
            "priorityClassName": part(known, "global").get("priorityClassName"),
            **placed,
            "nodeSelector": nodes,
            "containers": [_container(release, known, program)],
        }
    )
    if has_file:
        name = program.name(release, known)
        spec["volumes"] = [{"name": "config", "configMap": {"name": name}}]
    if program is CHECK:
        spec["restartPolicy"] = "OnFailure"
    return {"metadata": marks, "spec": spec}


def _container(release: Release, known: Properties, program: Program) -> Properties:
    own = program.settings(known)
    place: Value = {"fieldRef": {"fieldPath": "metadata.namespace"}}
    made = without_empty(
        {
            "name": f"{release.chart}-{program.component}",
            "image": _image(release, known, part(own, "image")),
            "imagePullPolicy": part(own, "image").get("pullPolicy"),
            "args": [*_arguments(release, known, program)],
            "ports": _ports(known, program),
            **_probes(program, own),
            "securityContext": own.get("containerSecurityContext"),
            "env": [{"name": "POD_NAMESPACE", "valueFrom": place}, *items(own.get("extraEnv"))],
            "resources": own.get("resources"),
        }
    )
    if program is CONTROLLER and _has_file(known):
        made["volumeMounts"] = [{"name": "config", "mountPath": _FOLDER}]
    return made


def _has_file(known: Properties) -> bool:
    def says(value: Value) -> bool:
        return any(map(says, value.values())) if isinstance(value, dict) else value is not None

    return says(known.get("config"))


def _image(release: Release, known: Properties, wanted: Properties) -> str:
    """Return an image as the chart's helper puts it together."""
    repository = wanted.get("repository")
    if not repository:
        parts = (known.get("imageRegistry"), known.get("imageNamespace"), wanted.get("name"))
        repository = "/".join(str(item) for item in parts if item)
    if wanted.get("registry"):
        repository = f"{wanted['registry']}/{repository}"
    tag, digest = wanted.get("tag"), wanted.get("digest")
    end = f"{f':{tag}' if tag else ''}{f'@{digest}' if digest else ''}"
    return f"{repository}{end or f':{release.app_version}'}"


def _arguments(release: Release, known: Properties, program: Program) -> list[str]:
    own = program.settings(known)
    extra = [str(item) for item in items(own.get("extraArgs"))]
    if program is CHECK:
        return ["check", "api", f"--wait={own.get('timeout')}", *extra]
    made = [f"--v={part(known, 'global').get('logLevel')}"]
    if program is CONTROLLER:
        return [*made, *_of_controller(release, known), *extra, *_after_extra(known)]
    if program is CAINJECTOR:
        gates = own.get("featureGates")
        made += [*_leader(known), *([f"--feature-gates={gates}"] if gates else [])]
    else:
        made += _of_webhook(release, known)
    metrics = [] if part(known, "prometheus").get("enabled") else ["--metrics-listen-address=0"]
    return [*made, *extra, *metrics]


def _of_controller(release: Release, known: Properties) -> list[str]:
    solver = _image(release, known, part(known, "acmesolver", "image"))
    file = [f"--config={_FOLDER}/config.yaml"] if _has_file(known) else []
    place = known.get("clusterResourceNamespace") or "$(POD_NAMESPACE)"
    return [
        *file,
        f"--cluster-resource-namespace={place}",
        *_leader(known),
        f"--acme-http01-solver-image={solver}",
    ]


def _after_extra(known: Properties) -> list[str]:
    common = part(known, "global", "commonLabels")
    made = []
    if known.get("featureGates"):
        made.append(f"--feature-gates={known['featureGates']}")
    made += [f"--acme-http01-solver-extra-labels={key}={common[key]}" for key in sorted(common)]
    made.append(f"--max-concurrent-challenges={known.get('maxConcurrentChallenges')}")
    if known.get("enableCertificateOwnerRef"):
        made.append("--enable-certificate-owner-ref=true")
    if known.get("dns01RecursiveNameserversOnly"):
        made.append("--dns01-recursive-nameservers-only=true")
    if known.get("dns01RecursiveNameservers"):
        made.append(f"--dns01-recursive-nameservers={known['dns01RecursiveNameservers']}")
    return made


def _of_webhook(release: Release, known: Properties) -> list[str]:
    own, name = part(known, "webhook"), WEBHOOK.name(release, known)
    gates = own.get("featureGates")
    hosts = (name, f"{name}.$(POD_NAMESPACE)", f"{name}.$(POD_NAMESPACE).svc")
    return [
        f"--secure-port={own.get('securePort')}",
        *([f"--feature-gates={gates}"] if gates else []),
        "--dynamic-serving-ca-secret-namespace=$(POD_NAMESPACE)",
        f"--dynamic-serving-ca-secret-name={name}-ca",
        *(f"--dynamic-serving-dns-names={host}" for host in hosts),
    ]


def _leader(known: Properties) -> list[str]:
    wanted = part(known, "global", "leaderElection")
    made = [f"--leader-election-namespace={wanted.get('namespace')}"]
    for key, flag in (
        ("leaseDuration", "lease-duration"),
        ("renewDeadline", "renew-deadline"),
        ("retryPeriod", "retry-period"),
    ):
        if wanted.get(key):
            made.append(f"--leader-election-{flag}={wanted[key]}")
    return made


def _ports(known: Properties, program: Program) -> list[Value]:
    def port(name: str, number: Value) -> Properties:
        return {"name": name, "containerPort": number, "protocol": "TCP"}

    metrics = [port("http-metrics", METRICS_PORT)]
    watched = metrics if part(known, "prometheus").get("enabled") else []
    if program is CONTROLLER:
        return [*metrics, port("http-healthz", HEALTH_PORT)]
    if program is WEBHOOK:
        secure = part(known, "webhook").get("securePort")
        return [port("https", secure), port("healthcheck", WEBHOOK_HEALTH_PORT), *watched]
    return [*watched] if program is CAINJECTOR else []


def _probes(program: Program, own: Properties) -> Properties:
    def probe(path: str, port: str, times: Properties) -> Properties:
        said = {key: value for key, value in times.items() if key != "enabled"}
        return {"httpGet": {"path": path, "port": port, "scheme": "HTTP"}, **said}

    lives = part(own, "livenessProbe")
    if program is CONTROLLER and lives.get("enabled"):
        return {"livenessProbe": probe("/livez", "http-healthz", lives)}
    if program is WEBHOOK:
        return {
            "livenessProbe": probe("/livez", "healthcheck", lives),
            "readinessProbe": probe("/healthz", "healthcheck", part(own, "readinessProbe")),
        }
    return {}


def services(release: Release, known: Properties) -> list[Properties]:
    """Return the Service of the webhook, and one for each program's figures."""
    watched = part(known, "prometheus").get("enabled")
    figures: Properties = {"name": "http-metrics", "port": METRICS_PORT, "protocol": "TCP"}
    secure: Properties = {"name": "https", "port": 443, "protocol": "TCP", "targetPort": "https"}
    ports: dict[str, list[Value]] = {WEBHOOK.component: [secure]}
    if watched:
        ports[WEBHOOK.component].append(
            {**figures, "name": "metrics", "targetPort": "http-metrics"}
        )
        ports[CONTROLLER.component] = [figures]
        ports[CAINJECTOR.component] = [figures]
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": _metadata(release, known, program),
            "spec": {
                "type": "ClusterIP",
                "ports": ports[program.component],
                "selector": program.selector(release, known),
            },
        }
        for program in programs(known)
        if program.component in ports
    ]


def budgets(release: Release, known: Properties) -> list[Properties]:
    """Return a PodDisruptionBudget for each program that has one; by default one pod stays."""
    made: list[Properties] = []
    for program in programs(known):
        wanted = part(program.settings(known), "podDisruptionBudget")
        if not wanted.get("enabled"):
            continue
        said = {
            key: value for key, value in wanted.items() if key != "enabled" and value is not None
        }
        if not said.keys() & {"minAvailable", "maxUnavailable"}:
            said["minAvailable"] = 1
        made.append(
            {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": _metadata(release, known, program),
                "spec": {**said, "selector": {"matchLabels": program.selector(release, known)}},
            }
        )
    return made


def check_job(release: Release, known: Properties) -> list[Properties]:
    """Return the Job that waits until the webhook answers."""
    own = part(known, "startupapicheck")
    if not own.get("enabled"):
        return []
    lives = own.get("ttlSecondsAfterFinished")
    return [
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": _metadata(release, known, CHECK, own.get("jobAnnotations")),
            "spec": {
                "backoffLimit": own.get("backoffLimit"),
                **({} if lives is None else {"ttlSecondsAfterFinished": lives}),
                "template": _template(release, known, CHECK),
            },
        }
    ]

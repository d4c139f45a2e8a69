"""The etcd of the chart milvus: its members with their disks, Services and disruption budget.

Owns the objects with the subchart's own names and selectors. Source: chart etcd 8.12.0 of Bitnami
as zilliztech/milvus-helm@9832476 vendors it, read 2026-11-26. Not played: authentication, TLS,
metrics, snapshots, and the settings that a member finds in its environment.
"""

from infra.rehearsal.charts.objects import Release, Workload, part, without_empty
from infra.rehearsal.charts.values import refuse_on
from infra.wire import Properties, Value

NAME = "etcd"
_OFF = (
    ("serviceAccount", "create"),
    ("auth", "rbac", "enabled"),
    ("auth", "rbac", "create"),
    ("auth", "token", "enabled"),
    ("metrics", "enabled"),
    ("networkPolicy", "enabled"),
    ("volumePermissions", "enabled"),
    ("disasterRecovery", "enabled"),
    ("startFromSnapshot", "enabled"),
    ("diagnosticMode", "enabled"),
)
_HEALTHY: Properties = {"exec": {"command": ["/opt/bitnami/scripts/etcd/healthcheck.sh"]}}
_LEAVE: Properties = {
    "preStop": {"exec": {"command": ["/opt/bitnami/scripts/etcd/prestop.sh"]}},
}


def objects(release: Release, known: Properties) -> list[Properties]:
    """Return the objects of etcd from its effective values.

    Raises:
        ChartValueError: A part without a placeholder.
    """
    if not known.get("enabled"):
        return []
    refuse_on("milvus", known, _OFF, below="etcd.")
    made = [
        _service(release, known, _full_name(release), {"type": "ClusterIP"}),
        _service(
            release,
            known,
            f"{_full_name(release)}-headless",
            {"type": "ClusterIP", "clusterIP": "None", "publishNotReadyAddresses": True},
        ),
        _members(release, known),
    ]
    return [*made, _budget(release, known)] if part(known, "pdb").get("create") else made


def _full_name(release: Release) -> str:
    return release.name if NAME in release.name else f"{release.name}-{NAME}"


def _selector(release: Release) -> Properties:
    return {"app.kubernetes.io/name": NAME, "app.kubernetes.io/instance": release.name}


def _service(release: Release, known: Properties, name: str, spec: Properties) -> Properties:
    ports: list[Value] = [
        {"name": port, "port": part(known, "containerPorts").get(port), "targetPort": port}
        for port in ("client", "peer")
    ]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(release, name),
        "spec": {**spec, "ports": ports, "selector": _selector(release)},
    }


def _members(release: Release, known: Properties) -> Properties:
    name = _full_name(release)
    context = dict(part(known, "podSecurityContext"))
    enabled = context.pop("enabled", False)
    workload = Workload(
        release=release,
        name=name,
        namespace=release.namespace,
        selector=_selector(release),
        pod_labels=part(known, "podLabels"),
        pod_annotations=part(known, "podAnnotations"),
        pod={
            "serviceAccountName": part(known, "serviceAccount").get("name") or "default",
            "affinity": known.get("affinity") or _apart(release, known),
            "nodeSelector": known.get("nodeSelector"),
            "tolerations": known.get("tolerations"),
            "topologySpreadConstraints": known.get("topologySpreadConstraints"),
            "priorityClassName": known.get("priorityClassName"),
            "securityContext": context if enabled else None,
            "containers": [_container(known)],
        },
    )
    return workload.stateful_set(
        known.get("replicaCount"),
        {
            "serviceName": f"{name}-headless",
            "podManagementPolicy": known.get("podManagementPolicy"),
            "updateStrategy": known.get("updateStrategy"),
            "volumeClaimTemplates": [_claim(known)],
        },
    )


def _container(known: Properties) -> Properties:
    image, replicas = part(known, "image"), known.get("replicaCount")
    tag = f"@{image['digest']}" if image.get("digest") else f":{image.get('tag')}"
    context = dict(part(known, "containerSecurityContext"))
    enabled = context.pop("enabled", False)
    leaves = known.get("removeMemberOnContainerTermination") and replicas != 1
    return without_empty(
        {
            "name": NAME,
            "image": f"{image.get('registry')}/{image.get('repository')}{tag}",
            "imagePullPolicy": image.get("pullPolicy"),
            "env": known.get("extraEnvVars"),
            "ports": [
                {
                    "name": port,
                    "containerPort": part(known, "containerPorts").get(port),
                    "protocol": "TCP",
                }
                for port in ("client", "peer")
            ],
            "livenessProbe": _probe(known, "livenessProbe"),
            "readinessProbe": _probe(known, "readinessProbe"),
            "lifecycle": _LEAVE if leaves else None,
            "resources": known.get("resources"),
            "securityContext": context if enabled else None,
            "volumeMounts": [{"name": "data", "mountPath": "/bitnami/etcd"}],
        }
    )


def _probe(known: Properties, name: str) -> Value:
    probe = dict(part(known, name))
    return {**_HEALTHY, **probe} if probe.pop("enabled", False) else None


def _claim(known: Properties) -> Properties:
    persistence = part(known, "persistence")
    return {
        "metadata": {"name": "data"},
        "spec": without_empty(
            {
                "accessModes": persistence.get("accessModes"),
                "resources": {"requests": {"storage": persistence.get("size")}},
                "storageClassName": persistence.get("storageClass"),
            }
        ),
    }


def _apart(release: Release, known: Properties) -> Value:
    """Keep members on different nodes, as the preset says."""
    term: Properties = {
        "labelSelector": {"matchLabels": _selector(release)},
        "topologyKey": "kubernetes.io/hostname",
    }
    preset = known.get("podAntiAffinityPreset")
    if preset == "hard":
        return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    if preset == "soft":
        preferred: Value = [{"podAffinityTerm": term, "weight": 1}]
        return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}
    return None


def _budget(release: Release, known: Properties) -> Properties:
    budget = part(known, "pdb")
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": _metadata(release, _full_name(release)),
        "spec": {
            **without_empty(
                {name: budget.get(name) for name in ("minAvailable", "maxUnavailable")}
            ),
            "selector": {"matchLabels": _selector(release)},
        },
    }


def _metadata(release: Release, name: str) -> Properties:
    return {
        "name": name,
        "namespace": release.namespace,
        "labels": release.labels(_selector(release)),
    }

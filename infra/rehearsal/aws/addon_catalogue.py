"""The EKS add-ons that have a placeholder: what each puts into a cluster, and its settings.

Owns: workloads with the requests, tolerations and replicas that the add-on has without settings,
and the part of each settings schema that is played. EKS knows more settings; those are refused as
not simulated, since a setting that is dropped could change what fits.
Does not own versions (`addon_versions.py`).

Not played: roles, webhooks, custom resources, disruption budgets, the metrics API of metrics-server
(an API that nobody serves would break discovery for all) and the CSIDriver of the EBS driver.

Sources, read 2026-11:
- coredns: `assets/coredns-1.35.json`, and kube-proxy: `testdata/sample-1.25.json`, both read off
  clusters (eksctl-io/eksctl, pkg/addons/default, at a263747 and 16f64c8).
- vpc-cni: aws/amazon-vpc-cni-k8s, manifest with network policy agent v1.1.1.
- eks-pod-identity-agent: aws/eks-pod-identity-agent at 00bc058, chart: no requests, tolerates all.
- aws-ebs-csi-driver: kubernetes-sigs/aws-ebs-csi-driver at 006340e and 014eef4, chart: a sidecar
  takes the resources of the controller or of the node.
- metrics-server: kubernetes-sigs/metrics-server at 026af89, chart; two replicas, which EKS sets.
- eks-node-monitoring-agent: aws/eks-node-monitoring-agent at 0040fd7, chart and, at 0b5f05c,
  `configuration.schema.json`.
"""

from infra.catalog.machines import machines
from infra.rehearsal.aws.addon_workloads import AddonKind
from infra.rehearsal.cloud.system_workloads import (
    CLUSTER_CRITICAL,
    NODE_CRITICAL,
    Workload,
    named,
    requests,
)
from infra.spec.cloud import CloudProvider
from infra.wire import Properties, Value

_EVERYWHERE: list[Value] = [{"operator": "Exists"}]
_ON_NODES: Properties = {"priorityClassName": NODE_CRITICAL, "tolerations": _EVERYWHERE}
_IN_HOST_NETWORK: Properties = {"hostNetwork": True, **_ON_NODES}
_DNS_LABELS = {"k8s-app": "kube-dns", "eks.amazonaws.com/component": "coredns"}
_DRIVER = requests("10m", "40Mi", memory_limit="256Mi")
_PLACED = {"nodeSelector": "object", "affinity": "object", "resources": "object"}
_SPREAD = {**_PLACED, "tolerations": "array", "topologySpreadConstraints": "array"}


def _below(place: str, settings: dict[str, str]) -> dict[str, str]:
    return {f"{place}.{name}": kind for name, kind in settings.items()}


def _apart(labels: dict[str, str]) -> Properties:
    """Return an affinity that prefers another node for each pod."""
    matching: Properties = {"matchLabels": dict[str, Value](labels)}
    term: Properties = {"topologyKey": "kubernetes.io/hostname", "labelSelector": matching}
    preferred: list[Value] = [{"weight": 100, "podAffinityTerm": term}]
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}


def _on_gpu_machines() -> Properties:
    """Return the affinity of DCGM: the chart lists machine types by name.

    Its list has every GPU machine of our catalogue (compared 2026-11).
    """
    names: list[Value] = [item.name for item in machines(CloudProvider.AWS) if item.gpu_count]
    known: Properties = {
        "key": "node.kubernetes.io/instance-type",
        "operator": "In",
        "values": names,
    }
    terms: list[Value] = [{"matchExpressions": [known]}]
    required: Properties = {"nodeSelectorTerms": terms}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}


def _kube_dns() -> Properties:
    ports: list[Value] = [
        {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
        {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
    ]
    selector: Properties = {"k8s-app": "kube-dns"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {**named("kube-dns"), "labels": selector},
        "spec": {"selector": selector, "ports": ports},
    }


VPC_CNI = AddonKind(
    name="vpc-cni",
    workloads=(
        Workload(
            kind="DaemonSet",
            name="aws-node",
            labels={"k8s-app": "aws-node"},
            containers={"aws-node": requests("25m"), "aws-eks-nodeagent": requests("25m")},
            resized=frozenset({"aws-node"}),
            account="aws-node",
            pod=_IN_HOST_NETWORK,
        ),
    ),
    settings={
        "enableNetworkPolicy": "string",  # here nothing enforces policies, with it or without
        "resources": "object",
        "tolerations": "array",
        "affinity": "object",
    },
    roles_for=("aws-node",),
)
KUBE_PROXY = AddonKind(
    name="kube-proxy",
    workloads=(
        Workload(
            kind="DaemonSet",
            name="kube-proxy",
            labels={"k8s-app": "kube-proxy"},
            containers={"kube-proxy": requests("100m")},
            account="kube-proxy",
            pod=_IN_HOST_NETWORK,
        ),
    ),
    settings={"resources": "object"},
)
COREDNS = AddonKind(
    name="coredns",
    workloads=(
        Workload(
            kind="Deployment",
            name="coredns",
            labels=_DNS_LABELS,
            containers={"coredns": requests("100m", "70Mi", memory_limit="170Mi")},
            account="coredns",
            replicas=2,
            pod={
                "priorityClassName": CLUSTER_CRITICAL,
                "tolerations": [
                    {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"},
                    {"key": "CriticalAddonsOnly", "operator": "Exists"},
                ],
                "affinity": _apart({"k8s-app": "kube-dns"}),
                "topologySpreadConstraints": [
                    {
                        "maxSkew": 1,
                        "topologyKey": "topology.kubernetes.io/zone",
                        "whenUnsatisfiable": "ScheduleAnyway",
                        "labelSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    }
                ],
            },
        ),
    ),
    settings={"replicaCount": "integer", **_SPREAD},
    extra=(_kube_dns(),),
)
POD_IDENTITY_AGENT = AddonKind(
    name="eks-pod-identity-agent",
    workloads=(
        Workload(
            kind="DaemonSet",
            name="eks-pod-identity-agent",
            labels={"app.kubernetes.io/name": "eks-pod-identity-agent"},
            containers={"eks-pod-identity-agent": {}},
            account="eks-pod-identity-agent",
            pod=_IN_HOST_NETWORK,
        ),
    ),
    # Its schema is in no public source; these are values of its chart.
    settings={"resources": "object", "tolerations": "array", "affinity": "object"},
)
EBS_CSI_DRIVER = AddonKind(
    name="aws-ebs-csi-driver",
    workloads=(
        Workload(
            kind="Deployment",
            name="ebs-csi-controller",
            at="controller",
            labels={"app": "ebs-csi-controller"},
            containers={
                "ebs-plugin": _DRIVER,
                "csi-provisioner": _DRIVER,
                "csi-attacher": _DRIVER,
                "csi-snapshotter": _DRIVER,
                "csi-resizer": _DRIVER,
                "liveness-probe": _DRIVER,
            },
            account="ebs-csi-controller-sa",
            replicas=2,
            pod={
                "priorityClassName": CLUSTER_CRITICAL,
                "tolerations": [
                    {"key": "CriticalAddonsOnly", "operator": "Exists"},
                    {"effect": "NoExecute", "operator": "Exists", "tolerationSeconds": 300},
                ],
                "affinity": _apart({"app": "ebs-csi-controller"}),
            },
        ),
        Workload(
            kind="DaemonSet",
            name="ebs-csi-node",
            at="node",
            labels={"app": "ebs-csi-node"},
            containers={
                "ebs-plugin": _DRIVER,
                "node-driver-registrar": _DRIVER,
                "liveness-probe": _DRIVER,
            },
            account="ebs-csi-node-sa",
            pod=_ON_NODES,
        ),
    ),
    settings={
        **_below("controller", {"replicaCount": "integer", **_SPREAD}),
        **_below("node", _PLACED),
    },
    roles_for=("ebs-csi-controller-sa",),
)
METRICS_SERVER = AddonKind(
    name="metrics-server",
    workloads=(
        Workload(
            kind="Deployment",
            name="metrics-server",
            labels={"app.kubernetes.io/name": "metrics-server"},
            containers={"metrics-server": requests("100m", "200Mi")},
            account="metrics-server",
            replicas=2,
            replica_setting="replicas",
            pod={"priorityClassName": CLUSTER_CRITICAL},
        ),
    ),
    settings={"replicas": "integer", **_SPREAD},
)
NODE_MONITORING_AGENT = AddonKind(
    name="eks-node-monitoring-agent",
    workloads=(
        Workload(
            kind="DaemonSet",
            name="eks-node-monitoring-agent",
            at="nodeAgent",
            labels={"app.kubernetes.io/name": "eks-node-monitoring-agent"},
            containers={
                "eks-node-monitoring-agent": requests(
                    "10m", "30Mi", cpu_limit="250m", memory_limit="200Mi"
                )
            },
            account="eks-node-monitoring-agent",
            pod=_IN_HOST_NETWORK,
        ),
        Workload(
            kind="DaemonSet",
            name="dcgm-server",
            at="dcgmAgent",
            labels={"k8s-app": "dcgm-server"},
            containers={"eks-node-monitoring-agent-dcgm": {}},
            pod={"priorityClassName": NODE_CRITICAL, "affinity": _on_gpu_machines()},
        ),
    ),
    settings={
        **_below("nodeAgent", {**_PLACED, "tolerations": "array"}),
        **_below("dcgmAgent", {**_PLACED, "tolerations": "array", "enabled": "boolean"}),
    },
)
SELF_MANAGED = (VPC_CNI, KUBE_PROXY, COREDNS)
"""What a cluster starts with unless `bootstrapSelfManagedAddons` is false."""
ADDONS = {
    kind.name: kind
    for kind in (
        *SELF_MANAGED,
        POD_IDENTITY_AGENT,
        EBS_CSI_DRIVER,
        METRICS_SERVER,
        NODE_MONITORING_AGENT,
    )
}

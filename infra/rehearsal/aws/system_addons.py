"""The objects that every new EKS cluster has: its self-managed add-ons.

Owns: what a cluster with `bootstrapSelfManagedAddons` starts with, in the requests, tolerations
and replica counts that decide what else fits on a node. Does not own their function: the pods are
placeholders, and images are named but never pulled.

Sources, all read off clusters by eksctl (eksctl-io/eksctl, pkg/addons/default, read 2026-11):
`assets/coredns-1.35.json` at a263747 (2 replicas, 100m CPU, 70Mi memory, limit 170Mi, tolerations,
anti-affinity, zone spread), `testdata/sample-1.25.json` at 16f64c8 for kube-proxy (100m CPU,
tolerates everything); aws/amazon-vpc-cni-k8s, manifest of aws-node with network policy agent v1.1.1
(25m CPU each, tolerates everything).
"""

NAMESPACE = "kube-system"
REGISTRY = "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks"
CRITICAL = "system-node-critical"


def system_objects(dns_address: str = "") -> list[dict]:
    """Return the objects in the order of their creation."""
    return [
        _service_account("aws-node"),
        _service_account("kube-proxy"),
        _service_account("coredns"),
        _daemon_set("aws-node", [("aws-node", "25m"), ("aws-eks-nodeagent", "25m")]),
        _daemon_set("kube-proxy", [("kube-proxy", "100m")]),
        _coredns(),
        _dns_service(dns_address),
        _gp2(),
    ]


def _service_account(name: str) -> dict:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata(name)}


def _daemon_set(name: str, containers: list[tuple[str, str]]) -> dict:
    labels = {"k8s-app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {**_metadata(name), "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "serviceAccountName": name,
                    "hostNetwork": True,
                    "priorityClassName": CRITICAL,
                    "tolerations": [{"operator": "Exists"}],
                    "containers": [
                        _container(container, {"requests": {"cpu": cpu}})
                        for container, cpu in containers
                    ],
                },
            },
        },
    }


def _coredns() -> dict:
    labels = {"k8s-app": "kube-dns", "eks.amazonaws.com/component": "coredns"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**_metadata("coredns"), "labels": labels},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "serviceAccountName": "coredns",
                    "priorityClassName": "system-cluster-critical",
                    "tolerations": [
                        {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"},
                        {"key": "CriticalAddonsOnly", "operator": "Exists"},
                    ],
                    "affinity": {"podAntiAffinity": _apart(labels)},
                    "topologySpreadConstraints": [
                        {
                            "maxSkew": 1,
                            "topologyKey": "topology.kubernetes.io/zone",
                            "whenUnsatisfiable": "ScheduleAnyway",
                            "labelSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                        }
                    ],
                    "containers": [
                        _container(
                            "coredns",
                            {
                                "requests": {"cpu": "100m", "memory": "70Mi"},
                                "limits": {"memory": "170Mi"},
                            },
                        )
                    ],
                },
            },
        },
    }


def _apart(labels: dict[str, str]) -> dict:
    term = {
        "topologyKey": "kubernetes.io/hostname",
        "labelSelector": {"matchLabels": {"k8s-app": labels["k8s-app"]}},
    }
    return {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 100, "podAffinityTerm": term}
        ]
    }


def _dns_service(address: str) -> dict:
    ports = [
        {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
        {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
    ]
    fixed = {"clusterIP": address} if address else {}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {**_metadata("kube-dns"), "labels": {"k8s-app": "kube-dns"}},
        "spec": {"selector": {"k8s-app": "kube-dns"}, "ports": ports, **fixed},
    }


def _gp2() -> dict:
    # Present on every cluster; no longer the default class since 1.30 (EKS release notes).
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "gp2"},
        "provisioner": "kubernetes.io/aws-ebs",
        "parameters": {"type": "gp2", "fsType": "ext4"},
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
    }


def _container(name: str, resources: dict) -> dict:
    return {"name": name, "image": f"{REGISTRY}/{name}:rehearsal", "resources": resources}


def _metadata(name: str) -> dict:
    return {"name": name, "namespace": NAMESPACE}

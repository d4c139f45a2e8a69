"""Network policies: a namespace that lets nothing through, and the named ways out of it.

Owns the policy that closes a namespace both ways, and a builder for each thing that pods here may
reach. Does not own who needs what: the component that runs the pods says so.
Kubelet probes need no rule: a node always reaches its own pods.
Policies hold where something enforces them: on EKS the VPC CNI add-on, told `enableNetworkPolicy`,
on GKE Dataplane V2.
"""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from infra.spec.cloud import CloudProvider

meta = kubernetes.meta.v1
networking = kubernetes.networking.v1

DNS_PORT = 53
HTTPS_PORT = 443
CREDENTIALS = {
    CloudProvider.AWS: ("169.254.170.23/32", (80,)),
    CloudProvider.GCP: ("169.254.169.254/32", (80, 8080)),
}
"""Who hands a pod the credentials of its cloud identity, on its own node.

AWS: the EKS Pod Identity agent, `http://169.254.170.23/v1/credentials` (EKS user guide,
pod-id-agent-setup and pod-id-how-it-works, 2026).
Google Cloud: the GKE metadata server. Dataplane V2 judges a packet before it is sent on to that
server's own port, so 988 and its address 169.254.169.252, which clusters without Dataplane V2 need,
are not opened (GKE, "Network policy", Workload Identity Federation, 2026).
"""
DNS_PODS = {
    CloudProvider.AWS: ("kube-dns",),
    # Dataplane V2 sends what is meant for the one to a cache on the same node, and judges the way
    # by that: NodeLocal DNSCache is on by default (GKE 1.34.1-gke.3720000, "NodeLocal DNSCache").
    CloudProvider.GCP: ("kube-dns", "node-local-dns"),
}
"""Label `k8s-app` of the pods that answer for the cluster's DNS."""
TUNNEL_PODS = "konnectivity-agent"
"""Label `k8s-app` of the pods through which GKE's API server reaches pods (as remembered)."""
DNS_ADDRESSES = {
    CloudProvider.AWS: (),
    # NodeLocal DNSCache where Cloud DNS is behind it (the same page), and Cloud DNS itself, before
    # the cache of a fresh node answers (tektoncd/operator#4000, 2026).
    CloudProvider.GCP: ("169.254.20.10/32", "169.254.169.254/32"),
}
PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
"""RFC 1918 and RFC 6598. EKS: Service addresses are in 10.100.0.0/16 or 172.20.0.0/16, and the
control plane's network interfaces have addresses of the cluster's subnets (EKS user guide, 2026).
GKE: nodes without public addresses reach the control plane at an address of their own subnetwork
(GKE, "Network isolation", 2026)."""


def dns(cloud: CloudProvider) -> networking.NetworkPolicyEgressRuleArgs:
    """Open the way to the cluster's DNS."""
    pods = [_system_pods(name) for name in DNS_PODS[cloud]]
    return networking.NetworkPolicyEgressRuleArgs(
        to=[*pods, *(_range(cidr) for cidr in DNS_ADDRESSES[cloud])],
        ports=[_port(DNS_PORT, "UDP"), _port(DNS_PORT)],
    )


def https() -> networking.NetworkPolicyEgressRuleArgs:
    """Open the way to HTTPS anywhere: services of the cloud, and model hubs.

    No range of addresses can name a bucket: behind a gateway endpoint S3 keeps its public
    addresses, and so does Cloud Storage behind Private Google Access; they change, and all buckets
    of all customers share them. A hub sits behind a content network. Names of hosts are not in the
    NetworkPolicy API. Which buckets a pod may read is said by its role; on AWS also, which
    account's, by the policy of the endpoint.
    """
    return networking.NetworkPolicyEgressRuleArgs(ports=[_port(HTTPS_PORT)])


def to_ports(ports: Sequence[int]) -> networking.NetworkPolicyEgressRuleArgs:
    """Open the way to some TCP ports anywhere."""
    return networking.NetworkPolicyEgressRuleArgs(ports=[_port(port) for port in ports])


def to_namespace(label: str, port: int) -> networking.NetworkPolicyEgressRuleArgs:
    """Open the way to a TCP port of the pods of one namespace."""
    peer = networking.NetworkPolicyPeerArgs(
        # The API server puts this label on every namespace; nobody can fake it.
        namespace_selector=meta.LabelSelectorArgs(
            match_labels={"kubernetes.io/metadata.name": label}
        )
    )
    return networking.NetworkPolicyEgressRuleArgs(to=[peer], ports=[_port(port)])


def to_addresses(ranges: Sequence[str], port: int) -> networking.NetworkPolicyEgressRuleArgs:
    """Open the way to a TCP port of some IPv4 ranges."""
    return networking.NetworkPolicyEgressRuleArgs(
        to=[_range(cidr) for cidr in ranges], ports=[_port(port)]
    )


def kubernetes_api() -> networking.NetworkPolicyEgressRuleArgs:
    """Open the way to the API server, and not to the internet.

    Its addresses are drawn when the cluster is created; that they are private is all that is known.
    """
    return networking.NetworkPolicyEgressRuleArgs(
        to=[_range(cidr) for cidr in PRIVATE_RANGES], ports=[_port(HTTPS_PORT)]
    )


def credentials(cloud: CloudProvider) -> networking.NetworkPolicyEgressRuleArgs:
    """Open the way to what hands a pod the credentials of its cloud identity."""
    address, ports = CREDENTIALS[cloud]
    return networking.NetworkPolicyEgressRuleArgs(
        to=[_range(address)], ports=[_port(port) for port in ports]
    )


def close(
    name: str, namespace: NamespaceRef, opts: pulumi.ResourceOptions
) -> networking.NetworkPolicy:
    """Let nothing in and nothing out, unless another policy allows it: policies only add up."""
    return networking.NetworkPolicy(
        name,
        metadata=meta.ObjectMetaArgs(name="default-deny", namespace=namespace.name),
        spec=networking.NetworkPolicySpecArgs(
            pod_selector=meta.LabelSelectorArgs(), policy_types=["Ingress", "Egress"]
        ),
        opts=opts,
    )


def open_egress(  # noqa: PLR0913 - the parts of a policy, each named where it is called
    name: str,
    *,
    namespace: NamespaceRef,
    label: str,
    pods: meta.LabelSelectorArgs,
    to: Sequence[networking.NetworkPolicyEgressRuleArgs],
    opts: pulumi.ResourceOptions,
) -> networking.NetworkPolicy:
    """Open ways out for some pods of a namespace; nothing comes in."""
    return networking.NetworkPolicy(
        name,
        metadata=meta.ObjectMetaArgs(name=label, namespace=namespace.name),
        spec=networking.NetworkPolicySpecArgs(
            pod_selector=pods, policy_types=["Ingress", "Egress"], egress=list(to)
        ),
        opts=opts,
    )


def open_to_everybody(  # noqa: PLR0913 - the parts of a policy, each named where it is called
    name: str,
    *,
    namespace: NamespaceRef,
    label: str,
    pods: meta.LabelSelectorArgs,
    ports: Sequence[int],
    opts: pulumi.ResourceOptions,
) -> networking.NetworkPolicy:
    """Open TCP ports of some pods to whoever reaches them, from inside and outside."""
    return networking.NetworkPolicy(
        name,
        metadata=meta.ObjectMetaArgs(name=label, namespace=namespace.name),
        spec=networking.NetworkPolicySpecArgs(
            pod_selector=pods,
            policy_types=["Ingress"],
            ingress=[
                networking.NetworkPolicyIngressRuleArgs(ports=[_port(port) for port in ports])
            ],
        ),
        opts=opts,
    )


def open_within(
    name: str,
    *,
    namespace: NamespaceRef,
    label: str,
    to: Sequence[networking.NetworkPolicyEgressRuleArgs],
    opts: pulumi.ResourceOptions,
) -> networking.NetworkPolicy:
    """Let the pods of a namespace reach each other, and some ways out."""
    here = networking.NetworkPolicyPeerArgs(pod_selector=every_pod())
    return networking.NetworkPolicy(
        name,
        metadata=meta.ObjectMetaArgs(name=label, namespace=namespace.name),
        spec=networking.NetworkPolicySpecArgs(
            pod_selector=every_pod(),
            policy_types=["Ingress", "Egress"],
            ingress=[networking.NetworkPolicyIngressRuleArgs(from_=[here])],
            egress=[networking.NetworkPolicyEgressRuleArgs(to=[here]), *to],
        ),
        opts=opts,
    )


def open_to_namespaces(  # noqa: PLR0913 - the parts of a policy, each named where it is called
    name: str,
    *,
    namespace: NamespaceRef,
    label: str,
    pods: meta.LabelSelectorArgs,
    clients: Mapping[str, str],
    port: int,
    opts: pulumi.ResourceOptions,
    of_them: meta.LabelSelectorArgs | None = None,
) -> networking.NetworkPolicy:
    """Open a TCP port of some pods to the namespaces that carry the labels `clients`.

    `of_them`: which pods there; None: all.
    """
    peer = networking.NetworkPolicyPeerArgs(
        namespace_selector=meta.LabelSelectorArgs(match_labels=clients), pod_selector=of_them
    )
    return networking.NetworkPolicy(
        name,
        metadata=meta.ObjectMetaArgs(name=label, namespace=namespace.name),
        spec=networking.NetworkPolicySpecArgs(
            pod_selector=pods,
            policy_types=["Ingress"],
            ingress=[networking.NetworkPolicyIngressRuleArgs(from_=[peer], ports=[_port(port)])],
        ),
        opts=opts,
    )


def open_to_control_plane(  # noqa: PLR0913 - the parts of a policy, each named where it is called
    name: str,
    *,
    namespace: NamespaceRef,
    label: str,
    pods: meta.LabelSelectorArgs,
    cloud: CloudProvider,
    port: int,
    opts: pulumi.ResourceOptions,
) -> networking.NetworkPolicy:
    """Open a TCP port of some pods to the API server, which asks webhooks there.

    On EKS it comes from network interfaces in the cluster's subnets. On GKE it comes through pods
    that keep a tunnel to it, and Dataplane V2 does not see a pod in a range of addresses.
    """
    peers = [_range(cidr) for cidr in PRIVATE_RANGES]
    if cloud is CloudProvider.GCP:
        peers.append(_system_pods(TUNNEL_PODS))
    return networking.NetworkPolicy(
        name,
        metadata=meta.ObjectMetaArgs(name=label, namespace=namespace.name),
        spec=networking.NetworkPolicySpecArgs(
            pod_selector=pods,
            policy_types=["Ingress"],
            ingress=[networking.NetworkPolicyIngressRuleArgs(from_=peers, ports=[_port(port)])],
        ),
        opts=opts,
    )


def every_pod() -> meta.LabelSelectorArgs:
    """Select every pod of a namespace."""
    return meta.LabelSelectorArgs()


def pods_with(labels: Mapping[str, str]) -> meta.LabelSelectorArgs:
    """Select pods by their labels."""
    return meta.LabelSelectorArgs(match_labels=labels)


def pods_without(key: str, *values: str) -> meta.LabelSelectorArgs:
    """Select every pod but those with a label of one of these values."""
    return meta.LabelSelectorArgs(
        match_expressions=[
            meta.LabelSelectorRequirementArgs(key=key, operator="NotIn", values=list(values))
        ]
    )


def pods_named(*names: str) -> meta.LabelSelectorArgs:
    """Select the pods of some programs, by the label that charts give them."""
    return meta.LabelSelectorArgs(
        match_expressions=[
            meta.LabelSelectorRequirementArgs(
                key="app.kubernetes.io/name", operator="In", values=list(names)
            )
        ]
    )


def _port(port: int, protocol: str = "TCP") -> networking.NetworkPolicyPortArgs:
    return networking.NetworkPolicyPortArgs(port=port, protocol=protocol)


def _system_pods(name: str) -> networking.NetworkPolicyPeerArgs:
    """Return the pods of the cluster's own namespace with a label `k8s-app`."""
    return networking.NetworkPolicyPeerArgs(
        # The API server puts this label on every namespace; nobody can fake it.
        namespace_selector=meta.LabelSelectorArgs(
            match_labels={"kubernetes.io/metadata.name": "kube-system"}
        ),
        pod_selector=meta.LabelSelectorArgs(match_labels={"k8s-app": name}),
    )


def _range(cidr: str) -> networking.NetworkPolicyPeerArgs:
    return networking.NetworkPolicyPeerArgs(ip_block=networking.IPBlockArgs(cidr=cidr))

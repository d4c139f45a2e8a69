"""Network policies: a namespace that lets nothing through, and the named ways out of it.

Owns the policy that closes a namespace both ways, and a builder for each thing that pods here may
reach. Does not own who needs what: the component that runs the pods says so.
Kubelet probes need no rule: a node always reaches its own pods.
Policies hold where something enforces them: on EKS the VPC CNI add-on, told `enableNetworkPolicy`.
"""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef

meta = kubernetes.meta.v1
networking = kubernetes.networking.v1

DNS_PORT = 53
HTTPS_PORT = 443
POD_IDENTITY_ADDRESS = "169.254.170.23/32"
POD_IDENTITY_PORT = 80
"""Where the EKS Pod Identity agent of each node answers: `http://169.254.170.23/v1/credentials`
(EKS user guide, pod-id-agent-setup and pod-id-how-it-works, 2026)."""
PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
"""RFC 1918 and RFC 6598: Service addresses of EKS are in 10.100.0.0/16 or 172.20.0.0/16, and the
control plane's network interfaces have addresses of the cluster's subnets (EKS user guide,
2026)."""


def dns() -> networking.NetworkPolicyEgressRuleArgs:
    """Open the way to the cluster's DNS."""
    cluster_dns = networking.NetworkPolicyPeerArgs(
        # The API server puts this label on every namespace; nobody can fake it.
        namespace_selector=meta.LabelSelectorArgs(
            match_labels={"kubernetes.io/metadata.name": "kube-system"}
        ),
        pod_selector=meta.LabelSelectorArgs(match_labels={"k8s-app": "kube-dns"}),
    )
    return networking.NetworkPolicyEgressRuleArgs(
        to=[cluster_dns], ports=[_port(DNS_PORT, "UDP"), _port(DNS_PORT)]
    )


def https() -> networking.NetworkPolicyEgressRuleArgs:
    """Open the way to HTTPS anywhere: services of the cloud, and model hubs.

    No range of addresses can name S3: behind a gateway endpoint a bucket keeps its public
    addresses, which change and which all buckets of all customers share. A hub sits behind a
    content network. Names of hosts are not in the NetworkPolicy API. Which buckets a pod may read
    is said by its role; which account's, by the policy of the endpoint.
    """
    return networking.NetworkPolicyEgressRuleArgs(ports=[_port(HTTPS_PORT)])


def kubernetes_api() -> networking.NetworkPolicyEgressRuleArgs:
    """Open the way to the API server, and not to the internet.

    Its addresses are drawn when the cluster is created; that they are private is all that is known.
    """
    return networking.NetworkPolicyEgressRuleArgs(
        to=[_range(cidr) for cidr in PRIVATE_RANGES], ports=[_port(HTTPS_PORT)]
    )


def pod_identity() -> networking.NetworkPolicyEgressRuleArgs:
    """Open the way to the agent that hands a pod the credentials of its role."""
    return networking.NetworkPolicyEgressRuleArgs(
        to=[_range(POD_IDENTITY_ADDRESS)], ports=[_port(POD_IDENTITY_PORT)]
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


def every_pod() -> meta.LabelSelectorArgs:
    """Select every pod of a namespace."""
    return meta.LabelSelectorArgs()


def pods_with(labels: Mapping[str, str]) -> meta.LabelSelectorArgs:
    """Select pods by their labels."""
    return meta.LabelSelectorArgs(match_labels=labels)


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


def _range(cidr: str) -> networking.NetworkPolicyPeerArgs:
    return networking.NetworkPolicyPeerArgs(ip_block=networking.IPBlockArgs(cidr=cidr))

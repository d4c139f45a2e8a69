"""The way in from outside: the gateway, what signs its certificate, and what points hosts at it.

Owns the order: the kinds and controllers of both before any object of theirs.
"""

from dataclasses import dataclass

import pulumi

from components.data.token_counts import TokenCounts
from components.handles import PlatformRef, ZoneRef
from components.kubernetes import load_balancers
from components.kubernetes.cert_manager import CertManager
from components.kubernetes.external_dns import ExternalDns
from components.kubernetes.gateway import PublicGateway
from components.kubernetes.gateway_certificate import GatewayCertificate
from components.kubernetes.prompts import Prompts
from components.kubernetes.secret_store import SecretStoreRef
from components.kubernetes.shared_host import SharedHostNeeds
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec


@dataclass(frozen=True, eq=False)
class WayIn:
    """What the rest of a platform must know of it."""

    needed: tuple[pulumi.Resource, ...] = ()
    """What must be there before, and until after, a model's route."""
    names: tuple[pulumi.Resource, ...] = ()
    """What points hosts at the gateway. It must outlive the namespace of the routes: the seconds
    that one takes to end are those in which their records are taken out."""


def build_way_in(
    spec: StackSpec,
    platform: PlatformRef,
    zone: ZoneRef | None,
    store: SecretStoreRef,
    opts: pulumi.ResourceOptions,
) -> WayIn:
    """Create it.

    Args:
        spec: the stack; its gateway has a domain.
        platform: whose it is.
        zone: of the domain; None where nobody outside signs the certificate.
        store: where the secrets of the platform are.
        opts: the way into its cluster.
    """
    cloud, version = spec.cloud.provider, spec.cluster.kubernetes_version
    manager = CertManager(
        "certificates",
        cloud=cloud,
        environment=spec.environment,
        kubernetes_version=version,
        opts=opts,
    )
    gateway = PublicGateway(
        "gateway",
        spec.gateway,
        cloud=cloud,
        environment=spec.environment,
        kubernetes_version=version,
        shared=_shared_host(spec, manager, store, opts) if spec.gateway.shared_host else None,
        traces=spec.observability.traces if spec.observability.follows_requests else None,
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(depends_on=_balancers(spec, platform, manager, opts)),
        ),
    )
    certificate = GatewayCertificate(
        "gateway-certificate",
        spec.gateway,
        cloud=spec.cloud,
        zone=zone,
        namespace=gateway.namespace,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[manager])),
    )
    needed = (*gateway.needed, certificate)
    if zone is None:  # then a person points the hosts somewhere, in a zone that is not ours
        return WayIn(needed)
    names = ExternalDns(
        "names",
        cloud=spec.cloud,
        platform=platform,
        zone=zone,
        kubernetes_version=version,
        opts=pulumi.ResourceOptions.merge(
            opts, pulumi.ResourceOptions(depends_on=[gateway.controller])
        ),
    )
    return WayIn((*needed, names), (names,))


def _shared_host(
    spec: StackSpec, manager: CertManager, store: SecretStoreRef, opts: pulumi.ResourceOptions
) -> SharedHostNeeds:
    """Create where tokens are counted, and say who gets prompts."""
    counts = TokenCounts(
        "token-counts",
        store=store,
        kubernetes_version=spec.cluster.kubernetes_version,
        opts=opts,
    )
    phoenix = spec.observability.gets_prompts
    return SharedHostNeeds(
        counts=counts.ref,
        store=store,
        certificates=manager,
        prompts=None
        if phoenix is None
        else Prompts(phoenix, spec.observability.traces.sample_share),
    )


def _balancers(
    spec: StackSpec, platform: PlatformRef, manager: CertManager, opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Create what makes load balancers: on Google Cloud the cluster's own controller does."""
    if spec.cloud.provider is not CloudProvider.AWS:
        return []
    from components.aws.tags import controller_tags  # noqa: PLC0415  AWS's, for a stack of AWS only

    controller = load_balancers.LoadBalancerController(
        "load-balancers",
        platform=platform,
        network_id=spec.network.vpc_id,
        tags=controller_tags(platform, load_balancers.CHART),
        kubernetes_version=spec.cluster.kubernetes_version,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[manager])),
    )
    return [controller]

"""A whole stack: every effective setting, after defaults and `extends` were applied."""

from infra.spec.budget import BudgetSpec
from infra.spec.cache import CacheSpec
from infra.spec.cloud import CloudSpec
from infra.spec.cluster import ClusterSpec
from infra.spec.environment import Environment, Layer
from infra.spec.gateway import GatewaySpec
from infra.spec.hub import HubSpec
from infra.spec.models import ModelSpec
from infra.spec.network import NetworkSpec
from infra.spec.observability import ObservabilitySpec
from infra.spec.pools import GpuPoolSpec
from infra.spec.preview_stack import PreviewStackSpec
from infra.spec.section import Section
from infra.spec.slo import SloSpec
from infra.spec.tenants import TenantSpec
from infra.spec.vector_store import VectorStoreSpec
from infra.spec.working_hours import WorkingHoursSpec


def cluster_name(platform: str) -> str:
    """Return the name of a cluster: fixed, because kubeconfigs and other stacks refer to it."""
    return f"tokenworks-{platform}"


class StackSpec(Section):
    """What one stack builds. Complete: nothing reads the stack file a second time."""

    name: str
    """Name of the stack, `aws-dev`."""
    extends: str | None
    """The stack whose foundation and platform this one stands on, or none."""
    environment: Environment
    """Decides the defaults."""
    layers: tuple[Layer, ...]
    """Layers that this stack builds, in order of creation."""
    cloud: CloudSpec
    """Where."""
    network: NetworkSpec
    """The network."""
    cluster: ClusterSpec
    """The Kubernetes cluster."""
    gpu_pools: tuple[GpuPoolSpec, ...]
    """GPU pools."""
    cache: CacheSpec
    """The cache."""
    vector_store: VectorStoreSpec
    """The vector store."""
    gateway: GatewaySpec
    """The way in from outside."""
    tenants: tuple[TenantSpec, ...]
    """Who may come in. Empty: whoever has a key, to all models."""
    observability: ObservabilitySpec
    """What measures the platform, and whom it wakes."""
    hub: HubSpec
    """The hub."""
    models: tuple[ModelSpec, ...]
    """Models."""
    budget: BudgetSpec
    """What it may cost."""
    slo: SloSpec
    """What it promises its users."""
    preview: PreviewStackSpec
    """Until when it may stand, where it was brought up for a while."""
    working_hours: WorkingHoursSpec
    """When its models run."""

    @property
    def platform_name(self) -> str:
        """Name shared by the stack that owns the cluster and the stacks that extend it."""
        return self.extends or self.name

    def pool(self, name: str) -> GpuPoolSpec:
        """Return the pool of that name; the spec was checked, so it exists."""
        return next(pool for pool in self.gpu_pools if pool.name == name)

"""Loads a stack: settings as written become the effective spec, or all their mistakes at once.

Owns the order: sections, `extends`, defaults, types, checks. The rules are in `checks_*`.
Knows nothing of files or of Pulumi: both hand their settings over as a mapping.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from infra.spec.budget import BudgetSpec
from infra.spec.cache import CacheSpec
from infra.spec.checks_access import check_access
from infra.spec.checks_cache import check_cache, derive_cache
from infra.spec.checks_canary import check_canaries
from infra.spec.checks_cluster import check_cloud, check_cluster
from infra.spec.checks_fallback import check_fallbacks
from infra.spec.checks_gateway import check_gateway
from infra.spec.checks_hub import check_hub
from infra.spec.checks_jwt import check_jwt
from infra.spec.checks_models import check_models
from infra.spec.checks_names_gcp import check_gcp_names
from infra.spec.checks_network import check_network
from infra.spec.checks_network_gcp import check_pod_room
from infra.spec.checks_observability import check_observability
from infra.spec.checks_phoenix import check_phoenix
from infra.spec.checks_pools import check_pools
from infra.spec.checks_promises import check_promises
from infra.spec.checks_shared_host import check_shared_host
from infra.spec.checks_stack import (
    DATA,
    INHERITED,
    check_layers,
    check_name,
    check_sections,
    find_base,
    read_environment,
    read_layers,
)
from infra.spec.checks_tenants import check_tenants, derive_tenant
from infra.spec.checks_vector_store import check_vector_store
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.cluster import ClusterSpec
from infra.spec.derive import (
    derive_network,
    derive_replicas,
    derive_server_size,
    derive_startup_timeout,
    derive_weights,
)
from infra.spec.derive_pools import derive_pool
from infra.spec.draft import Draft, Follows, S, blank, draft, refuse_stand_ins
from infra.spec.effective import Origins, Scene, overlay
from infra.spec.environment import Environment, Layer
from infra.spec.gateway import GatewaySpec
from infra.spec.hub import HubSpec
from infra.spec.mistakes import Path
from infra.spec.models import ModelSpec
from infra.spec.network import NetworkSpec
from infra.spec.observability import ObservabilitySpec
from infra.spec.one_cloud import check_one_cloud
from infra.spec.pools import GpuPoolSpec
from infra.spec.preview_stack import PreviewStackSpec
from infra.spec.report import Report, Source
from infra.spec.slo import SloSpec
from infra.spec.stack import StackSpec
from infra.spec.tenants import TenantSpec
from infra.spec.vector_store import VectorStoreSpec
from infra.spec.working_hours import WorkingHoursSpec, check_working_hours

ReadBase: TypeAlias = "Callable[[str], Mapping[str, object]]"

_OPTIONAL = (
    *("network", "cluster", *DATA, "gateway", "observability", "hub", "budget", "slo"),
    *("preview", "workingHours"),
)
"""Groups of which every setting has a default."""


@dataclass
class Loaded:
    """A stack without mistakes, and where each of its values came from."""

    spec: StackSpec
    origins: Origins


def load_stack(name: str, config: Mapping[str, object], read_base: ReadBase) -> StackSpec:
    """Return the effective spec of a stack.

    Args:
        name: Name of the stack.
        config: Its settings, keys as in a stack file: `tokenworks:cloud`.
        read_base: Returns the settings of another stack, for `extends`.

    Raises:
        SpecError: The stack has mistakes; it carries all of them.
    """
    return load(name, config, read_base).spec


def load(name: str, config: Mapping[str, object], read_base: ReadBase) -> Loaded:
    """Return the effective spec of a stack with the origin of each value.

    Raises:
        SpecError: The stack has mistakes; it carries all of them.
    """
    return _Loading(Source(name, config)).load(read_base)


@dataclass
class _Loading:
    """One stack on its way from settings to spec."""

    own: Source
    origins: Origins = field(default_factory=dict)
    environment: Environment = Environment.DEV
    provider: CloudProvider = CloudProvider.AWS
    unknown: set[str] = field(default_factory=set)
    report: Report = field(init=False)

    def __post_init__(self) -> None:
        self.report = Report(self.own)

    def load(self, read_base: ReadBase) -> Loaded:
        report = self.report
        check_name(self.own, report)
        meant = check_sections(self.own, report)
        base = find_base(self.own, read_base, report, self.origins)
        if base.source:
            report.inherit(INHERITED, base.source)
        # Nothing is known of what a broken `extends` or a misspelt section would have brought.
        broken = "extends" in meant or (base.wanted and base.source is None)
        self.unknown = meant | (set(INHERITED) if broken else set())
        known = "environment" not in self.unknown
        self.environment = read_environment(report, self.origins, known=known)
        layers = read_layers(self.own, report, self.origins, extends=base.wanted)
        if not broken and "layers" not in meant:
            check_layers(layers, self.own, base.source, report)
        cloud = self._section("cloud", CloudSpec)
        if cloud.good("provider"):
            self.provider = cloud.spec.provider
        network = self._section("network", NetworkSpec)
        cluster = self._section("cluster", ClusterSpec)
        cache = self._section("cache", CacheSpec)
        vectors = self._section("vectorStore", VectorStoreSpec)
        gateway = self._section("gateway", GatewaySpec)
        observability = self._section("observability", ObservabilitySpec)
        hub = self._section("hub", HubSpec)
        budget = self._section("budget", BudgetSpec)
        slo = self._section("slo", SloSpec)
        preview = self._section("preview", PreviewStackSpec)
        hours = self._section("workingHours", WorkingHoursSpec)
        tenants = self._tenants(gateway)
        pools = self._pools(cloud)
        models = self._models(pools, cloud)
        check_cloud(cloud, report)
        check_one_cloud((cloud, network, *(pools or ())), cloud, report)
        self._check_ground(cloud, network, cluster, cache)
        self._check_services(vectors, gateway, observability, cloud)
        check_hub(hub, self.own, report)
        check_promises(slo, budget, preview, self.environment, layers, report)
        check_pools(pools or (), cloud, report)
        check_working_hours(hours, pools or (), self.environment, layers, report)
        if self.provider is CloudProvider.GCP:
            check_pod_room(network, cluster, pools or (), report)
            check_gcp_names(
                self.own.stack if base.source is None else base.source.stack, pools or (), report
            )
        check_models(models, pools, self._names("gpuPools"), cloud, report)
        served = models if Layer.MODELS in layers and self._are_read("models") else None
        check_tenants(tenants, gateway, served, self._names("models"), report)
        self._check_traffic(gateway, tenants, models)
        report.raise_if_any()
        shared = (cloud, network, cluster, cache, vectors, gateway, observability, hub, budget, slo)
        refuse_stand_ins(*shared, preview, hours, *(pools or ()), *models, *tenants)
        spec = StackSpec(
            name=self.own.stack,
            extends=base.name,
            environment=self.environment,
            layers=layers,
            cloud=cloud.spec,
            network=network.spec,
            cluster=cluster.spec,
            gpu_pools=tuple(pool.spec for pool in pools or ()),
            cache=cache.spec,
            vector_store=vectors.spec,
            gateway=gateway.spec,
            tenants=tuple(tenant.spec for tenant in tenants),
            observability=observability.spec,
            hub=hub.spec,
            models=tuple(model.spec for model in models),
            budget=budget.spec,
            slo=slo.spec,
            preview=preview.spec,
            working_hours=hours.spec,
        )
        return Loaded(spec, self.origins)

    def _check_ground(
        self,
        cloud: Draft[CloudSpec],
        network: Draft[NetworkSpec],
        cluster: Draft[ClusterSpec],
        cache: Draft[CacheSpec],
    ) -> None:
        check_network(network, cloud, self.report)
        check_cluster(cluster, cloud, self.environment, self.report)
        check_access(cluster, cloud, self.environment, self.report)
        check_cache(cache, cloud, self.environment, self.report)

    def _check_traffic(
        self,
        gateway: Draft[GatewaySpec],
        tenants: list[Draft[TenantSpec]],
        models: list[Draft[ModelSpec]],
    ) -> None:
        report = self.report
        check_canaries(models, gateway, report)
        check_fallbacks(models, gateway, report)
        check_jwt(gateway, len(tenants), report)
        check_shared_host(gateway, tenants, models, self._token_limits(tenants), report)

    def _check_services(
        self,
        vectors: Draft[VectorStoreSpec],
        gateway: Draft[GatewaySpec],
        observability: Draft[ObservabilitySpec],
        cloud: Draft[CloudSpec],
    ) -> None:
        check_vector_store(vectors, self.environment, self.report)
        check_gateway(gateway, self.environment, self.report)
        check_observability(observability, cloud, self.environment, self.report)
        check_phoenix(observability, gateway, self.report)

    def _section(self, name: str, model: type[S]) -> Draft[S]:
        if name in self.unknown:
            return blank(model, (name,))
        source = self.report.source(name)
        raw = source.section(name)
        if raw is None and name in _OPTIONAL:
            raw = {}
        if self.report.refuse_secret((name,), raw):
            return blank(model, (name,))
        if isinstance(raw, Mapping):
            values = self._overlay(raw, (name,))
            if name == "network":
                derive_network(values, raw, self.origins)
            if name == "cache":
                derive_cache(values, self.provider, self.environment, self.origins)
            return draft(model, values, (name,), self.report, Follows())
        self._report_group((name,), raw, missing=raw is None)
        return blank(model, (name,))

    def _overlay(self, raw: Mapping[str, object], path: Path) -> dict[str, object]:
        source = self.report.source(str(path[0]))
        scene = Scene(self.environment, self.provider)
        return overlay(raw, path, scene, source, self.origins)

    def _report_group(self, path: Path, raw: object, *, missing: bool) -> None:
        form = f"`{path[0]}: {{...}}`" if len(path) == 1 else "`- name: ...`"
        self.report.add(
            path,
            "is missing" if missing else "is not a group of settings",
            raw,
            allowed="a group of settings",
            next_step=f"write {form}; stacks/README.md lists its settings",
        )

    def _pools(self, cloud: Draft[CloudSpec]) -> list[Draft[GpuPoolSpec]] | None:
        items = None if "gpuPools" in self.unknown else self._items("gpuPools")
        if items is None:
            return None
        pools = []
        for path, raw in items:
            values = self._overlay(raw, path)
            underived = derive_pool(values, path, cloud.spec, self.origins)
            pools.append(draft(GpuPoolSpec, values, path, self.report, Follows(underived)))
        return pools

    def _tenants(self, gateway: Draft[GatewaySpec]) -> list[Draft[TenantSpec]]:
        tenants = []
        for path, raw in self._items("tenants") or ():
            values = self._overlay(raw, path)
            derive_tenant(values, path, gateway, self._names("models"), self.origins)
            tenants.append(draft(TenantSpec, values, path, self.report, Follows()))
        return tenants

    def _models(
        self, pools: list[Draft[GpuPoolSpec]] | None, cloud: Draft[CloudSpec]
    ) -> list[Draft[ModelSpec]]:
        by_name = {pool.spec.name: pool for pool in pools or () if pool.good("name")}
        models = []
        for path, raw in self._items("models") or ():
            values = self._overlay(raw, path)
            pool = by_name.get(str(values.get("pool")))
            copied = derive_replicas(values, path, pool, self.environment, self.origins)
            underived = derive_weights(values, path, self.origins)
            underived |= derive_startup_timeout(values, path, self.origins)
            underived |= derive_server_size(values, path, pool, cloud.spec.provider, self.origins)
            models.append(draft(ModelSpec, values, path, self.report, Follows(underived, copied)))
        return models

    def _items(self, section: str) -> list[tuple[Path, Mapping[str, object]]] | None:
        """Return the items of a list section, or None when it is not a list."""
        source = self.report.source(section)
        raw = source.section(section)
        if raw is None or raw == []:
            self.origins[section,] = source.origin((section,)) if source.has(section) else "default"
            return []
        if self.report.refuse_secret((section,), raw):
            return None
        if not isinstance(raw, list):
            self.report.add(
                (section,),
                "is not a list",
                raw,
                allowed="a list, one `- {name: ...}` for each",
                next_step=f"write `{section}:` and a line `- name: ...` under it",
            )
            return None
        items: list[tuple[Path, Mapping[str, object]]] = []
        for index, item in enumerate(raw):
            if isinstance(item, Mapping):
                items.append(((section, index), item))
            else:
                self._report_group((section, index), item, missing=False)
        return items

    def _token_limits(self, tenants: list[Draft[TenantSpec]]) -> list[tuple[Path, object]]:
        """Return every limit of tokens that somebody wrote, with where it stands."""
        found: list[tuple[Path, object]] = []
        for path in (("gateway",), *(tenant.path for tenant in tenants)):
            section, *index = path
            raw = self.report.source(str(section)).section(str(section))
            if index:  # a tenant, which was read from a list
                raw = raw[int(index[0])] if isinstance(raw, list) else None
            if isinstance(raw, Mapping) and "tokensPerMinute" in raw:
                found.append(((*path, "tokensPerMinute"), raw["tokensPerMinute"]))
        return found

    def _are_read(self, section: str) -> bool:
        raw = self.report.source(section).section(section)
        return section not in self.unknown and (raw is None or isinstance(raw, list))

    def _names(self, section: str) -> list[str]:
        raw = self.report.source(section).section(section)
        items = raw if isinstance(raw, list) else []
        return [str(item["name"]) for item in items if isinstance(item, Mapping) and "name" in item]

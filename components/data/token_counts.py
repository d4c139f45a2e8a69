"""Where the tokens of tenants are counted: a Valkey of the gateway's own, inside the cluster.

Owns its namespace, its quota, the one way in, its password and its release. Does not own how the
chart is told what an instance is (`valkey`), nor who counts: Envoy's rate-limit service, which the
gateway runs.

Why not the managed cache: that service sends a fixed password, and a managed cache knows identities
(docs/decisions/0015).
Why no disk: counts are of the minute. One that is lost is a minute in which a tenant gets more.
"""

import pulumi

from components.cache_rules import PORT, USER_RULES
from components.data.valkey import (
    CHART,
    PODS,
    REQUEST_MILLICORES,
    memory_mib,
    release_name,
    valkey_values,
)
from components.handles import CountsRef
from components.kubernetes import network_policies
from components.kubernetes.charts import ChartValue, helm_release
from components.kubernetes.gateway_names import COMPONENT, RATE_LIMIT
from components.kubernetes.gateway_names import COUNTS_NAMESPACE as NAMESPACE
from components.kubernetes.gateway_names import NAMESPACE as GATEWAY_NAMESPACE
from components.kubernetes.generated_secret import GeneratedSecret
from components.kubernetes.namespaces import Namespace, PodSecurity
from components.kubernetes.secret_store import SecretStoreRef
from components.secrets import TOKEN_COUNTS
from infra.catalog import releases
from infra.spec.cache import CacheInstanceSpec

COUNTER_PODS = {COMPONENT: RATE_LIMIT}
LABEL = "tokens"
SIZE = CacheInstanceSpec(memory_gib=0.1, node_type=None, replicas=0)
"""Some 200 bytes for each tenant, model and minute: it holds a hundred thousand."""
HEADROOM = 2
"""Times what runs: in a roll-out the new pod starts beside the old one."""
USER = "default"
"""The rate-limit service sends a password and no name (envoyproxy/ratelimit@02ae72a,
src/redis/driver_impl.go)."""


def quota() -> dict[str, str]:
    """Return what the namespace may hold."""
    memory = f"{HEADROOM * memory_mib(SIZE)}Mi"
    return {
        "pods": f"{HEADROOM}",
        "requests.cpu": f"{HEADROOM * REQUEST_MILLICORES}m",
        "requests.memory": memory,
        "limits.memory": memory,
        "persistentvolumeclaims": "0",
    }


def counts_values(users_secret: str | pulumi.Output[str]) -> dict[str, ChartValue]:
    """Return the values of the chart.

    Args:
        users_secret: Secret with the password under `default`.
    """
    values = valkey_values(
        LABEL, SIZE, users_secret=users_secret, tls_secret=None, storage_class=""
    )
    users: dict[str, ChartValue] = {USER: {"permissions": USER_RULES}}
    auth: dict[str, ChartValue] = {
        "enabled": True,
        "usersExistingSecret": users_secret,
        "aclUsers": users,
    }
    return {**values, "auth": auth}


class TokenCounts(pulumi.ComponentResource):
    """One server, for the rate-limit service and nobody else."""

    ref: CountsRef
    """Whoever counts needs this."""

    def __init__(
        self,
        name: str,
        *,
        store: SecretStoreRef,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it. A cluster gets this once: its namespace has a fixed name.

        Args:
            name: name of the component.
            store: where the password is kept.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component.
        """
        super().__init__("tokenworks:data:TokenCounts", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=quota(),
            opts=child,
        )
        # A server asks nobody, not even DNS: no way out is opened.
        opened = network_policies.open_to_namespaces(
            f"{name}-rate-limit",
            namespace=home.ref,
            label="rate-limit",
            pods=network_policies.pods_with(PODS),
            clients={"kubernetes.io/metadata.name": GATEWAY_NAMESPACE},
            of_them=network_policies.pods_with(COUNTER_PODS),
            port=PORT,
            opts=child,
        )
        users = GeneratedSecret(
            f"{name}-users",
            label=f"{release_name(LABEL)}-users",
            namespace=home.ref,
            keys=(USER,),
            source=TOKEN_COUNTS,
            store=store,
            opts=child,
        )
        release = helm_release(
            f"{name}-{LABEL}",
            releases.chart(CHART),
            namespace=home.ref,
            release=release_name(LABEL),
            values=counts_values(users.secret),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[home, users, opened], delete_before_replace=True
            ),
        )
        address = f"{release_name(LABEL)}.{NAMESPACE}.svc.cluster.local:{PORT}"
        self.ref = CountsRef(address=address, needed=(release,))
        self.register_outputs({"address": address})

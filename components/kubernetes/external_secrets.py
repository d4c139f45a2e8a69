"""External Secrets: what carries secrets between the cloud's secret manager and the cluster.

Owns one release of the chart `external-secrets` in a namespace of its own, what its pods may reach
and be reached by, and the one store. Does not own what its identity may read and write: the
foundation gives that to this namespace and service account.
Why one store for the cluster and no other: a store of a namespace would be used with the operator's
own identity, and whoever may make one could read everything.
"""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef, PlatformRef, Workload
from components.kubernetes import network_policies
from components.kubernetes.charts import ChartValue, helm_release
from components.kubernetes.namespaces import Namespace, PodSecurity
from components.kubernetes.secret_store import (
    API_VERSION,
    READY,
    STORE_KIND,
    WAIT_FOR,
    PulumiValue,
    SecretStoreRef,
)
from infra.catalog import releases
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.environment import Environment

CHART = "external-secrets"
NAMESPACE = "external-secrets"
OPERATOR = Workload(NAMESPACE, CHART)
"""The pods that speak to the cloud; the chart calls their account so."""
WEBHOOK = f"{CHART}-webhook"
"""`app.kubernetes.io/name` of the pods that check objects before the API server takes them."""
WEBHOOK_PORT = 10250
"""The chart's own. GKE's rule for its control plane lets it reach this port of nodes, as it is the
kubelet's (GKE, "Firewall rules", as remembered)."""
STORE = "platform"
PROGRAMS = 3
HEADROOM = 2
"""Times what runs: new pods of a roll-out start beside the old ones."""
CPU_MILLICORES = 20
MEMORY_MIB = 128
"""Of each program. A few dozen objects need well under it (as remembered; no published figure)."""


def replicas(environment: Environment) -> int:
    """Return the pods of each program: one works, the other waits for its lease."""
    return 1 if environment is Environment.DEV else 2


def quota(environment: Environment) -> dict[str, str]:
    """Return what the namespace may hold."""
    pods = HEADROOM * PROGRAMS * replicas(environment)
    memory = f"{pods * MEMORY_MIB}Mi"
    return {
        "pods": str(pods),
        "requests.cpu": f"{pods * CPU_MILLICORES}m",
        "requests.memory": memory,
        "limits.memory": memory,
        "persistentvolumeclaims": "0",
    }


def external_secrets_values(environment: Environment) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    several = replicas(environment) > 1
    image = releases.image(CHART)
    program: dict[str, ChartValue] = {
        "replicaCount": replicas(environment),
        # The chart has no value for a digest; it puts `:` and the tag behind the repository.
        "image": {
            "repository": image.repository,
            "tag": image.reference.removeprefix(f"{image.repository}:"),
        },
        "resources": {
            "requests": {"cpu": f"{CPU_MILLICORES}m", "memory": f"{MEMORY_MIB}Mi"},
            "limits": {"memory": f"{MEMORY_MIB}Mi"},
        },
        "livenessProbe": {"enabled": True},
        # Without a second pod a budget would hold up every drain of a node.
        "podDisruptionBudget": {"enabled": several},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
            }
        ],
    }
    return {
        **program,
        "readinessProbe": {"enabled": True},
        "leaderElect": several,
        # One store, and objects in the namespaces that it is for.
        "processSecretStore": False,
        "processClusterExternalSecret": False,
        "processClusterPushSecret": False,
        "rbac": {
            # It asks the cloud as itself, and never in the name of another account.
            "serviceAccountTokenCreate": False,
            "servicebindings": {"create": False},
            # Whoever may write such an object may read what the store may.
            "aggregateToEdit": False,
            "aggregateToAdmin": False,
        },
        "webhook": program,
        "certController": program,
    }


def store_spec(cloud: CloudSpec, clients: Sequence[str]) -> dict[str, PulumiValue]:
    """Return the spec of the store, for the namespaces `clients`.

    It names no credentials: the operator's pods have an identity of the cloud.
    """
    providers: dict[CloudProvider, dict[str, PulumiValue]] = {
        CloudProvider.AWS: {"aws": {"service": "SecretsManager", "region": cloud.region}},
        CloudProvider.GCP: {"gcpsm": {"projectID": cloud.project or ""}},
    }
    return {
        "provider": providers[cloud.provider],
        "conditions": [{"namespaces": [*clients]}],
    }


class ExternalSecrets(pulumi.ComponentResource):
    """The operator, and the store of the platform's secrets."""

    store: SecretStoreRef
    """What reads or generates secrets needs this."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        *,
        cloud: CloudSpec,
        platform: PlatformRef,
        clients: Sequence[str],
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Install it. A cluster gets this once: namespace and store have fixed names.

        Args:
            name: name of the component.
            cloud: the cloud, with its region or project.
            platform: whose secrets.
            clients: namespaces that may use the store.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:ExternalSecrets", name, None, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=quota(platform.environment),
            opts=self._child,
        )
        release = helm_release(
            f"{name}-{CHART}",
            releases.chart(CHART),
            namespace=home.ref,
            values=external_secrets_values(platform.environment),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[home, *self._open_ways(home.ref, cloud.provider)],
                # Two releases would dispute the names, and the kinds.
                delete_before_replace=True,
            ),
        )
        store = self._create_store(store_spec(cloud, clients), release)
        self.store = SecretStoreRef(
            cloud=cloud.provider, platform=platform.name, name=STORE, needed=(release, store)
        )
        self.register_outputs({"store": STORE})

    def _create_store(
        self, spec: dict[str, PulumiValue], release: pulumi.Resource
    ) -> pulumi.Resource:
        return kubernetes.apiextensions.CustomResource(
            f"{self._name}-store",
            api_version=API_VERSION,
            kind=STORE_KIND,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=STORE,
                labels={"app.kubernetes.io/part-of": "tokenworks"},
                annotations={WAIT_FOR: READY},
            ),
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[release]),
        )

    def _open_ways(
        self, namespace: NamespaceRef, cloud: CloudProvider
    ) -> tuple[pulumi.Resource, ...]:
        return (
            network_policies.open_egress(
                f"{self._name}-within",
                namespace=namespace,
                label="api-server",
                pods=network_policies.every_pod(),
                to=[network_policies.dns(cloud), network_policies.kubernetes_api()],
                opts=self._child,
            ),
            network_policies.open_egress(
                f"{self._name}-secret-manager",
                namespace=namespace,
                label="secret-manager",
                pods=network_policies.pods_named(CHART),
                to=[network_policies.https(), network_policies.credentials(cloud)],
                opts=self._child,
            ),
            network_policies.open_to_control_plane(
                f"{self._name}-webhook",
                namespace=namespace,
                label="webhook",
                pods=network_policies.pods_named(WEBHOOK),
                cloud=cloud,
                port=WEBHOOK_PORT,
                opts=self._child,
            ),
        )

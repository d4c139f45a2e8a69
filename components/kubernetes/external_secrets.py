"""External Secrets: what carries secrets between the cloud's secret manager and the cluster.

Owns one release of the chart `external-secrets` in a namespace of its own, what its pods may reach
and be reached by, and the one store. Does not own what its identity may read and write: the
foundation gives that to this namespace and service account.
Why one store for the cluster and no other: a store of a namespace would be used with the operator's
own identity, and whoever may make one could read everything.
"""

from collections.abc import Sequence

import pulumi

from components.handles import PlatformRef, Workload
from components.kubernetes import custom_objects, operators
from components.kubernetes.charts import ChartValue
from components.kubernetes.secret_store import (
    API_VERSION,
    STORE_KIND,
    PulumiValue,
    SecretStoreRef,
)
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.environment import Environment

CHART = "external-secrets"
NAMESPACE = "external-secrets"
OPERATOR = Workload(NAMESPACE, CHART)
"""The pods that speak to the cloud; the chart calls their account so."""
WEBHOOK = f"{CHART}-webhook"
"""`app.kubernetes.io/name` of the pods that check objects before the API server takes them."""
STORE = "platform"


def external_secrets_values(environment: Environment) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    several = operators.replicas(environment) > 1
    program: dict[str, ChartValue] = {
        "replicaCount": operators.replicas(environment),
        "image": operators.image(CHART),
        "resources": operators.resources(),
        "livenessProbe": {"enabled": True},
        # Without a second pod a budget would hold up every drain of a node.
        "podDisruptionBudget": {"enabled": several},
        "topologySpreadConstraints": operators.spread(),
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
        operator = operators.Operator(
            chart=CHART,
            namespace=NAMESPACE,
            quota=operators.quota(platform.environment),
            values=external_secrets_values(platform.environment),
            asks="secret-manager",
            webhook=WEBHOOK,
        )
        release = operators.install(
            self, name, operator, cloud=cloud.provider, kubernetes_version=kubernetes_version
        )
        store = self._create_store(store_spec(cloud, clients), release)
        self.store = SecretStoreRef(
            cloud=cloud.provider, platform=platform.name, name=STORE, needed=(release, store)
        )
        self.register_outputs({"store": STORE})

    def _create_store(
        self, spec: dict[str, PulumiValue], release: pulumi.Resource
    ) -> pulumi.Resource:
        return custom_objects.create(
            f"{self._name}-store",
            (API_VERSION, STORE_KIND),
            label=STORE,
            spec=spec,
            awaited=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[release]),
        )

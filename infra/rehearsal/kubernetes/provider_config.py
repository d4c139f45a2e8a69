"""The provider's own configuration: which cluster, and whether it is still the same one.

Owns: what `kubernetes.Provider(...)` accepts here, and when a change of it means another cluster,
whose resources must all be made again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.rehearsal.kubernetes.apply import Objects
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.diff import Mutability
from infra.rehearsal.kubernetes.kubeconfig import KubeconfigError, parse_kubeconfig
from infra.rehearsal.kubernetes.objects import Mistake
from infra.rehearsal.kubernetes.release import Releases
from infra.rehearsal.kubernetes.values import text
from infra.wire import UNKNOWN, Properties, Value, changed_keys, has_unknown, plain_properties

VARIABLE_PREFIX = "kubernetes:config:"
IDENTITY = "clusterIdentifier"
ACTIVE_CLUSTER = ("kubeconfig", "context", "cluster")
SERVED = frozenset(
    {
        "clusterIdentifier",
        "context",
        "enableConfigMapMutable",
        "enableSecretMutable",
        "enableServerSideApply",
        "kubeconfig",
        "namespace",
        "strictMode",
    }
)
# Warnings that are not printed, retries and Helm's download caches: nothing here would differ.
WITHOUT_EFFECT = frozenset(
    {
        "helmReleaseSettings",
        "kubeClientSettings",
        "suppressDeprecationWarnings",
        "suppressHelmHookWarnings",
        "version",
        "pluginDownloadURL",
    }
)


@dataclass(frozen=True)
class Session:
    """A cluster to work on, as one provider of the program configures it."""

    api: ApiClient
    mutability: Mutability

    @property
    def objects(self) -> Objects:
        """Objects of the cluster."""
        return Objects(self.api)

    @property
    def releases(self) -> Releases:
        """Helm releases of the cluster."""
        return Releases(self.api)


@dataclass(frozen=True)
class ConfigChange:
    """What changed in a provider's configuration."""

    changed: list[str]
    replaces: list[str]


def check_config(news: Properties) -> list[Mistake]:
    """Return every mistake in a provider's configuration; what is unknown yet is none."""
    config = plain_properties(news)
    mistakes: list[Mistake] = []
    if not config.get("kubeconfig"):
        reason = (
            "is missing: the machine's own kubeconfig is never used; "
            "declare kubernetes.Provider(kubeconfig=...) and pass it as `provider`"
        )
        mistakes.append(("kubeconfig", reason))
    others = sorted(config.keys() - SERVED - WITHOUT_EFFECT)
    mistakes += [
        (key, f"is not served by the Kubernetes stand-in; use {sorted(SERVED)}")
        for key in others
        if config[key] not in (None, "", "false", False) and not key.startswith("__")
    ]
    if config.get("enableServerSideApply") in ("false", False):
        mistakes.append(("enableServerSideApply", "must be true: objects are applied, only so"))
    if _flag(config, "strictMode") and not config.get("context"):
        mistakes.append(("context", "is missing: strict mode requires it"))
    return mistakes


def compare_config(olds: Properties, news: Properties) -> ConfigChange:
    """Compare two configurations of a provider, as the real provider does.

    With an unchanged `clusterIdentifier` nothing is replaced, whatever else changed. Without one,
    another server, or one that is not known yet, is another cluster.
    """
    old, new = plain_properties(olds), plain_properties(news)
    changed = list(changed_keys(old, new))
    if not changed:
        return ConfigChange([], [])
    identity = new.get(IDENTITY)
    if identity and identity == old.get(IDENTITY):
        return ConfigChange(changed, [])
    if identity and old.get(IDENTITY):
        return ConfigChange(changed, [IDENTITY])
    active = [key for key in ACTIVE_CLUSTER if key in changed]
    unknown = [key for key in active if has_unknown(new.get(key))]
    if unknown or (active and _cluster(old) != _cluster(new)):
        return ConfigChange(changed, unknown or active)
    return ConfigChange(changed, [])


def session_of(arguments: Properties, variables: Mapping[str, str]) -> Session | None:
    """Return the session of a configuration, or None while its kubeconfig is unknown.

    Raises:
        KubeconfigError: it cannot be used, or there is none.
    """
    from_variables: dict[str, Value] = {
        key.removeprefix(VARIABLE_PREFIX): value for key, value in variables.items()
    }
    config = {**from_variables, **plain_properties(arguments)}
    kubeconfig = config.get("kubeconfig")
    if has_unknown(kubeconfig):
        return None
    found = parse_kubeconfig(kubeconfig, _known(config, "context"))
    return Session(
        found.client(_known(config, "namespace")),
        Mutability(
            config_maps=_flag(config, "enableConfigMapMutable"),
            secrets=_flag(config, "enableSecretMutable"),
        ),
    )


def _known(config: Properties, key: str) -> str:
    found = text(config, key)
    return "" if found == UNKNOWN else found


def _flag(config: Properties, key: str) -> bool:
    return config.get(key) in (True, "true")


def _cluster(config: Properties) -> tuple[str, str]:
    """Return what tells one cluster from another without an identifier: server and trust."""
    try:
        found = parse_kubeconfig(config.get("kubeconfig"), _known(config, "context"))
    except KubeconfigError:
        return ("", "")
    return (found.server, found.ca_pem)

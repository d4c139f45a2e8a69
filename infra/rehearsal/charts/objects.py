"""Kubernetes objects that charts share: service account, Deployment, DaemonSet, StatefulSet.

Owns their outline. What a chart puts into it is the chart's own file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.wire import Properties, Value

NAME_LIMIT = 63
TEMPLATED = "tokenworks.dev/templated"
"""Annotation of a definition that is a template of its chart: Helm changes it with the release and
deletes it at the end. One without it is from the chart's `crds/`, which Helm only ever installs."""


@dataclass(frozen=True)
class Release:
    """A Helm release of one chart."""

    name: str
    namespace: str
    chart: str
    version: str
    app_version: str

    def full_name(self, values: Mapping[str, Value]) -> str:
        """Return a chart's usual `fullname`: the release's name, with the chart's if absent."""
        if values.get("fullnameOverride"):
            return str(values["fullnameOverride"])[:NAME_LIMIT].rstrip("-")
        name = self.app_name(values)
        full = self.name if name in self.name else f"{self.name}-{name}"
        return full[:NAME_LIMIT].rstrip("-")

    def app_name(self, values: Mapping[str, Value]) -> str:
        """Return the usual `name` of a chart."""
        return str(values.get("nameOverride") or self.chart)

    def home(self, values: Mapping[str, Value]) -> str:
        """Return the namespace of the chart's objects."""
        return str(values.get("namespaceOverride") or self.namespace)

    def selector(self, values: Mapping[str, Value]) -> Properties:
        """Return the labels by which charts usually select their pods."""
        return {
            "app.kubernetes.io/name": self.app_name(values),
            "app.kubernetes.io/instance": self.name,
        }

    def labels(self, selector: Mapping[str, Value]) -> Properties:
        """Return the labels of the chart's objects around those that select their pods."""
        return {
            "helm.sh/chart": f"{self.chart}-{self.version}".replace("+", "_")[:NAME_LIMIT],
            **selector,
            "app.kubernetes.io/version": self.app_version,
            "app.kubernetes.io/managed-by": "Helm",
        }


@dataclass(frozen=True)
class Workload:
    """A Deployment, DaemonSet or StatefulSet to be."""

    release: Release
    name: str
    namespace: str
    selector: Properties
    pod: Properties
    """Pod spec. Entries that are None or empty are left out, as the templates do."""
    pod_labels: Properties = field(default_factory=dict)
    pod_annotations: Properties = field(default_factory=dict)

    def deployment(self, replicas: Value, strategy: Value = None) -> Properties:
        """Return it as a Deployment."""
        return self._object("Deployment", {"replicas": replicas, "strategy": strategy})

    def stateful_set(self, replicas: Value, settings: Properties) -> Properties:
        """Return it as a StatefulSet with its own settings, claims among them."""
        return self._object("StatefulSet", {"replicas": replicas, **settings})

    def daemon_set(self, update_strategy: Value = None) -> Properties:
        """Return it as a DaemonSet."""
        return self._object("DaemonSet", {"updateStrategy": update_strategy})

    def _object(self, kind: str, spec: Properties) -> Properties:
        return {
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "labels": self.release.labels(self.selector),
            },
            "spec": {
                **without_empty(spec),
                "selector": {"matchLabels": self.selector},
                "template": {
                    "metadata": without_empty(
                        {
                            "labels": {**self.selector, **self.pod_labels},
                            "annotations": self.pod_annotations,
                        }
                    ),
                    "spec": without_empty(self.pod),
                },
            },
        }


def service_account(
    release: Release, name: str, namespace: str, selector: Properties
) -> Properties:
    """Return a service account; without it the pods would not be admitted."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name, "namespace": namespace, "labels": release.labels(selector)},
    }


def account_name(release: Release, known: Properties, otherwise: str = "default") -> str:
    """Return the account of a chart's pods; `otherwise`: where the chart makes none."""
    account = part(known, "serviceAccount")
    usual = release.full_name(known) if account.get("create") else otherwise
    return str(account.get("name") or usual)


def host_path(name: str, path: str, kind: str = "") -> Properties:
    """Return a volume of the node's own files, which Pod Security `baseline` refuses."""
    return {"name": name, "hostPath": without_empty({"path": path, "type": kind})}


def without_empty(values: Mapping[str, Value]) -> Properties:
    """Drop what is absent, empty text, or an empty map or list."""
    return {key: value for key, value in values.items() if value not in (None, "", {}, [])}


def part(values: Mapping[str, Value], *path: str) -> Properties:
    """Return a map inside the values; an absent one is empty."""
    here: Value = dict(values)
    for key in path:
        here = here.get(key) if isinstance(here, dict) else None
    return here if isinstance(here, dict) else {}


def items(value: Value) -> list[Value]:
    """Return a list of the values, or nothing."""
    return value if isinstance(value, list) else []


def image_of(image: Properties, app_version: str) -> str:
    """Return an image that a chart takes in parts: a digest wins over a tag."""
    named = f"{image.get('registry')}/{image.get('repository')}"
    if image.get("digest"):
        return f"{named}@{image['digest']}"
    return f"{named}:{image.get('tag') or app_version}"

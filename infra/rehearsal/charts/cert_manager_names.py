"""Names and labels of cert-manager's programs, as its chart gives them."""

from dataclasses import dataclass

from infra.rehearsal.charts.objects import NAME_LIMIT, Release, part
from infra.wire import Properties

CHART = "cert-manager"


@dataclass(frozen=True)
class Program:
    """One of the chart's programs."""

    component: str
    values: str
    """Where its values stand; empty: at the top."""

    def settings(self, known: Properties) -> Properties:
        """Return its own values."""
        return part(known, self.values) if self.values else known

    def name(self, release: Release, known: Properties) -> str:
        """Return the name of its objects."""
        full = release.full_name(known)
        if not self.values:
            return full
        room = NAME_LIMIT - len(self.component) - 1
        return f"{full[:room].rstrip('-')}-{self.component}"

    def account(self, release: Release, known: Properties) -> str:
        """Return the name of its service account."""
        wanted = part(self.settings(known), "serviceAccount")
        usual = self.name(release, known) if wanted.get("create") else "default"
        return str(wanted.get("name") or usual)

    def selector(self, release: Release, known: Properties) -> Properties:
        """Return the labels by which its pods are found."""
        app = release.app_name(known) if not self.values else self.component
        return {
            "app.kubernetes.io/name": app,
            "app.kubernetes.io/instance": release.name,
            "app.kubernetes.io/component": self.component,
        }

    def labels(self, release: Release, known: Properties) -> Properties:
        """Return the labels of its objects and of its pods."""
        selector = self.selector(release, known)
        common = part(known, "global", "commonLabels")
        return {
            "app": selector["app.kubernetes.io/name"],
            **release.labels(selector),
            **common,
        }


CONTROLLER = Program("controller", "")
WEBHOOK = Program("webhook", "webhook")
CAINJECTOR = Program("cainjector", "cainjector")
CHECK = Program("startupapicheck", "startupapicheck")


def home(release: Release, known: Properties) -> str:
    """Return the namespace of the chart's objects."""
    return str(known.get("namespace") or release.namespace)


def programs(known: Properties) -> tuple[Program, ...]:
    """Return those that run all the time."""
    injects = part(known, "cainjector").get("enabled")
    return (CONTROLLER, WEBHOOK, CAINJECTOR) if injects else (CONTROLLER, WEBHOOK)

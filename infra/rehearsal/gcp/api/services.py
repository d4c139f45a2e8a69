"""Which of Google's APIs are enabled in the project, and what a call to another one comes to.

Owns: Service Usage, and the gate in front of every call.
"""

from collections.abc import Collection, Mapping

from infra.rehearsal.gcp.api.errors import Reason
from infra.rehearsal.gcp.api.operations import finished
from infra.rehearsal.gcp.api.project import Project, Request
from infra.replies import texts
from infra.wire import Properties, Value

TITLES: Mapping[str, str] = {
    "artifactregistry": "Artifact Registry API",
    "billingbudgets": "Cloud Billing Budget API",
    "cloudbilling": "Cloud Billing API",
    "cloudkms": "Cloud Key Management Service (KMS) API",
    "cloudresourcemanager": "Cloud Resource Manager API",
    "compute": "Compute Engine API",
    "container": "Kubernetes Engine API",
    "dns": "Cloud DNS API",
    "iam": "Identity and Access Management (IAM) API",
    "logging": "Cloud Logging API",
    "memorystore": "Memorystore API",
    "monitoring": "Cloud Monitoring API",
    "networkconnectivity": "Network Connectivity API",
    "secretmanager": "Secret Manager API",
    "serviceusage": "Service Usage API",
    "storage": "Cloud Storage API",
}
"""How Google calls its APIs (title of each discovery document)."""
ENABLED_AT_FIRST = ("logging", "monitoring", "serviceusage", "storage")
"""Of those, the ones that a new project has (cloud.google.com/service-usage/docs/enabled-service,
"services enabled by default", in a public copy, read 2026-11-26)."""
DOMAIN = ".googleapis.com"
KIND = "google.api.serviceusage.v1"


class Services:
    """Service Usage of one project."""

    def __init__(self, project: Project, enabled: Collection[str] = tuple(TITLES)) -> None:
        """Enable these at the start, by their short names; answer from now on."""
        self._project = project
        self._at_first = frozenset(enabled)
        project.gates.append(self._gate)
        served = {
            "get": self._get,
            "enable": self._enable,
            "disable": self._disable,
            "list": self._list,
            "batchEnable": self._batch_enable,
            "batchGet": self._batch_get,
        }
        project.serve("serviceusage.services", served)

    def is_enabled(self, service: str) -> bool:
        """Say whether an API is enabled, by its short name."""
        changed = self._project.store.get(self._name(service))
        return service in self._at_first if changed is None else changed["state"] == "ENABLED"

    def _gate(self, request: Request) -> None:
        service = request.method.service
        if self.is_enabled(service):
            return
        domain, number = service + DOMAIN, self._project.number
        # hashicorp/terraform#29006 (2021-06-22) has the words; GKE's are the same
        # (GoogleCloudPlatform/k8s-config-connector#492, 2021-06-24).
        message = (
            f"{TITLES[service]} has not been used in project {number} before or it is disabled. "
            f"Enable it by visiting https://console.developers.google.com/apis/api/{domain}/"
            f"overview?project={number} then retry. If you enabled this API recently, wait a few "
            "minutes for the action to propagate to our systems and retry."
        )
        raise request.refusal(Reason.ACCESS_NOT_CONFIGURED, message)

    def _get(self, request: Request) -> Properties:
        return self._shown(_service(request["name"]))

    def _enable(self, request: Request) -> Properties:
        service = self._switch(_service(request["name"]), "ENABLED")
        return finished({"service": service}, f"{KIND}.EnableServiceResponse")

    def _disable(self, request: Request) -> Properties:
        service = self._switch(_service(request["name"]), "DISABLED")
        return finished({"service": service}, f"{KIND}.DisableServiceResponse")

    def _batch_enable(self, request: Request) -> Properties:
        names = [name.removesuffix(DOMAIN) for name in texts(request.body, "serviceIds")]
        services: list[Value] = [self._switch(name, "ENABLED") for name in names]
        return finished({"services": services}, f"{KIND}.BatchEnableServicesResponse")

    def _batch_get(self, request: Request) -> Properties:
        asked = request.parameters.get("names")
        names = asked if isinstance(asked, list) else [asked]
        services: list[Value] = [self._shown(_service(str(name))) for name in names]
        return {"services": services}

    def _list(self, request: Request) -> Properties:
        shown = [self._shown(service) for service in sorted(TITLES)]
        wanted = str(request.parameters.get("filter", "")).removeprefix("state:")
        services: list[Value] = [one for one in shown if wanted in ("", one["state"])]
        return {"services": services}

    def _switch(self, service: str, state: str) -> Properties:
        self._project.store.put(self._name(service), {"state": state})
        return self._shown(service)

    def _shown(self, service: str) -> Properties:
        domain = service + DOMAIN
        return {
            "name": f"projects/{self._project.number}/services/{domain}",
            "parent": f"projects/{self._project.number}",
            "config": {"name": domain, "title": TITLES.get(service, domain)},
            "state": "ENABLED" if self.is_enabled(service) else "DISABLED",
        }

    def _name(self, service: str) -> str:
        return self._project.path("services", service + DOMAIN)


def _service(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(DOMAIN)

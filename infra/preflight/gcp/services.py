"""Which of Google's APIs a project must have switched on before a stack can come up.

Owns the list, and asking. Does not own switching them on: that is for whoever owns the project.
"""

from collections.abc import Mapping

from infra.google_api import GoogleApi, listed
from infra.preflight.findings import Finding, finding
from infra.replies import optional_text
from infra.spec.environment import Layer
from infra.spec.stack import StackSpec

DOMAIN = ".googleapis.com"
SERVICES: Mapping[str, str] = {
    "artifactregistry": "image repositories",
    "billingbudgets": "the budget of the month",
    "cloudbilling": "which account pays, for that budget",
    "cloudkms": "keys",
    "cloudresourcemanager": "grants on the project",
    "compute": "network and machines",
    "container": "the cluster",
    "containerfilesystem": "nodes that start containers while their image streams in",
    "dns": "names inside the cluster (Cloud DNS for GKE), and the zone of the gateway's domain",
    "iam": "service accounts and roles",
    "iamcredentials": "tokens of the account that ships models",
    "logging": "logs",
    "memorystore": "the managed cache",
    "monitoring": "metrics of nodes and pods, and alert policies",
    "networkconnectivity": "addresses of the managed cache in the network",
    "secretmanager": "secrets",
    "serviceusage": "this list",
    "storage": "the bucket of weights",
}
"""Short name to what a stack needs it for. Switching `container` on switches most of them on too,
in new projects (GKE documentation, "Quickstart", as remembered); an organisation may forbid any.
That image streaming needs one of its own: huggingface/Google-Cloud-Containers, which enables
it in its examples for GKE, and terraform-google-modules/terraform-google-kubernetes-engine#1149
(2022-02-11)."""


def service_findings(api: GoogleApi, spec: StackSpec) -> list[Finding]:
    """Return the APIs that a stack needs and that are off; nothing for a stack on another's ground.

    Raises:
        CloudApiError: Google refuses the call, or does not answer.
    """
    if Layer.FOUNDATION not in spec.layers:
        return []
    parent = f"projects/{api.project}"
    enabled = listed(
        api, "serviceusage.services.list", "services", parent=parent, filter="state:ENABLED"
    )
    on = {optional_text(one, "config.name").removesuffix(DOMAIN) for one in enabled}
    off = [service for service in SERVICES if service not in on]
    if not off:
        return []
    domains = " ".join(f"{service}{DOMAIN}" for service in off)
    return [
        finding(
            "cloud.project",
            f"APIs are not enabled: {', '.join(f'{one} ({SERVICES[one]})' for one in off)}",
            api.project,
            "a project with all of them",
            f"`gcloud services enable {domains} --project {api.project}`",
        )
    ]

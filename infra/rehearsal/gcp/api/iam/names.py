"""Names of identities: service accounts, agents of Google's services, workloads of clusters."""

from collections.abc import Mapping

ROBOTS: Mapping[str, str] = {
    "compute-system": "Compute Engine",
    "container-engine-robot": "Kubernetes Engine",
    "gs-project-accounts": "Cloud Storage",
    "gcp-sa-artifactregistry": "Artifact Registry",
    "gcp-sa-logging": "Cloud Logging",
    "gcp-sa-memorystore": "Memorystore",
}
"""Domain of a service's agent in a project, to the service (IAM documentation, "Service agents", as
remembered; Artifact Registry's in a public copy of its own page, read 2026-11-26)."""


def account_name(project: str, email: str) -> str:
    """Return the full name of a service account."""
    return f"projects/{project}/serviceAccounts/{email}"


def account_email(project: str, account_id: str) -> str:
    """Return the address of a service account of the project."""
    return f"{account_id}@{project}.iam.gserviceaccount.com"


def robot(number: str, domain: str) -> str:
    """Return the address of a service's agent, by its domain in `ROBOTS`."""
    return f"service-{number}@{domain}.iam.gserviceaccount.com"


def default_compute_account(number: str) -> str:
    """Return the address of the account that machines without one of their own have."""
    return f"{number}-compute@developer.gserviceaccount.com"


def workload_pool(project: str) -> str:
    """Return the full name of the pool of the project's clusters; the first of them makes it."""
    return f"projects/{project}/locations/global/workloadIdentityPools/{project}.svc.id.goog"


def is_workload(name: str) -> bool:
    """Say whether a member's name, without its kind, is that of something in a cluster."""
    return ".svc.id.goog" in name

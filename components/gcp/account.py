"""The Google Cloud project, and the names of what it will have.

Owns how identities and resources are spelled that a grant must name before the thing exists: the
agents of Google's services, the pods of a service account, the cluster.
Does not own the project: the stack file names one that exists.
"""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.handles import PlatformRef, Workload


class NoProjectError(ValueError):
    """A stack on Google Cloud that names no project."""


class NoBillingAccountError(ValueError):
    """A budget for a project of which nobody says who pays for it."""


@dataclass(frozen=True, eq=False)
class ProjectRef:
    """One project, one region."""

    id: str
    """Its id, as the stack file names it."""
    number: pulumi.Output[str]
    """Its number, which Google's own identities bear."""
    region: str
    """Region."""
    payer: pulumi.Output[str]
    """The billing account that pays for it; empty where nobody does, or where one may not see."""

    @property
    def billing_account(self) -> pulumi.Output[str]:
        """The billing account that pays for it.

        Raises:
            NoBillingAccountError: there is none, or the Cloud Billing API does not say.
        """
        return self.payer.apply(_known)

    @property
    def workload_pool(self) -> str:
        """The pool that every pod of every cluster in the project belongs to."""
        return f"{self.id}.svc.id.goog"

    def cluster_path(self, platform: PlatformRef) -> str:
        """Return the name by which IAM knows the platform's cluster."""
        return f"projects/{self.id}/locations/{self.region}/clusters/{platform.cluster_name}"

    def custom_role(self, role_id: pulumi.Output[str]) -> pulumi.Output[str]:
        """Return the name by which IAM knows a role of this project."""
        return pulumi.Output.concat(f"projects/{self.id}/roles/", role_id)

    def service_agent(self, service: str) -> pulumi.Output[str]:
        """Return the member that a Google service acts as in this project.

        Google makes it some time after the service's API is switched on and used (IAM
        documentation, "Service agents", in a public copy, read 2026-11-26).
        """
        return pulumi.Output.concat(
            "serviceAccount:service-", self.number, f"@{service}.iam.gserviceaccount.com"
        )

    def pods(self, workload: Workload) -> pulumi.Output[str]:
        """Return the member that the pods of one service account are.

        Of every cluster in the project that has this namespace and account: the pool knows no
        clusters (GKE documentation, "About Workload Identity Federation", identity sameness, as
        remembered).
        """
        return pulumi.Output.concat(
            "principal://iam.googleapis.com/projects/",
            self.number,
            f"/locations/global/workloadIdentityPools/{self.workload_pool}"
            f"/subject/ns/{workload.namespace}/sa/{workload.service_account}",
        )


def account(provider: gcp.Provider, platform: PlatformRef, project_id: str | None) -> ProjectRef:
    """Return the project that a stack names, with the number that Google gave it.

    Raises:
        NoProjectError: the stack names none.
    """
    if project_id is None:
        message = "cloud.project: must be the id of a project, got none; name it in the stack file"
        raise NoProjectError(message)
    found = gcp.organizations.get_project_output(
        project_id=project_id, opts=pulumi.InvokeOutputOptions(provider=provider)
    )
    return ProjectRef(
        id=project_id,
        number=found.number,
        region=platform.region,
        payer=found.billing_account,
    )


def _known(payer: str) -> str:
    if payer:
        return payer
    message = (
        "budget.monthlyUsd: the project's billing account must be known, got none; enable "
        "cloudbilling.googleapis.com, link an account, or leave monthlyUsd out"
    )
    raise NoBillingAccountError(message)

"""The project itself, as Resource Manager shows it, and its policy."""

from infra.rehearsal.gcp.api.errors import Reason
from infra.rehearsal.gcp.api.iam.names import default_compute_account, robot
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.project import Project, Request
from infra.wire import Properties

METHODS = "cloudresourcemanager.projects"
BORN = "2026-01-05T08:00:00.000Z"
"""When the project was made: the same for every rehearsal."""


class Projects:
    """Resource Manager of one project."""

    def __init__(self, project: Project, policies: Policies, owner: str) -> None:
        """Serve it.

        Args:
            project: the project.
            policies: where its policy is kept.
            owner: member that made it, `user:…` or `serviceAccount:…`.
        """
        self._project = project
        project.register(f"{METHODS}.get", self._get)
        policies.serve(METHODS, self._resource)
        number = project.number
        # What the APIs bring along when they are enabled (IAM documentation, "Service agents" and
        # "Default service accounts"). Organisations of today keep machines from being editors, and
        # the platform's machines have an account of their own.
        policies.start(
            project.path(),
            {
                "roles/owner": [owner],
                "roles/compute.serviceAgent": [f"serviceAccount:{robot(number, 'compute-system')}"],
                "roles/container.serviceAgent": [
                    f"serviceAccount:{robot(number, 'container-engine-robot')}"
                ],
                "roles/container.defaultNodeServiceAccount": [
                    f"serviceAccount:{default_compute_account(number)}"
                ],
            },
        )

    def _get(self, request: Request) -> Properties:
        self._known(request, request["projectId"])
        return {
            "projectNumber": self._project.number,
            "projectId": self._project.project,
            "lifecycleState": "ACTIVE",
            "name": self._project.project,
            "createTime": BORN,
        }

    def _resource(self, request: Request) -> str:
        self._known(request, request["resource"])
        return self._project.path()

    def _known(self, request: Request, asked: str) -> None:
        if asked not in (self._project.project, self._project.number):
            # What Google says of another's project, too (Resource Manager does not tell which).
            message = "The caller does not have permission"
            raise request.refusal(Reason.FORBIDDEN, message)

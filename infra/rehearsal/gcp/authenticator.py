"""Who a token belongs to, as the API server of the simulated GKE cluster asks.

GKE authenticates whoever Google knows, under the address of the account; IAM decides who gets
everything, and RBAC what everybody else may do (GKE documentation, "Authenticate to the Kubernetes
API server", and "Configure role-based access control", as remembered).
Simplified: on GKE, IAM answers each request that RBAC does not allow; here whoever may give himself
any right inside comes in as administrator, and everybody else is RBAC's. Conditions of bindings
count as if they hold.
"""

import logging

from infra.rehearsal.cloud.loopback import reviewed
from infra.rehearsal.gcp.api.container.state import Gke
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.iam.predefined import ADMIN_OF_CLUSTERS
from infra.rehearsal.gcp.api.iam.roles import Roles
from infra.rehearsal.gcp.tokens import BadTokenError, ForeignTokenError, Tokens

MASTERS = "system:masters"
SERVICE_ACCOUNT = ".gserviceaccount.com"

_log = logging.getLogger(__name__)


class Authenticator:
    """Knows whom a token belongs to, and what IAM makes of its owner."""

    def __init__(self, gke: Gke, policies: Policies, roles: Roles, tokens: Tokens) -> None:
        """Look at the project's clusters and its policy."""
        self._gke = gke
        self._policies = policies
        self._roles = roles
        self._tokens = tokens

    def review(self, request: dict) -> dict:
        """Answer a TokenReview."""
        token = str((request.get("spec") or {}).get("token") or "")
        try:
            with self._gke.project.lock:
                status = self._user(token)
        except ForeignTokenError:
            status = {"authenticated": False}
        except BadTokenError as error:
            _log.warning("token refused: %s", error)
            status = {"authenticated": False, "error": str(error)}
        return reviewed(status)

    def _user(self, token: str) -> dict:
        email = self._tokens.owner(token)
        if not self._gke.clusters():
            message = "no cluster exists, so nobody may reach one"
            raise BadTokenError(message)
        groups = [MASTERS] if self._is_admin(email) else []
        return {
            "authenticated": True,
            "user": {"username": email, "uid": email, "groups": groups},
        }

    def _is_admin(self, email: str) -> bool:
        kind = "serviceAccount" if email.endswith(SERVICE_ACCOUNT) else "user"
        held = self._policies.roles_of(f"{kind}:{email}", self._gke.project.path())
        return self._roles.allow(held, ADMIN_OF_CLUSTERS)

"""Service accounts of the project.

Owns: their ids and addresses, and that policies keep the name of one that is gone, marked: an
account of the same name is another one, and has none of its rights.

Sources of words: GoogleCloudPlatform/marketing-analytics-jumpstart#200 (2024-09-27) for a name that
is taken; no record was found of those for an id of a wrong length, and for an account that is not
there.
"""

import re

from infra.rehearsal.gcp.api.errors import Reason
from infra.rehearsal.gcp.api.iam.names import account_email, account_name, default_compute_account
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.listing import page
from infra.rehearsal.gcp.api.masks import masked
from infra.rehearsal.gcp.api.project import Project, Request
from infra.rehearsal.gcp.api.standard import StandardMethods
from infra.replies import block, optional_text, text
from infra.wire import Properties

METHODS = "iam.projects.serviceAccounts"
SHORTEST_ID, LONGEST_ID = 6, 30
ACCOUNT_ID = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
UNIQUE_ID_DIGITS = 21


class Accounts(StandardMethods):
    """Service accounts of one project."""

    def __init__(self, project: Project, policies: Policies) -> None:
        """Serve them."""
        super().__init__(project, METHODS)
        self._policies = policies
        policies.serve(METHODS, self._resource)

    def exists(self, email: str) -> bool:
        """Say whether an address is that of an account that machines may have."""
        if email in ("", "default", default_compute_account(self._project.number)):
            return True
        return account_name(self._project.project, email) in self._project.store

    def _create(self, request: Request) -> Properties:
        account_id = optional_text(request.body, "accountId")
        if not SHORTEST_ID <= len(account_id) <= LONGEST_ID:
            message = (
                f'The account ID "{account_id}" does not have a length between {SHORTEST_ID} and '
                f"{LONGEST_ID}."
            )
            raise request.refusal(Reason.BAD_REQUEST, message)
        if not ACCOUNT_ID.fullmatch(account_id):
            message = f'The account ID "{account_id}" must match {ACCOUNT_ID.pattern}'
            raise request.refusal(Reason.BAD_REQUEST, message)
        project = self._project.project
        email = account_email(project, account_id)
        name = account_name(project, email)
        if name in self._project.store:
            message = (
                f"Service account {account_id} already exists within project {request['name']}."
            )
            raise request.refusal(Reason.ALREADY_EXISTS, message)
        unique = self._project.chance.new_number(UNIQUE_ID_DIGITS)
        return self._project.store.put(
            name,
            {
                **block(request.body, "serviceAccount"),
                "name": name,
                "projectId": project,
                "uniqueId": unique,
                "email": email,
                "oauth2ClientId": unique,
                "etag": "MDEwMjE5MjA=",
            },
        )

    def _list(self, request: Request) -> Properties:
        wanted = self._project.path("serviceAccounts", "*")
        return page(request, [one for _name, one in self._project.store.named(wanted)], "accounts")

    def _patch(self, request: Request) -> Properties:
        account = self._found(request, request["name"])
        asked = request.body.get("updateMask")
        if asked is not None:
            request.parameters["updateMask"] = asked
        masked(request, account, block(request.body, "serviceAccount"))
        return account

    def _delete(self, request: Request) -> Properties:
        account = self._found(request, request["name"])
        self._project.store.drop(text(account, "name"))
        self._policies.forget(text(account, "name"))
        self._policies.mark_deleted(text(account, "email"), text(account, "uniqueId"))
        return {}

    def _found(self, request: Request, name: str) -> Properties:
        email = name.rpartition("/")[2]
        full = account_name(self._project.project, email)
        return request.found(full, f"Service account {email} does not exist.")
